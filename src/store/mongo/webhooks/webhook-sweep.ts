import type { EpochMs } from '../../../domain/time.js';
import type { LostEvents, SweptEvents } from '../../../ports/event-log.js';
import {
  CALL_BODIES,
  CALLS,
  type CallDoc,
  ENDPOINTS,
  type EndpointDoc,
  REMOVED_ENDPOINTS,
} from '../documents/webhooks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import type { Interest } from './webhook-interest.js';

const KIND = 'webhook-gone';

export interface Sweeper {
  /** See `WebhookStore.sweep`. */
  sweep(before: EpochMs, limit: number, now: EpochMs): Promise<SweptEvents>;
}

type Old = Pick<CallDoc, '_id' | 'endpoint' | 'state' | 'isTest' | 'events'>;

export function createSweeper(ground: Ground, interest: Interest): Sweeper {
  const { db, outbox } = ground;
  const calls = db.of(CALLS);

  async function remove(ids: readonly string[], more: object = {}): Promise<number> {
    if (ids.length === 0) return 0;
    const these = { _id: op({ $in: [...ids] }) };
    const { deletedCount } = await db.run(() => calls.deleteMany({ ...these, ...more }));
    await db.run(() => db.of(CALL_BODIES).deleteMany(these));
    return deletedCount;
  }

  outbox.carries(KIND, async (_, what) => {
    await remove(what as readonly string[]); // written below
  });

  /**
   * Those that waited too long are gone for whoever makes calls, then their endpoint counts what it has lost and owes their end.
   */
  async function drop(waited: readonly Old[], now: EpochMs) {
    const ids = waited.map(({ _id }) => _id);
    const these = { _id: op({ $in: ids }) };
    await db.run(() => calls.updateMany({ ...these, state: 'waiting' }, { $set: { state: 'gone' } }));
    const keys = [...new Set(waited.map(({ endpoint }) => endpoint))];
    const endpoints = await db.run(() =>
      db
        .of(ENDPOINTS)
        .find({ key: op({ $in: keys }) })
        .select({ key: 1 })
        .lean(),
    );
    const call = outbox.begin();
    const mine = new Map<string, readonly Old[]>();
    /** Counted by somebody who has not removed them yet. */
    const left = new Set<string>();
    const changed = await changeEach<EndpointDoc>(
      db,
      db.of(ENDPOINTS),
      endpoints.map(({ _id }) => _id),
      call,
      async () => {
        const gone = (await db.run(() => calls.find({ ...these, state: 'gone' }).lean())) as readonly Old[];
        return (document) => {
          const counted = goneBy(document);
          const all = gone.filter(({ endpoint }) => endpoint === document.key);
          const own = all.filter(({ _id }) => !counted.has(_id));
          for (const { _id } of all) if (counted.has(_id)) left.add(_id);
          if (own.length === 0) return undefined;
          mine.set(document._id, own);
          const lost = eventsOf(own);
          const out = outbox.pending(call, { work: { kind: KIND, what: own.map(({ _id }) => _id) } }, now);
          return { set: lost === 0 ? {} : { lostEvents: document.lostEvents + lost, lostAt: now }, out };
        };
      },
    );
    const lost: LostEvents[] = [];
    const orphans = waited.filter(({ endpoint }) => !endpoints.some(({ key }) => key === endpoint));
    let removed = await remove([...orphans.map(({ _id }) => _id), ...left]);
    for (const { _id, app } of changed.values()) {
      const own = mine.get(_id) ?? [];
      const events = eventsOf(own);
      if (events > 0) lost.push({ app, endpoint: _id, events });
      removed += await remove(own.map((each) => each._id));
      await outbox.settle(call, [{ spec: ENDPOINTS, ids: [_id] }], {}, now);
    }
    return { removed, lost };
  }

  /** What is left of one endpoint that was removed; when that is nothing, the endpoint itself is forgotten. */
  async function removeLeft(limit: number): Promise<number> {
    const markers = db.of(REMOVED_ENDPOINTS);
    const [marker] = await db.run(() => markers.find().sort({ _id: 1 }).limit(1).lean());
    if (marker === undefined) return 0;
    const left = await db.run(() => calls.find({ endpoint: marker._id }).limit(limit).select({ _id: 1 }).lean());
    const removed = await remove(left.map(({ _id }) => _id));
    if (left.length === limit) return removed;
    return removed + (await db.run(() => markers.deleteOne({ _id: marker._id }))).deletedCount;
  }

  return {
    async sweep(before, limit, now) {
      const isOld = { agedAt: op({ $lt: before }) };
      const old = (await db.run(() =>
        calls
          .find(isOld)
          .sort({ agedAt: 1 })
          .limit(limit)
          .select({ endpoint: 1, state: 1, isTest: 1, events: 1 })
          .lean(),
      )) as readonly Old[];
      const waited = old.filter(({ state }) => state === 'waiting' || state === 'gone');
      const settled = old.filter((each) => !waited.includes(each)).map(({ _id }) => _id);
      const dropped = waited.length === 0 ? { removed: 0, lost: [] } : await drop(waited, now);
      const removed = dropped.removed + (await remove(settled)) + (await removeLeft(limit));
      if (removed === 0) await interest.repair();
      return { removed, lost: dropped.lost };
    },
  };
}

function eventsOf(calls: readonly Old[]): number {
  return calls.reduce((sum, { isTest, events }) => sum + (isTest ? 0 : events), 0);
}

/** Calls whose end it owes already: somebody else has counted them. */
function goneBy({ out = [] }: EndpointDoc): ReadonlySet<string> {
  return new Set(
    out.flatMap(({ j }) => {
      const { work } = JSON.parse(j) as Owed; // written by `Outbox.pending`
      return work?.kind === KIND ? (work.what as readonly string[]) : [];
    }),
  );
}
