import type { MessageClass, Track } from '../../../domain/accepted-message.js';
import type { EpochMs } from '../../../domain/time.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/** What never changes of a message. */
export interface MessageFacts {
  readonly app: string;
  readonly class: MessageClass;
  readonly acceptedAt: EpochMs;
  readonly track: Track;
}

const KEPT_MAX = 20_000;

/** Looks up {@link MessageFacts}, and keeps those that were asked for last. A message that is gone is left out. */
export type ReadFacts = (messages: Iterable<string>) => Promise<ReadonlyMap<string, MessageFacts>>;

export function createFactsReader(db: Database): ReadFacts {
  const model = db.of(MESSAGES);
  const kept = new Map<string, MessageFacts>();
  return async (messages) => {
    const ids = [...new Set(messages)];
    const missing = ids.filter((id) => !kept.has(id));
    if (missing.length > 0) {
      const found = await db.run(() =>
        model
          .find({ _id: op({ $in: missing }) })
          .select({ app: 1, class: 1, createdAt: 1, terms: 1 })
          .lean(),
      );
      for (const { _id, app, class: lane, createdAt, terms } of found) {
        const { track } = JSON.parse(terms) as { track: Track }; // written by `accept`
        kept.set(_id, { app, class: lane, acceptedAt: createdAt, track });
      }
    }
    const facts = new Map(
      ids.flatMap((id) => {
        const known = kept.get(id);
        return known === undefined ? [] : [[id, known] as const];
      }),
    );
    for (const id of kept.keys()) {
      if (kept.size <= KEPT_MAX) break;
      kept.delete(id);
    }
    return facts;
  };
}
