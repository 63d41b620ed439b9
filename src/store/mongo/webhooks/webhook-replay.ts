import type { EpochMs } from '../../../domain/time.js';
import { type ReplayChoice, WEBHOOK_REPLAY_MAX, type WebhookStore } from '../../../ports/webhook-store.js';
import { EVENT_BLOCKS } from '../documents/events.js';
import { CALLS, type CallDoc, callDocId, ENDPOINTS, type EndpointDoc } from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { readLogEnd } from '../events/log-ends.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Adding, Unnumbered } from './webhook-adding.js';
import type { CallDraft } from './webhook-docs.js';
import { WITHOUT_TRIES } from './webhook-work.js';

/** See `WebhookStore.replay`. */
export function createReplay(ground: Ground, adding: Adding): Pick<WebhookStore, 'replay'> {
  const { db } = ground;
  return {
    async replay(app, id, choice, newId, now) {
      const endpoint = await db.run(() => db.of(ENDPOINTS).findOne({ _id: id, app, isRemoved: false }).lean());
      if (endpoint === null) return undefined;
      const [oldest, found] = await Promise.all([oldestEvent(db, app), choose(db, endpoint.key, choice)]);
      const chosen = found.slice(0, WEBHOOK_REPLAY_MAX);
      // A test is made of no event.
      const kept = chosen.filter(({ isTest, firstEvent }) => isTest || firstEvent >= oldest);
      const copies = kept.map(
        ({ id: of, firstEvent, lastEvent, types, level, events }): Unnumbered => ({
          ...{ id: newId(of), firstEvent, lastEvent, types, level, events, replayOf: of },
        }),
      );
      await addCopies(ground, adding, endpoint, copies, now);
      const last = chosen.at(-1)?.seq;
      return {
        count: kept.length,
        ...(last === undefined ? {} : { last }),
        more: found.length > chosen.length,
        gone: chosen.length - kept.length,
      };
    },
  };
}

/** The oldest event that is kept; what comes next where none is. */
async function oldestEvent(db: Database, app: string): Promise<number> {
  const [first] = await db.run(() =>
    db.of(EVENT_BLOCKS).find({ app }).sort({ seq: 1 }).limit(1).select({ seq: 1 }).lean(),
  );
  return first?.seq ?? (await readLogEnd(db, app)) + 1;
}

/** One more than is wanted, where there are more. */
async function choose(db: Database, key: string, choice: ReplayChoice): Promise<readonly CallDoc[]> {
  const settled = op({ $in: ['delivered', 'parked', 'skipped'] as const });
  const filter =
    'calls' in choice
      ? { _id: op({ $in: choice.calls.map((id) => callDocId(key, id)) }), state: settled }
      : {
          endpoint: key,
          state: choice.state ?? settled,
          seq: op({ $gt: choice.after ?? 0 }),
          createdAt: op({ $gte: choice.since, $lt: choice.until }),
        };
  const found = await db.run(() =>
    db
      .of(CALLS)
      .find(filter as never)
      .sort({ seq: 1 })
      .limit(WEBHOOK_REPLAY_MAX + 1)
      .select(WITHOUT_TRIES)
      .lean(),
  );
  return found as CallDoc[];
}

/** Those whose new id is there, or owed, were made before. */
async function addCopies(
  { db, outbox }: Ground,
  adding: Adding,
  { _id, key }: EndpointDoc,
  copies: readonly Unnumbered[],
  now: EpochMs,
): Promise<void> {
  if (copies.length === 0) return;
  const call = outbox.begin();
  const ids = copies.map(({ id }) => callDocId(key, id));
  let drafts: readonly CallDraft[] = [];
  const changed = await changeEach<EndpointDoc>(db, db.of(ENDPOINTS), [_id], call, async () => {
    const known = await db.run(() =>
      db
        .of(CALLS)
        .find({ _id: op({ $in: ids }) })
        .select({ id: 1 })
        .lean(),
    );
    const there = new Set(known.map(({ id }) => id));
    return (document) => {
      drafts = [];
      if (document.isRemoved || document.key !== key) return undefined;
      const owed = adding.owed(document);
      const fresh = copies.filter(({ id }) => !there.has(id) && !owed.has(id));
      if (fresh.length === 0) return undefined;
      const added = adding.with(call, document, fresh, now);
      drafts = added.drafts;
      return added.change;
    };
  });
  for (const document of changed.values()) await adding.carryOut(call, document, drafts, now);
}
