/** A device with a bare WebSocket: it says what the test says, and nothing by itself. */
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';

export interface Frame {
  readonly t: string;
  readonly [field: string]: unknown;
}

export interface PlainClient {
  readonly socket: WebSocket;
  /** Everything that came, oldest first. */
  readonly frames: readonly Frame[];
  say(frame: object): void;
  /** The next frame of this kind that was not asked for before. @throws when none comes in time */
  next(t: string, withinMs?: number): Promise<Frame>;
  /** Frames of this kind so far. */
  all(t: string): readonly Frame[];
  /** Close code and the bye before it, once the connection has ended. */
  ended(withinMs?: number): Promise<{ readonly code: number; readonly bye: Frame | undefined }>;
  /** Cuts the connection without a word. */
  cut(): void;
}

/** For what comes at once, unless the machine is busy. */
const WITHIN_MS = 30_000;

/** Opens the connection; says nothing yet. @throws `Unexpected server response: <status>` where it is refused */
export async function openPlain(
  url: string,
  options: { readonly origin?: string; readonly headers?: Record<string, string>; readonly autoPong?: boolean } = {},
): Promise<PlainClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/realtime/ws`, 'pealbell.v1', {
    perMessageDeflate: false,
    ...options,
  });
  const frames: Frame[] = [];
  const taken = new Map<string, number>();
  let closed: number | undefined;
  socket.on('message', (bytes) => {
    const frame = JSON.parse(String(bytes)) as Frame;
    frames.push(frame);
    if (frame.t === 'ping' && options.autoPong !== false) socket.send('{"t":"pong"}');
  });
  socket.on('close', (code) => {
    closed = code;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => {
      socket.on('error', () => undefined);
      resolve();
    });
    socket.once('error', reject);
  });

  async function wait<T>(find: () => T | undefined, what: string, withinMs: number): Promise<T> {
    for (const deadline = Date.now() + withinMs; ; await pause(5)) {
      const found = find();
      if (found !== undefined) return found;
      if (Date.now() > deadline)
        throw new Error(`no ${what}; closed: ${closed}; came: ${JSON.stringify(frames.slice(-10))}`);
    }
  }

  return {
    socket,
    frames,
    say: (frame) => socket.send(JSON.stringify(frame)),
    all: (t) => frames.filter((frame) => frame.t === t),
    next(t, withinMs = WITHIN_MS) {
      const index = taken.get(t) ?? 0;
      taken.set(t, index + 1);
      return wait(() => frames.filter((frame) => frame.t === t)[index], `${t} number ${index + 1}`, withinMs);
    },
    async ended(withinMs = WITHIN_MS) {
      const code = await wait(() => closed, 'close', withinMs);
      return { code, bye: frames.find(({ t }) => t === 'bye') };
    },
    cut: () => socket.terminate(),
  };
}
