import type { EpochMs } from '../../../domain/time.js';
import type { LostEvents, SweptEvents } from '../../../ports/event-log.js';
import { EVENT_BLOCKS, EVENT_HEADS, type EventBlockDoc } from '../documents/events.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Ground } from '../ground.js';
import { type LostBlock, noteLosses } from '../webhooks/webhook-losses.js';
import { blocksIn, type PlacedBlock } from './block-places.js';
import type { StoredBlock } from './event-writer.js';

/** Documents that are looked at for apps with something old; and of an app in one step. */
const LOOK_MAX = 100;

/**
 * See `EventLog.sweep`. The oldest of a log go first, so that what is left has no holes: endpoints are told what they lose, the
 * head is raised, and then blocks are removed. Whoever dies between does the same again, and counts nothing twice.
 */
export async function sweepEvents(ground: Ground, before: EpochMs, limit: number, now: EpochMs): Promise<SweptEvents> {
  const { db } = ground;
  const lost: LostEvents[] = [];
  let removed = 0;
  for (const app of await appsWithOld(db, before)) {
    if (removed >= limit) break;
    const { documents, blocks } = await oldestOf(db, app, before, limit - removed);
    const last = blocks.at(-1);
    if (last === undefined) continue;
    const end = last.seq + last.entries.length - 1;
    lost.push(...(await noteLosses(ground, app, countsOf(blocks), end, now)));
    await db.run(() => db.of(EVENT_HEADS).updateOne({ _id: app }, { $max: { last: end } }));
    removed += await removeThrough(db, documents, end);
  }
  return { removed, lost };
}

async function appsWithOld(db: Database, before: EpochMs): Promise<readonly string[]> {
  const found = await db.run(() =>
    db
      .of(EVENT_BLOCKS)
      .find({ at: op({ $lt: before }) })
      .sort({ at: 1 })
      .limit(LOOK_MAX)
      .select({ app: 1 })
      .lean(),
  );
  return [...new Set(found.map(({ app }) => app))];
}

/** The first blocks of a log, as long as they stand in documents that are old: at most `limit`, and the documents they stand in. */
async function oldestOf(db: Database, app: string, before: EpochMs, limit: number) {
  const first = await db.run(() =>
    db.of(EVENT_BLOCKS).find({ app }).sort({ seq: 1 }).limit(Math.min(limit, LOOK_MAX)).lean(),
  );
  const young = first.findIndex(({ at }) => at >= before);
  const documents = young === -1 ? first : first.slice(0, young);
  return { documents, blocks: documents.flatMap(blocksIn).slice(0, limit) };
}

function countsOf(blocks: readonly PlacedBlock[]) {
  return blocks.map(({ seq, type, entries }): LostBlock => ({ type, seq, n: entries.length }));
}

/** @returns how many blocks; those that somebody else removed meanwhile are not counted */
async function removeThrough(db: Database, documents: readonly EventBlockDoc[], end: number): Promise<number> {
  const model = db.of(EVENT_BLOCKS);
  const whole = documents.filter(({ seq, n }) => seq + n - 1 <= end);
  let removed = 0;
  if (whole.length > 0) {
    const ids = whole.map(({ _id }) => _id);
    const { deletedCount } = await db.run(() => model.deleteMany({ _id: op({ $in: ids }) }));
    const blocks = whole.reduce((sum, document) => sum + blocksIn(document).length, 0);
    removed += deletedCount === whole.length ? blocks : deletedCount;
  }
  const cut = documents.find(({ seq, n }) => seq <= end && seq + n - 1 > end);
  if (cut === undefined) return removed;
  const left = blocksIn(cut).filter(({ seq }) => seq > end);
  const seq = end + 1;
  const set = {
    seq,
    n: cut.n - (seq - cut.seq),
    types: [...new Set(left.map(({ type }) => type))],
    blocks: JSON.stringify(left.map(({ seq: _, ...block }): StoredBlock => block)),
  };
  // Its place, which nobody else may take, stays the same.
  const { modifiedCount } = await db.run(() => model.updateOne({ _id: cut._id, seq: cut.seq }, { $set: set }));
  return removed + (modifiedCount === 0 ? 0 : blocksIn(cut).length - left.length);
}
