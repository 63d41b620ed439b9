import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { type HttpListener, listen } from '../../../src/http/server.js';
import type { Log } from '../../../src/ports/log.js';

export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that keeps its lines, and tells of the next one of a name. */
export function keptLog(): Log & { readonly lines: readonly Logged[]; next(event: string): Promise<Logged> } {
  const lines: Logged[] = [];
  const waiting: { readonly event: string; readonly resolve: (line: Logged) => void }[] = [];
  const at = (level: Logged['level']) => (fields: Readonly<Record<string, unknown>>, event: string) => {
    const line = { level, event, fields };
    lines.push(line);
    for (const waiter of waiting.filter((one) => one.event === event)) {
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(line);
    }
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    lines,
    next: (event) => new Promise((resolve) => waiting.push({ event, resolve })),
  };
}

export const clock = { now: () => 1_795_000_000_000 };
export const random = (size: number) => randomBytes(size);

/** Listens on a port of the system's choice while `use` runs. */
export async function serving<T>(handler: RequestListener, use: (server: HttpListener) => Promise<T>): Promise<T> {
  const server = await listen(handler, { host: '127.0.0.1', port: 0, setting: 'server.listen' });
  try {
    return await use(server);
  } finally {
    await server.close(1_000);
  }
}

/** A promise that the test resolves itself: how it waits for an event, and holds one back. */
export function pledge<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
