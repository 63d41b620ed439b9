/** Load over HTTP from this process: as much as a number of connections carries, or at a steady rate. */
import { Agent, request } from 'node:http';

export interface Target {
  readonly url: string;
  readonly key: string;
  /** The body of the nth request; `meantAt`: when it was meant to leave, by `performance.now()`. */
  body(n: number, meantAt: number): string;
}

/** What came back. */
export interface LoadResult {
  readonly asked: number;
  readonly seconds: number;
  /** How many times each status came; 0 stands for no answer. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Milliseconds from when each request was meant to leave. */
  readonly latencies: readonly number[];
}

const LOOK_EVERY_MS = 1;

/** Every connection asks again as soon as it has its answer. `from`: number of the first request. */
export async function saturate(
  target: Target,
  options: { connections: number; seconds: number; from: number },
): Promise<LoadResult> {
  const load = openLoad(target, options.connections);
  const startedAt = performance.now();
  const until = startedAt + options.seconds * 1_000;
  let next = options.from;
  await Promise.all(
    Array.from({ length: options.connections }, async () => {
      while (performance.now() < until) {
        next += 1;
        await load.ask(next - 1, performance.now());
      }
    }),
  );
  return load.end(next - options.from, startedAt);
}

/** `rate` requests per second, each at its time, whether or not those before are answered; none once `isOver`. */
export async function offer(
  target: Target,
  options: { connections: number; seconds: number; rate: number; from: number; isOver?: () => boolean },
): Promise<LoadResult> {
  const load = openLoad(target, options.connections);
  const startedAt = performance.now();
  const isOver = options.isOver ?? (() => false);
  const total = options.seconds * options.rate;
  const asked: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      while (asked.length < total && !isOver()) {
        const meantAt = startedAt + (asked.length / options.rate) * 1_000;
        if (meantAt > now) return;
        asked.push(load.ask(options.from + asked.length, meantAt));
      }
      clearInterval(timer);
      resolve();
    }, LOOK_EVERY_MS);
  });
  await Promise.all(asked);
  return load.end(asked.length, startedAt);
}

function openLoad(target: Target, connections: number) {
  // Requests beyond the connections wait in the agent; their time is counted.
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const url = new URL('/v1/messages', target.url);
  const statuses = new Map<number, number>();
  const latencies: number[] = [];
  return {
    ask: (n: number, meantAt: number) =>
      new Promise<void>((resolve) => {
        const body = target.body(n, meantAt);
        const done = (status: number) => {
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          latencies.push(performance.now() - meantAt);
          resolve();
        };
        const headers = {
          authorization: `Bearer ${target.key}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        };
        request(url, { method: 'POST', agent, headers }, (answer) => {
          answer.resume().once('end', () => done(answer.statusCode ?? 0));
        })
          .once('error', () => done(0))
          .end(body);
      }),
    end(asked: number, startedAt: number): LoadResult {
      agent.destroy();
      return { asked, seconds: (performance.now() - startedAt) / 1_000, statuses, latencies };
    },
  };
}
