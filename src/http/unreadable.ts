import type { Socket } from 'node:net';
import { type Problem, type ProblemCode, problemOf } from './problem.js';

/** What Node's parser and timers call the ways in which bytes are no request; anything else is plainly malformed. */
const CODES: Readonly<Record<string, { readonly code: ProblemCode; readonly detail: string }>> = {
  HPE_HEADER_OVERFLOW: { code: 'headers_too_large', detail: 'the path and the headers are larger than 16 kB together' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request_timeout', detail: 'the headers did not arrive in time' },
};

/**
 * Answers bytes that are no HTTP request, which no handler ever sees, as a problem like every other, and closes the
 * connection: where the next request would begin cannot be known.
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, detail } = CODES[error.code ?? ''] ?? {
    code: 'malformed_request',
    detail: 'this is not a valid HTTP/1.1 request; look for control characters in its path and headers',
  };
  answerRaw(socket, problemOf(code, requestId, { detail }));
}

/** Answers where there is no response to write to, and closes the connection. @param headers lines such as `Retry-After: 5` */
export function answerRaw(socket: Socket, problem: Problem, headers: readonly string[] = []): void {
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${problem.request_id}`,
    'Cache-Control: no-store',
    ...headers,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
