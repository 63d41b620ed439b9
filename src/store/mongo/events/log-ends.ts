import type { EpochMs } from '../../../domain/time.js';
import { EVENT_BLOCKS, EVENT_HEADS } from '../documents/events.js';
import type { Database } from '../engine/database.js';

/** Highest number of an app's log so far; 0 for one that has none. */
export async function readLogEnd(db: Database, app: string): Promise<number> {
  // In this order: a sweep raises the head before it removes a block, so one that is not seen any more is seen in the head.
  const [newest] = await db.run(() =>
    db.of(EVENT_BLOCKS).find({ app }).sort({ seq: -1 }).limit(1).select({ seq: 1, n: 1 }).lean(),
  );
  const head = await db.run(() => db.of(EVENT_HEADS).findById(app).lean());
  return Math.max(head?.last ?? 0, newest === undefined ? 0 : newest.seq + newest.n - 1);
}

/** Ends of logs that were looked up lately: what is written next begins right behind. */
export interface LogEnds {
  /** Whether the log of the app ended there when it was last looked, not long ago. */
  isEnd(app: string, seq: number): boolean;
  /** Looks the end up, and remembers it. */
  read(app: string): Promise<number>;
  /** Something was removed from logs: what is behind an end may not begin right behind it any more. */
  forget(): void;
}

/** Others may remove what this process does not know of; but nothing that is younger than this. */
const KEPT_MS = 30_000;

export function createLogEnds(db: Database): LogEnds {
  const ends = new Map<string, { readonly seq: number; readonly at: EpochMs }>();
  return {
    isEnd(app, seq) {
      const known = ends.get(app);
      return known?.seq === seq && performance.now() - known.at < KEPT_MS;
    },
    async read(app) {
      const seq = await readLogEnd(db, app);
      ends.set(app, { seq, at: performance.now() });
      return seq;
    },
    forget: () => ends.clear(),
  };
}
