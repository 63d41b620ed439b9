import type { Attempt } from '../../../domain/delivery.js';
import { REALTIME } from '../../../domain/route.js';
import type { EpochMs } from '../../../domain/time.js';
import type { RecallStore, ShownOn } from '../../../ports/recall-store.js';
import { readTallies } from '../chunks/chunk-tallies.js';
import { DELIVERIES, deliveriesAfter } from '../documents/deliveries.js';
import { MESSAGES } from '../documents/messages.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { endSent } from '../receipts/end-sent.js';
import { termsOf } from './message-docs.js';
import { beginRecall, noteRecallCursor, owedRecalls } from './recalls.js';

/** States of deliveries that a device may show. */
const SHOWN = ['sent', 'delivered', 'displayed', 'opened', 'recalled'] as const;

export function createRecallStore(ground: Ground): RecallStore {
  const { db } = ground;

  async function takeBack(
    app: string,
    message: string,
    provider: string,
    devices: readonly string[],
    now: EpochMs,
  ): Promise<void> {
    const ends = devices.map((key) => ({
      ...{ app, message, key, provider, reason: null, sentAt: now },
      state: 'recalled' as const,
    }));
    await endSent(ground, ends, now);
  }

  return {
    begin: (app, message, now) => beginRecall(ground, app, message, now),
    takenOut: (app, message, devices, now) => takeBack(app, message, REALTIME, devices, now),
    takenBack: takeBack,

    async shownOn(message, after, limit) {
      const filter = {
        _id: deliveriesAfter(message, after),
        device: op({ $gt: '' }),
        $or: [{ state: op({ $in: [...SHOWN] }) }, { state: 'canceled', provider: REALTIME }],
      };
      const found = await db.run(() =>
        db
          .of(DELIVERIES)
          .find(filter as never)
          .sort({ _id: 1 })
          .limit(limit)
          .select({ key: 1, provider: 1, state: 1, attempts: 1 })
          .lean(),
      );
      return found.map(({ key, provider = null, state, attempts }): ShownOn => {
        // What was taken is the last attempt.
        const vendorId = (JSON.parse(attempts) as readonly Attempt[]).at(-1)?.vendorId; // written by `advance`
        return { device: key, provider, state, ...(vendorId === undefined ? {} : { vendorId }) };
      });
    },

    owed: (limit) => owedRecalls(ground, limit),
    carried: (message, cursor) => noteRecallCursor(ground, message, cursor),

    async taken(message) {
      const [tallies, found] = await Promise.all([
        readTallies(db, [message]),
        db.run(() => db.of(MESSAGES).findById(message).select({ terms: 1 }).lean()),
      ]);
      const by = new Map<string, number>();
      for (const { roads } of tallies.get(message) ?? []) {
        for (const { provider, name, n } of roads) {
          if (name === 'sent' && n > 0 && provider !== null) by.set(provider, (by.get(provider) ?? 0) + n);
        }
      }
      const track = found === null ? 'all' : termsOf(found).track;
      return { by: new Map([...by].sort(([a], [b]) => (a < b ? -1 : 1))), track };
    },
  };
}
