/**
 * A gateway's realtime side, scripted: it speaks docs/realtime-protocol.md over all three transports and keeps a mailbox
 * for each device in memory. Written from that page alone; it shares no code with the connector, nor with the client.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

type Frame = Record<string, unknown> & { readonly t: string };

interface Letter {
  readonly id: string;
  readonly position: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface Box {
  letters: Letter[];
  readonly streams: Map<string, number>;
  seat: Seat | undefined;
}

/** A connection as the mailbox sees it. */
interface Seat {
  readonly session: string;
  readonly device: string;
  seq: number;
  readonly sent: Set<string>;
  stream: string | undefined;
  write(frame: Frame): void;
  end(code: number, reason: string, retryAfterMs?: number): void;
}

export type Refusal = { readonly status: number; readonly code: string; readonly retryAfter?: number };

export interface ScriptedRealtime {
  readonly url: string;
  /** Whatever was said by devices, in order. */
  readonly heard: { readonly device: string; readonly via: string; readonly frame: Frame }[];
  /** Connections that were begun. */
  readonly opened: { readonly device: string; readonly via: string; readonly hello: Frame }[];
  /** Upstream messages and events that were kept, once each. */
  readonly kept: { readonly device: string; readonly stream: string; readonly frame: Frame }[];
  /** What the next gateway does at the door: refuse, or let everybody in. */
  refuse(refusal: Refusal | undefined): void;
  /** Roads that are closed: a WebSocket is cut before it opens, a request before its answer. */
  readonly blocked: Set<'websocket' | 'sse' | 'poll'>;
  /** An event is refused with this code, when it says so. */
  refuseEvent: (frame: Frame) => { readonly code: string; readonly detail: string } | undefined;
  /** Swallows what devices say, when it says so. */
  swallow: (frame: Frame) => boolean;
  pingMs: number;
  window: number;
  send(device: string, id: string, fields?: Readonly<Record<string, unknown>>): void;
  tell(device: string, frame: Frame): void;
  /** Ends the connection with this close code. */
  bye(device: string, code: number, reason: string, retryAfterMs?: number): void;
  /** Cuts every connection without a word. */
  cut(): void;
  isOnline(device: string): boolean;
  waiting(device: string): readonly string[];
  close(): Promise<void>;
}

