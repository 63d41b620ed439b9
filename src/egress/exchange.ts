import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type PostFailure, whyFailed } from './post-failure.js';

/** What came of one request. A body longer than {@link READ_MAX} is cut off; its status counts all the same. */
export type Exchanged =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      /** Its beginning, at most {@link KEPT_MAX} bytes. */
      readonly answer: string;
    }
  | {
      readonly kind: 'failed';
      readonly reason: PostFailure;
      /** For people, and for whoever chose the address: it names no address. */
      readonly sentence: string;
      /** Where the answer had begun. */
      readonly status?: number;
      /** The connection had been used before, and was gone when it was used again. */
      readonly wasStale?: true;
    }
  | { readonly kind: 'aborted' };

/** Bytes of an answer that are read, and that are given back. */
const READ_MAX = 64 * 1024;
const KEPT_MAX = 4 * 1024;
/** Answers before the answer (1xx). */
const PROVISIONAL_MAX = 10;

/**
 * Sends the body and reads the answer, in the time that is left. The connection goes back to its agent only where the answer
 * was read to its end; in every other case it is destroyed.
 */
export function exchange(
  asking: ClientRequest,
  body: Buffer,
  leftMs: number,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    let answer: IncomingMessage | undefined;
    let provisional = 0;
    let isOver = false;
    const end = (result: Exchanged) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(result);
    };
    const fail = (reason: PostFailure, sentence: string) => {
      end({
        kind: 'failed',
        reason,
        sentence,
        ...(answer?.statusCode === undefined ? {} : { status: answer.statusCode }),
      });
      asking.destroy();
    };
    const abort = () => {
      end({ kind: 'aborted' });
      asking.destroy();
    };
    const timer = setTimeout(
      () => fail('timeout', `it did not answer, or not to the end, within ${timeoutMs / 1_000} s`),
      leftMs,
    );
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);

    asking.on('error', (error: Error) => {
      const why = whyFailed(error);
      const isStale = asking.reusedSocket && answer === undefined && why.reason === 'connection';
      end({ kind: 'failed', ...why, ...(isStale ? { wasStale: true } : {}) });
    });
    asking.on('information', () => {
      provisional += 1;
      if (provisional > PROVISIONAL_MAX) fail('garbled', `it answered more than ${PROVISIONAL_MAX} times with 1xx`);
    });
    asking.on('upgrade', (_answer, socket) => {
      socket.destroy();
      fail('garbled', 'it answered 101, which nobody asked for');
    });
    asking.on('response', (response) => {
      answer = response;
      const parts: Buffer[] = [];
      let bytes = 0;
      const answered = () =>
        end({
          kind: 'answered',
          status: response.statusCode ?? 0,
          headers: response.headers,
          answer: Buffer.concat(parts).subarray(0, KEPT_MAX).toString('utf8'),
        });
      response.on('data', (part: Buffer) => {
        if (bytes < KEPT_MAX) parts.push(part.subarray(0, KEPT_MAX - bytes));
        bytes += part.length;
        if (bytes <= READ_MAX) return;
        answered();
        asking.destroy();
      });
      response.on('end', answered);
      response.on('error', () => fail('connection', 'its answer broke off'));
      response.on('close', () => fail('connection', 'its answer broke off'));
    });
    asking.end(body);
  });
}
