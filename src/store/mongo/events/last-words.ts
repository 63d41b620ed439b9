import { EVENT_BLOCKS } from '../documents/events.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Telling } from './telling.js';

/** What is said of a message in sum: it has to be what the log told of it before, no more and no less. */
export interface LastWord {
  readonly app: string;
  readonly message: string;
  /** Looks the sums up, for all at once that share it; of a message of which something is being told none is given. */
  readonly read: ReadLastWords;
}

export type ReadLastWords = (messages: readonly string[]) => Promise<ReadonlyMap<string, Telling>>;

/** What was looked up while a number of the log was the free one; without a telling it cannot be said yet. */
export type LastWords = ReadonlyMap<LastWord, { readonly telling?: Telling; readonly free: number }>;

/**
 * Last words as they can be said at this place of the log. Sums are there before their events, and whatever owes an event says so
 * until it is told. So what was looked up while nothing was owed is right until the log tells more of the message.
 *
 * @param free the number of that place, which was free before this call
 * @param before what was looked up for a place that somebody else took
 */
export async function lookAgain(
  db: Database,
  app: string,
  free: number,
  words: readonly LastWord[],
  before: LastWords,
): Promise<LastWords> {
  const kept = await stillRight(db, app, free, words, before);
  const looked = new Map(words.flatMap((word) => (kept.has(word) ? [[word, before.get(word) ?? { free }]] : [])));
  const open = words.filter((word) => !kept.has(word));
  for (const read of new Set(open.map((word) => word.read))) {
    const these = open.filter((word) => word.read === read);
    const told = await read(these.map(({ message }) => message));
    for (const word of these) {
      const telling = told.get(word.message);
      looked.set(word, telling === undefined ? { free } : { telling, free });
    }
  }
  return looked;
}

/** Those of which the log has told nothing since they were looked up. */
async function stillRight(
  db: Database,
  app: string,
  free: number,
  words: readonly LastWord[],
  before: LastWords,
): Promise<ReadonlySet<LastWord>> {
  const known = words.flatMap((word) => {
    const looked = before.get(word);
    return looked?.telling === undefined ? [] : [{ word, since: looked.free }];
  });
  if (known.length === 0) return new Set();
  const since = Math.min(...known.map((each) => each.since));
  const told = await db.run(() =>
    db
      .of(EVENT_BLOCKS)
      .find({ app, seq: op({ $gte: since, $lt: free }) })
      .select({ blocks: 1 })
      .lean(),
  );
  const right = known.filter(({ word }) => !told.some(({ blocks }) => blocks.includes(`"${word.message}"`)));
  return new Set(right.map(({ word }) => word));
}
