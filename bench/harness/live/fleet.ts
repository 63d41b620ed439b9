/** Many clients of one server, and what each of them got. */
import type { Link, Speech } from './speech.js';

/** Handshakes under way at once, well under the backlog of a listening socket. */
const OPENING_MAX = 200;

/** A body as the workloads send it: which one it is, when it was meant to leave (ms since 1970), and padding. */
export function bodyOf(index: number, intendedAt: number): string {
  return `${index} ${intendedAt.toFixed(3)} `.padEnd(200, 'x');
}

/** Milliseconds since 1970 with fractions, the same clock in every process of the machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

export interface Fleet {
  readonly size: number;
  /** Opens those of `clients` that are not connected; resolves when all are ready. @throws Error after `withinMs` */
  connect(clients?: readonly number[], withinMs?: number): Promise<void>;
  /** Ends connections from the clients' side, without a word. */
  cut(clients: readonly number[]): void;
  /** Resolves as soon as `count` messages more than at the last {@link read} have come, or after `withinMs`. */
  untilCame(count: number, withinMs: number): Promise<void>;
  /** What came since the last reading; which forgets. */
  read(): FleetReading;
  close(): void;
}

export interface FleetReading {
  readonly arrivals: number;
  /** Arrivals of a body that the client had before. */
  readonly duplicates: number;
  /** Milliseconds from intended sending to arrival. */
  readonly latencies: readonly number[];
  /** By body: milliseconds from its first arrival anywhere to its last. */
  readonly spreads: readonly number[];
}

export function createFleet(size: number, speech: Speech): Fleet {
  const links = new Map<number, Link>();
  const ready = new Set<number>();
  const had = Array.from({ length: size }, () => new Set<number>());
  let arrivals = 0;
  let duplicates = 0;
  let latencies: number[] = [];
  let seen = new Map<number, { first: number; last: number }>();
  let onCame = () => {};
  let onReady = () => {};

  function open(n: number): void {
    const link = speech(n, {
      onReady() {
        ready.add(n);
        onReady();
      },
      onMessages(bodies) {
        const at = nowMs();
        for (const body of bodies) note(n, body, at);
        onCame();
      },
      onEnd() {
        ready.delete(n);
        if (links.get(n) === link) links.delete(n);
        onReady();
      },
    });
    links.set(n, link);
  }

  function note(n: number, body: string, at: number): void {
    const [index = Number.NaN, intendedAt = Number.NaN] = body.split(' ', 2).map(Number);
    const mine = had[n] as Set<number>; // one for each client
    arrivals += 1;
    if (mine.has(index)) duplicates += 1;
    mine.add(index);
    latencies.push(at - intendedAt);
    const spread = seen.get(index);
    if (spread === undefined) seen.set(index, { first: at, last: at });
    else spread.last = at;
  }

  const everyone = Array.from({ length: size }, (_, n) => n);
  return {
    size,
    async connect(clients = everyone, withinMs = 120_000) {
      const wanted = clients.filter((n) => !ready.has(n));
      const waiting = [...wanted];
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${ready.size} of ${size} clients are connected`)), withinMs);
        onReady = () => {
          while (waiting.length > 0 && links.size - ready.size < OPENING_MAX) open(waiting.shift() as number); // not empty
          if (wanted.every((n) => ready.has(n))) {
            clearTimeout(late);
            onReady = () => {};
            resolve();
          } else if (waiting.length === 0) {
            // A server that refuses for a while is asked again, in the same order.
            for (const n of wanted) if (!links.has(n)) waiting.push(n);
            if (waiting.length > 0) setTimeout(() => onReady(), 50);
          }
        };
        onReady();
      });
    },
    cut(clients) {
      for (const n of clients) links.get(n)?.cut();
      for (const n of clients) {
        links.delete(n);
        ready.delete(n);
      }
    },
    untilCame(count, withinMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(end, withinMs);
        function end() {
          clearTimeout(timer);
          onCame = () => {};
          resolve();
        }
        onCame = () => {
          if (arrivals >= count) end();
        };
        onCame();
      });
    },
    read() {
      const reading = {
        arrivals,
        duplicates,
        latencies,
        spreads: [...seen.values()].map(({ first, last }) => last - first),
      };
      arrivals = 0;
      duplicates = 0;
      latencies = [];
      seen = new Map();
      return reading;
    },
    close() {
      for (const link of links.values()) link.cut();
    },
  };
}
