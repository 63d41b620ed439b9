import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket, Server as TcpServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../domain/errors.js';
import { answerUnreadable } from './unreadable.js';

const HEADERS_MS = 10_000;
const KEEP_ALIVE_MS = 65_000; // Longer than the idle time of common load balancers (60 s), so that they close first.
/**
 * What callers are told that an idle connection lasts (the `Keep-Alive` field of RFC 2068 §19.7.1.1, which HTTP libraries
 * still obey). Less than what a process that stops waits: over a connection that is about to be closed, nobody who obeys
 * sends a request. Balancers, which do not look at it, keep theirs.
 */
const TOLD_KEEP_ALIVE_S = 3;
/** The patience that covers it, and a second for the way of the last answer. */
export const PATIENCE_MS = (TOLD_KEEP_ALIVE_S + 1) * 1_000;
const HEADER_BYTES_MAX = 16 * 1024;
/**
 * Connections that wait to be taken: after a restart everybody comes at once, and whoever finds no place tries again after a
 * second at best. The system's own bound (`net.core.somaxconn`) holds as well.
 */
const BACKLOG = 4_096;
/** Connections at the same time, besides those that realtime may have. */
export const CONNECTIONS_MAX = 10_000;

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** The setting that the address came from, such as `server.listen`; named in errors. */
  readonly setting: string;
  /** `CONNECTIONS_MAX` when absent. */
  readonly connectionsMax?: number;
  /** Of several processes under one: whether this one has the address for itself. */
  readonly isOwn?: boolean;
  /** For the problem that bytes are answered with which are no request; without it they get a bare status. */
  readonly newRequestId?: () => string;
}

/** A server that listens. */
export interface HttpListener {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, without a slash at its end. */
  readonly url: string;
  /** For what upgrades connections. Owned by the listener. */
  readonly server: Server;
  /**
   * Stops accepting, lets requests in flight finish and closes idle connections; what still runs after `graceMs` is
   * cut off. Calling it twice is harmless.
   *
   * @param patienceMs how long idle connections are kept: a caller may just be sending its next request over one. It is answered,
   * with the word that it is the last one there. 0 when absent.
   */
  close(graceMs: number, patienceMs?: number): Promise<void>;
}

/**
 * Listens for HTTP/1.1. Headers have 10 s to arrive and bodies 30 s (body.ts); the import stream has an idle limit
 * of its own, which is why the server's limit for whole requests is off.
 *
 * @throws GatewayError `config_invalid`: the address cannot be had; the sentence names it and the setting
 */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<HttpListener> {
  const server = createServer(
    {
      headersTimeout: HEADERS_MS,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: HEADER_BYTES_MAX,
    },
    handler,
  );
  server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  // RFC 9110 §10.1.1 lets a server pass over an expectation that it does not know.
  server.on('checkExpectation', handler);
  const { newRequestId } = options;
  if (newRequestId !== undefined) {
    // Of a server without TLS the stream is a socket.
    server.on('clientError', (error, socket) => answerUnreadable(error, socket as Socket, newRequestId()));
  }
  let closing: Promise<void> | undefined;
  let isPatient = false;
  const answering = new Set<ServerResponse>();
  // Node closes connections that idle when it is told to stop; those that become idle later are closed here.
  server.prependListener('request', (_req, res) => {
    answering.add(res);
    if (closing !== undefined) sayLast(res);
    else if (res.shouldKeepAlive) {
      res.setHeader('Connection', 'keep-alive');
      res.setHeader('Keep-Alive', `timeout=${TOLD_KEEP_ALIVE_S}`);
    }
    res.once('close', () => {
      answering.delete(res);
      if (closing !== undefined && !isPatient) setImmediate(() => server.closeIdleConnections());
    });
  });

  async function drain(graceMs: number, patienceMs: number): Promise<void> {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    for (const res of answering) sayLast(res);
    if (patienceMs > 0) {
      isPatient = true;
      // Who is connected already, and only waits to be taken, is taken: closing would cut them off.
      await shortTurn();
      // What an HTTP server does beyond this is to cut idle connections at once.
      const gone = new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()));
      await Promise.race([gone, pause(Math.min(patienceMs, graceMs), undefined, { ref: false })]);
      isPatient = false;
    }
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    clearTimeout(cut);
  }

  await bind(server, options);
  const { address, port } = server.address() as AddressInfo; // A TCP server that listens has no other kind.
  return {
    host: address,
    port,
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    server,
    close(graceMs, patienceMs = 0) {
      closing ??= drain(graceMs, patienceMs);
      return closing;
    },
  };
}

function bind(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(addressError(error, options));
    server.once('error', onError);
    server.listen(
      { port: options.port, host: options.host, backlog: BACKLOG, exclusive: options.isOwn ?? false },
      () => {
        server.off('error', onError);
        resolve();
      },
    );
  });
}

/** The last answer on its connection, where the head of it has not left yet. */
function sayLast(res: ServerResponse): void {
  if (res.headersSent) return;
  res.setHeader('Connection', 'close');
  res.removeHeader('Keep-Alive');
}

/**
 * Ends with a turn of the event loop that took less than a millisecond, or after 20 of them. A turn takes waiting connections
 * first: of those that come during the rest of it the system cuts off whoever still waits when the server closes.
 */
async function shortTurn(): Promise<void> {
  for (let n = 0; n < 20; n++) {
    const begin = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    if (n > 0 && performance.now() - begin < 1) return;
  }
}

function addressError(error: NodeJS.ErrnoException, { host, port, setting }: ListenOptions): GatewayError {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const variable = `PEALBELL_${setting.toUpperCase().replaceAll('.', '__')}`;
  const remedy = `set ${setting} (or ${variable}) to another address`;
  const sentences: Record<string, string> = {
    EADDRINUSE: `${address} is in use by another process; stop that one, or ${remedy}`,
    EACCES: `this process may not listen on ${address}; ${remedy}, with a port above 1023`,
    EADDRNOTAVAIL: `this machine has no address ${host}; ${remedy}`,
    ENOTFOUND: `'${host}' is not an address of this machine; ${remedy}`,
  };
  const sentence = sentences[error.code ?? ''] ?? `cannot listen on ${address} (${error.code}); ${remedy}`;
  return new GatewayError('config_invalid', sentence, { cause: error });
}