export async function startScriptedRealtime(): Promise<ScriptedRealtime> {
  const boxes = new Map<string, Box>();
  let refusal: Refusal | undefined;
  let sessions = 0;
  let positions = 0;
  const sockets = new Set<WebSocket>();

  const boxOf = (device: string): Box => {
    const box = boxes.get(device) ?? { letters: [], streams: new Map(), seat: undefined };
    boxes.set(device, box);
    return box;
  };

  function pump(box: Box): void {
    const { seat } = box;
    if (seat === undefined) return;
    for (const letter of box.letters) {
      if (seat.sent.size >= gateway.window) return;
      if (seat.sent.has(letter.id)) continue;
      seat.sent.add(letter.id);
      seat.seq += 1;
      const cursor = `c${letter.position}`;
      seat.write({ t: 'push', seq: seat.seq, id: letter.id, cursor, tag: letter.id, show: true, ...letter.fields });
    }
  }

  function begin(seat: Seat, via: string, hello: Frame): void {
    const box = boxOf(seat.device);
    const older = box.seat;
    box.seat = undefined;
    older?.end(4509, 'replaced');
    box.seat = seat;
    seat.stream = typeof hello.stream === 'string' ? hello.stream : undefined;
    gateway.opened.push({ device: seat.device, via, hello });
    const ok = seat.stream === undefined ? undefined : (box.streams.get(seat.stream) ?? 0);
    seat.write({
      ...{ t: 'welcome', device: seat.device, user: null, cursor: hello.cursor ?? `c${positions}` },
      ...{ resumed: hello.cursor !== undefined, ping_ms: gateway.pingMs, max_in_flight: gateway.window },
      ...{ session: seat.session, ...(ok === undefined ? {} : { ok }) },
    });
    pump(box);
  }

  function hear(seat: Seat, via: string, frame: Frame): void {
    gateway.heard.push({ device: seat.device, via, frame });
    if (gateway.swallow(frame)) return;
    const box = boxOf(seat.device);
    if (frame.t === 'done') finish(box, frame.ids as string[]);
    else if (frame.t === 'ping') {
      if (typeof frame.ping_ms === 'number') gateway.pingMs = frame.ping_ms;
      seat.write({ t: 'pong', ping_ms: gateway.pingMs });
    } else if (frame.t === 'refresh') seat.write({ t: 'ok' });
    else if (frame.t === 'event' || frame.t === 'up') {
      for (const answer of keep(seat.device, seat.stream ?? '', frame)) seat.write(answer);
    }
  }

  function finish(box: Box, ids: readonly string[]): void {
    box.letters = box.letters.filter(({ id }) => !ids.includes(id));
    for (const id of ids) box.seat?.sent.delete(id);
    pump(box);
  }

  function keep(device: string, stream: string, frame: Frame): readonly Frame[] {
    const box = boxOf(device);
    const safe = box.streams.get(stream) ?? 0;
    const n = Number(frame.n);
    if (n > safe + 1) return [];
    if (n === safe + 1) {
      box.streams.set(stream, n);
      const fault = gateway.refuseEvent(frame);
      if (fault !== undefined) return [{ t: 'error', n, ...fault }];
      gateway.kept.push({ device, stream, frame });
    }
    return [{ t: 'ok', n: box.streams.get(stream) ?? 0 }];
  }

  const leave = (seat: Seat) => {
    const box = boxOf(seat.device);
    if (box.seat === seat) box.seat = undefined;
  };
  const newSeat = (device: string, write: Seat['write'], end: Seat['end']): Seat => {
    sessions += 1;
    return { session: `s${sessions}`, device, seq: 0, sent: new Set(), stream: undefined, write, end };
  };

  const server = createServer((req, res) => {
    handle(req, res).catch((cause: unknown) => res.destroy(cause instanceof Error ? cause : undefined));
  });
  const wss = new WebSocketServer({ noServer: true });
  server.on('upgrade', (req, socket, head) => {
    if (gateway.blocked.has('websocket')) {
      socket.destroy();
      return;
    }
    wss.handleUpgrade(req, socket, head, (ws) => acceptSocket(ws));
  });

  function acceptSocket(ws: WebSocket): void {
    sockets.add(ws);
    let seat: Seat | undefined;
    const write = (frame: Frame) => ws.send(JSON.stringify(frame));
    const end = (code: number, reason: string, retryAfterMs?: number) => {
      write({ t: 'bye', code, reason, ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }) });
      ws.close(code, reason);
    };
    ws.on('error', () => {});
    ws.on('close', () => {
      sockets.delete(ws);
      if (seat !== undefined) leave(seat);
    });
    ws.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (seat !== undefined) return hear(seat, 'websocket', frame);
      if (refusal !== undefined) return end(CLOSE_CODES[refusal.code] ?? 4500, refusal.code, hintOf(refusal));
      seat = newSeat(deviceOf(String(frame.token)), write, end);
      begin(seat, 'websocket', frame);
    });
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', 'http://x');
    const road = url.pathname.split('/').pop();
    const isBlocked =
      (road === 'sse' && gateway.blocked.has('sse')) ||
      (road === 'poll' && gateway.blocked.has('poll')) ||
      (road === 'acks' && gateway.blocked.has('sse') && gateway.blocked.has('poll'));
    if (isBlocked) {
      req.socket.destroy();
      return;
    }
    if (refusal !== undefined) {
      if (refusal.retryAfter !== undefined) res.setHeader('retry-after', String(refusal.retryAfter));
      json(res, refusal.status, { code: refusal.code });
      return;
    }
    const device = deviceOf((req.headers.authorization ?? '').replace('Bearer ', ''));
    if (road === 'acks') json(res, 200, takeAcks(device, JSON.parse(await read(req)) as Acks));
    else if (road === 'sse') openStream(device, url, req, res);
    else if (road === 'poll') poll(device, url, res);
    else json(res, 404, {});
  }

  function takeAcks(device: string, { session, got, done, stream, events, up }: Acks): object {
    const via = 'acks';
    const box = boxOf(device);
    const frames: Frame[] = [
      ...(got === undefined ? [] : [{ t: 'got', seq: got, isHere: session === box.seat?.session }]),
      ...(done === undefined ? [] : [{ t: 'done', ids: done }]),
      ...(events ?? []).map((event) => ({ ...event, t: 'event' })),
      ...(up ?? []).map((event) => ({ ...event, t: 'up' })),
    ];
    let ok: unknown;
    const errors: object[] = [];
    for (const frame of frames) {
      gateway.heard.push({ device, via, frame });
      if (gateway.swallow(frame)) continue;
      if (frame.t === 'done') finish(box, frame.ids as string[]);
      if (frame.t !== 'event' && frame.t !== 'up') continue;
      for (const { t, ...answer } of keep(device, stream ?? '', frame)) {
        if (t === 'error') errors.push(answer);
        else ok = answer.n;
      }
    }
    return { ...(ok === undefined ? {} : { ok }), errors };
  }

  function openStream(device: string, url: URL, req: IncomingMessage, res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const write = (frame: Frame) => {
      res.write(`${frame.t === 'push' ? `id: ${String(frame.cursor)}\n` : ''}data: ${JSON.stringify(frame)}\n\n`);
    };
    const end = (code: number, reason: string) => {
      write({ t: 'bye', code, reason });
      res.end();
    };
    const seat = newSeat(device, write, end);
    res.on('close', () => leave(seat));
    const cursor = req.headers['last-event-id'];
    begin(seat, 'sse', {
      t: 'hello',
      stream: url.searchParams.get('stream'),
      ...(cursor === undefined ? {} : { cursor }),
    });
  }

  const polls = new Map<
    string,
    { readonly seat: Seat; frames: Frame[]; answered: Map<string, string[]>; flush(): void }
  >();
  /** The session lives from poll to poll, as long as the device asks with a cursor that it was given. */
  function poll(device: string, url: URL, res: ServerResponse): void {
    // The answer's session and newest push: a cursor of another kind begins a session.
    const cursor = url.searchParams.get('cursor') ?? undefined;
    const [plain, session] = cursor?.split('~') ?? [];
    const box = boxOf(device);
    let line = polls.get(device);
    const answered = cursor === undefined ? undefined : line?.answered.get(cursor);
    if (line === undefined || answered === undefined || box.seat !== line.seat || session !== line.seat.session) {
      const frames: Frame[] = [];
      const seat = newSeat(
        device,
        (frame) => {
          line?.frames.push(frame);
          queueMicrotask(() => line?.flush());
        },
        () => {},
      );
      line = { seat, frames, answered: new Map(), flush: () => {} };
      polls.set(device, line);
      const hello = { stream: url.searchParams.get('stream'), ...(plain === undefined ? {} : { cursor: plain }) };
      begin(seat, 'poll', { t: 'hello', ...hello });
    } else finish(box, answered);
    const here = line;
    const answer = () => {
      if (res.writableEnded || here.frames.length === 0) return;
      clearTimeout(timer);
      send();
    };
    const send = () => {
      const frames = here.frames.splice(0);
      const pushes = frames.filter(({ t }) => t === 'push');
      const last = `${String(pushes.at(-1)?.cursor ?? plain ?? 'c0')}~${here.seat.session}`;
      here.answered.set(
        last,
        pushes.map(({ id }) => String(id)),
      );
      json(res, 200, { frames, cursor: last });
    };
    const timer = setTimeout(send, 1_000);
    res.on('close', () => clearTimeout(timer));
    here.flush = answer;
    answer();
  }

  const gateway: ScriptedRealtime = {
    url: '',
    heard: [],
    opened: [],
    kept: [],
    refuse(next) {
      refusal = next;
    },
    blocked: new Set(),
    refuseEvent: () => undefined,
    swallow: () => false,
    pingMs: 30_000,
    window: 32,
    send(device, id, fields = {}) {
      const box = boxOf(device);
      positions += 1;
      box.letters.push({ id, position: positions, fields: { expires_at: '2099-01-01T00:00:00Z', ...fields } });
      pump(box);
    },
    tell: (device, frame) => boxOf(device).seat?.write(frame),
    bye: (device, code, reason, retryAfterMs) => boxOf(device).seat?.end(code, reason, retryAfterMs),
    cut() {
      for (const ws of sockets) ws.terminate();
      server.closeAllConnections();
      for (const box of boxes.values()) box.seat = undefined;
    },
    isOnline: (device) => boxOf(device).seat !== undefined,
    waiting: (device) => boxOf(device).letters.map(({ id }) => id),
    async close() {
      for (const ws of sockets) ws.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(gateway, { url: `http://127.0.0.1:${port}` });
}

interface Acks {
  readonly session?: string;
  readonly got?: number;
  readonly done?: string[];
  readonly stream?: string;
  readonly events?: object[];
  readonly up?: object[];
}

const CLOSE_CODES: Readonly<Record<string, number>> = {
  draining: 4000,
  token_expired: 4003,
  overloaded: 4006,
  token_refused: 4501,
  not_theirs: 4502,
  unknown_device: 4503,
  no_realtime: 4504,
  foreign_origin: 4505,
  access_revoked: 4510,
};

function hintOf({ retryAfter }: Refusal): number | undefined {
  return retryAfter === undefined ? undefined : retryAfter * 1_000;
}

/** The device that an access token names; the script believes all of them. */
function deviceOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { device: string };
  return claims.device;
}

/** An access token that a script believes. */
export function scriptedToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.x`;
}

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}

async function read(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return text;
}
