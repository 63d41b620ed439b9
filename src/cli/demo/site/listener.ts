import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const BODY_BYTES_MAX = 16_384;

/** An answer without the fields that all have. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Of a `POST`; undefined where it is no JSON. */
  readonly json: unknown;
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A small HTTP server on 127.0.0.1 for pages of its own. Other sites that are open in the same browser get nothing: they
 * come under another `Host` (a name that was made to lead here) or send another `Origin`.
 *
 * @param answer an answer, or undefined where `stream` takes the response over
 * @throws the listener's error, such as `EADDRINUSE`
 */
export async function listen(
  port: number,
  answer: (asked: Asked) => Promise<Answer>,
  stream: (path: string, response: ServerResponse) => boolean,
): Promise<Listener> {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    const { method = 'GET' } = request;
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (!isOurs(request, portOf(server)))
      return write(response, { status: 403, body: 'This page is for this machine.' });
    if (method === 'GET' && stream(path, response)) return;
    if (method !== 'GET' && method !== 'POST') return write(response, { status: 405, headers: { allow: 'GET, POST' } });
    const json = method === 'POST' ? await readJson(request) : undefined;
    write(response, await answer({ method, path, json }));
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    port: portOf(server),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function isOurs({ headers, method }: IncomingMessage, port: number): boolean {
  const hosts = [`localhost:${port}`, `127.0.0.1:${port}`];
  if (headers.host === undefined || !hosts.includes(headers.host)) return false;
  if (headers.origin !== undefined) return hosts.some((host) => headers.origin === `http://${host}`);
  // Browsers send an Origin with every POST; what has none is a person at a shell.
  return method === 'GET' || headers['content-type'] === 'application/json';
}

function write(response: ServerResponse, { status, headers, body = '' }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(body);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function portOf(server: Server): number {
  // A TCP listener has an AddressInfo once it listens.
  return (server.address() as AddressInfo).port;
}
