import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type express from 'express';
import type { AdminHouse } from './house.js';
import { networkOf } from './network-of.js';
import { PROBLEMS, type ProblemCode, problemOf } from './problem.js';
import { requestIdFrom } from './request-id.js';
import { answerRaw } from './unreadable.js';

/** What takes over connections that leave HTTP. */
export interface UpgradeDoor {
  /** Looked at without the query. */
  readonly path: string;
  /** Counts the connection in, or says why not. `address` is the caller's, of IPv6 its network. */
  enter(
    address: string,
    origin: string | undefined,
  ): { readonly code: ProblemCode; readonly detail: string; readonly retryAfter?: number } | undefined;
  take(req: IncomingMessage, socket: Socket, head: Buffer, address: string): void;
}

/**
 * Hands WebSocket upgrades over. What else asks for an upgrade, as many HTTP clients do for HTTP/2 with every request,
 * may be passed over (RFC 9110 §7.8): it is answered as if it had not asked.
 *
 * @param app knows whose X-Forwarded-For is believed
 */
export function serveUpgrades(
  server: Server,
  app: express.Express,
  door: UpgradeDoor,
  house: Pick<AdminHouse, 'clock' | 'random' | 'log'>,
): void {
  server.on('upgrade', (req: IncomingMessage, socket: Socket, head: Buffer) => {
    if (req.headers.upgrade?.toLowerCase() !== 'websocket') {
      serveAnyway(server, req, socket, head);
      return;
    }
    socket.on('error', ignore);
    const address = networkOf(clientOf(app, req, socket));
    const why =
      req.url?.split('?', 1)[0] === door.path
        ? door.enter(address, req.headers.origin)
        : { code: 'not_found' as const, detail: `WebSockets are at ${door.path}` };
    if (why === undefined) {
      socket.off('error', ignore);
      door.take(req, socket, head, address);
      return;
    }
    const requestId = requestIdFrom(singleOf(req.headers['x-request-id']), house.clock, house.random);
    house.log.info({ client: address, problem: why.code, request_id: requestId }, 'realtime.turned_away');
    const retryAfter = 'retryAfter' in why ? why.retryAfter : PROBLEMS[why.code].retryAfter;
    answerRaw(
      socket,
      problemOf(why.code, requestId, { detail: why.detail }),
      retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`],
    );
  });
}

/** Gives the request back to the server without its wish, and without what belongs to the wish. */
function serveAnyway(server: Server, req: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`];
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] ?? '';
    const value = req.rawHeaders[i + 1] ?? '';
    if (/^(?:upgrade|http2-settings)$/i.test(name)) continue;
    lines.push(`${name}: ${/^connection$/i.test(name) ? withoutWish(value) : value}`);
  }
  // Node reads headers as Latin-1 (RFC 9110 §5.5), and so they are written again.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function withoutWish(connection: string): string {
  const rest = connection.split(',').filter((token) => !/^\s*(?:upgrade|http2-settings)\s*$/i.test(token));
  return rest.length === 0 ? 'keep-alive' : rest.join(',');
}

/** As `req.ip` of Express: the last address that no trusted proxy has written. */
function clientOf(app: express.Express, req: IncomingMessage, socket: Socket): string {
  const isTrusted: (address: string, hop: number) => boolean = app.get('trust proxy fn');
  const forwarded = singleOf(req.headers['x-forwarded-for'])?.split(',') ?? [];
  const hops = [socket.remoteAddress ?? '', ...forwarded.map((address) => address.trim()).reverse()];
  return hops.find((address, hop) => !isTrusted(address, hop)) ?? hops.at(-1) ?? '';
}

function singleOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(',');
}

function ignore(): void {}
