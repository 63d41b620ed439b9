import { existsSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { GatewayError } from '../../../domain/errors.js';
import { ownerFolder } from './owner.js';
import { newestOwner } from './owner-file.js';
import { isAlive } from './owner-liveness.js';

export interface OwnerConnection {
  readonly pid: number;
  /**
   * Asks the process that has the database open. `body` goes as JSON; an answer in JSON comes back parsed, any
   * other as text.
   *
   * @throws GatewayError `store_unavailable` when it does not answer within 30 s.
   */
  request(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
}

const TIMEOUT_MS = 30_000;
/** An answer is a list of keys or a message, never a table. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** The process that owns `directory`, or undefined when none does and the directory may be opened. */
export async function connectOwner(directory: string): Promise<OwnerConnection | undefined> {
  const folder = ownerFolder(directory);
  if (!existsSync(folder)) return undefined;
  const record = newestOwner(folder)?.record;
  if (record === undefined || !(await isAlive(record))) return undefined;
  return { pid: record.pid, request: (method, path, body) => ask(record.socket, method, path, body) };
}

function ask(socketPath: string, method: string, path: string, body: unknown) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const fail = (cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      reject(
        new GatewayError('store_unavailable', `The running server does not answer on ${socketPath} (${why}).`, {
          cause,
        }),
      );
    };
    const headers = {
      accept: 'application/json',
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
    };
    const asked = httpRequest({ socketPath, method, path, headers, agent: false, timeout: TIMEOUT_MS }, (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > ANSWER_BYTES_MAX) asked.destroy(new Error('the answer is too large'));
        else parts.push(part);
      });
      answer.once('error', fail);
      answer.once('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        const isJson = /^application\/([\w.-]+\+)?json\b/.test(answer.headers['content-type'] ?? '');
        try {
          resolve({ status: answer.statusCode ?? 0, body: isJson && text !== '' ? JSON.parse(text) : text });
        } catch (error) {
          fail(error);
        }
      });
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    asked.once('error', fail);
    asked.end(payload);
  });
}
