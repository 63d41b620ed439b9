import type { EpochMs } from '../../../domain/time.js';
import { UPSTREAM_KEPT_MS, UPSTREAM_STREAM_KEPT_MS } from '../../../ports/upstream-store.js';
import { UPSTREAM_BOXES, UPSTREAM_ITEMS, type UpstreamBoxDoc, type UpstreamItemDoc } from '../documents/upstream.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import { formatStreams, NO_STREAMS, parseStreams } from './upstream-add.js';
import { keepPositions } from './upstream-log.js';

type Doomed = Pick<UpstreamItemDoc, '_id' | 'app' | 'position' | 'box' | 'stream' | 'n' | 'isGone'>;

/** {@link UpstreamStore.erase}. */
export async function eraseUpstream(ground: Ground, app: string, user: string, limit: number): Promise<number> {
  const { db } = ground;
  const found = await db.run(() => db.of(UPSTREAM_ITEMS).find({ app, user }).limit(limit).select(DOOMED).lean());
  if (found.length === 0) return 0;
  await noteSwept(ground, found);
  const updates = found.map(({ _id }) => ({
    updateOne: {
      filter: { _id, isGone: false },
      update: { $set: { isGone: true, key: `${_id}|`, bytes: 0 }, $unset: UNSAID },
    },
  }));
  const { modifiedCount } = await db.run(() =>
    db.of(UPSTREAM_ITEMS).bulkWrite(updates as never, { ordered: false, throwOnValidationError: true }),
  );
  return modifiedCount;
}

/** The part of {@link UpstreamStore.sweep} for messages. */
export async function sweepItems(ground: Ground, now: EpochMs, limit: number): Promise<number> {
  const { db } = ground;
  const found = await db.run(() =>
    db
      .of(UPSTREAM_ITEMS)
      .find({ receivedAt: op({ $lt: now - UPSTREAM_KEPT_MS }) })
      .sort({ receivedAt: 1 })
      .limit(limit)
      .select(DOOMED)
      .lean(),
  );
  if (found.length === 0) return 0;
  await noteSwept(ground, found);
  await keepPositions(ground, found);
  const ids = found.map(({ _id }) => _id);
  const { deletedCount } = await db.run(() => db.of(UPSTREAM_ITEMS).deleteMany({ _id: op({ $in: ids }) }));
  return deletedCount;
}

/** And for streams. */
export async function sweepStreams({ db, outbox }: Ground, now: EpochMs, limit: number): Promise<number> {
  const before = now - UPSTREAM_STREAM_KEPT_MS;
  const boxes = db.of(UPSTREAM_BOXES);
  const old = await db.run(() =>
    boxes
      .find({ oldestUse: op({ $lt: before }) })
      .sort({ oldestUse: 1 })
      .limit(limit)
      .select({ _id: 1 })
      .lean(),
  );
  const ids = old.map(({ _id }) => _id);
  const gone = new Map<string, number>();
  await changeEach<UpstreamBoxDoc>(db, boxes, ids, outbox.begin(), () => (document) => {
    const streams = parseStreams(document);
    const kept = streams.filter(({ usedAt }) => usedAt >= before);
    gone.set(document._id, streams.length - kept.length);
    return { set: formatStreams(kept, now) };
  });
  if (ids.length > 0) await db.run(() => boxes.deleteMany({ _id: op({ $in: ids }), streams: NO_STREAMS }));
  return [...gone.values()].reduce((sum, n) => sum + n, 0);
}

const DOOMED = { app: 1, position: 1, box: 1, stream: 1, n: 1, isGone: 1 } as const;
const UNSAID = { box: 1, device: 1, user: 1, stream: 1, n: 1, topic: 1, data: 1, at: 1 } as const;

/** Remembers of each stream how far it had come, before anything of it goes: so nothing is taken again, wherever this ends. */
async function noteSwept({ db, outbox }: Ground, these: readonly Doomed[]): Promise<void> {
  const tops = new Map<string, Map<string, number>>();
  for (const { box, stream, n, isGone } of these) {
    if (isGone) continue;
    const ofBox = tops.get(box) ?? new Map<string, number>();
    tops.set(box, ofBox.set(stream, Math.max(ofBox.get(stream) ?? 0, n)));
  }
  await changeEach<UpstreamBoxDoc>(db, db.of(UPSTREAM_BOXES), [...tops.keys()], outbox.begin(), () => (document) => {
    const streams = parseStreams(document).map((stream) => {
      const swept = Math.max(stream.swept, tops.get(document._id)?.get(stream.id) ?? 0);
      return { ...stream, swept };
    });
    return { set: { streams: JSON.stringify(streams) } };
  });
}
