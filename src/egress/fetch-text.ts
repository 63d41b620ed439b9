import { request } from 'node:https';
import type { Egress } from './egress.js';

export interface FetchTextOptions {
  /** From the start to the last byte. Default 5 s. */
  readonly timeoutMs?: number;
  /** Of the body. Default 256 KiB. */
  readonly bytesMax?: number;
  readonly accept?: string;
  /** PEM of the authority to trust in place of the system's. */
  readonly ca?: string;
}

const TIMEOUT_MS = 5_000;
const BYTES_MAX = 256 * 1024;

/**
 * Reads a small text from an address that somebody else chose: https, no redirects, bounded in time and bytes, on a
 * connection of its own.
 *
 * @throws EgressRefusedError for an address that must not be reached
 * @throws Error with a sentence for everything else
 */
export async function fetchText(egress: Egress, address: string, options: FetchTextOptions = {}): Promise<string> {
  const { timeoutMs = TIMEOUT_MS, bytesMax = BYTES_MAX, accept = 'application/json', ca } = options;
  const url = new URL(address);
  egress.checkUrl(url);
  return new Promise((resolve, reject) => {
    const asking = request(url, {
      method: 'GET',
      agent: false,
      lookup: egress.lookup,
      headers: { accept, 'accept-encoding': 'identity', 'user-agent': 'pealbell' },
      ...(ca === undefined ? {} : { ca }),
    });
    const end = (error: Error) => {
      clearTimeout(timer);
      asking.destroy();
      reject(error);
    };
    const timer = setTimeout(() => end(new Error(`it did not answer within ${timeoutMs} ms`)), timeoutMs);
    asking.on('error', end);
    asking.on('response', (answer) => {
      if (answer.statusCode !== 200) {
        end(
          new Error(
            `it answered ${answer.statusCode}${isRedirect(answer.statusCode) ? ', which is not followed' : ''}`,
          ),
        );
        return;
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > bytesMax) end(new Error(`its answer is longer than ${bytesMax} bytes`));
        else parts.push(part);
      });
      answer.on('error', end);
      answer.on('aborted', () => end(new Error('it broke off in the middle of its answer')));
      answer.on('end', () => {
        clearTimeout(timer);
        resolve(Buffer.concat(parts).toString('utf8'));
      });
    });
    asking.end();
  });
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 400;
}
