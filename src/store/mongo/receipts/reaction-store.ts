import { REACTION_KINDS, type ReactionKind } from '../../../domain/reaction.js';
import {
  FEEDBACK_KEPT_MS,
  type ReactionCounts,
  type ReactionStore,
  TOLD_KEPT_MS,
} from '../../../ports/reaction-store.js';
import { SHIFTS } from '../documents/counts.js';
import { FEEDBACK, TOLD_EVENTS } from '../documents/reactions.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { sweepOldest } from '../writing/sweep-oldest.js';
import { carryFeedback, eraseFeedback } from './feedback.js';
import { recordReactions } from './record-reactions.js';
import { knowIds, rememberIds } from './told-ids.js';

export function createReactionStore(ground: Ground): ReactionStore {
  const { db, outbox } = ground;
  outbox.watches(TOLD_EVENTS);
  carryFeedback(ground);
  return {
    record: (reactions, now) => recordReactions(ground, reactions, now),
    known: (ids) => knowIds(ground, ids),
    remember: (ids, now) => rememberIds(ground, ids, now),
    counts: (messages) => countReactions(ground, messages),
    erase: (app, user, limit) => eraseFeedback(ground, app, user, limit),

    async sweep(now, limit) {
      const ids = await sweepOldest(db, db.of(TOLD_EVENTS), 'at', now - TOLD_KEPT_MS, limit);
      return ids + (await sweepOldest(db, db.of(FEEDBACK), 'at', now - FEEDBACK_KEPT_MS, limit));
    },
  };
}

async function countReactions(
  { db }: Ground,
  messages: readonly string[],
): Promise<ReadonlyMap<string, ReactionCounts>> {
  const filter = { message: op({ $in: [...messages] }) };
  const found = await db.run(() => db.of(SHIFTS).find(filter).select({ message: 1, n: 1 }).lean());
  const counts = new Map<string, Partial<Record<ReactionKind, number>>>();
  for (const { message, n = {} } of found) {
    for (const kinds of Object.values(n)) {
      for (const name of REACTION_KINDS) {
        const more = (kinds.reached?.[name] ?? 0) + (kinds.reaction?.[name] ?? 0);
        if (more === 0) continue;
        const sums = counts.get(message) ?? {};
        counts.set(message, sums);
        sums[name] = (sums[name] ?? 0) + more;
      }
    }
  }
  return counts;
}
