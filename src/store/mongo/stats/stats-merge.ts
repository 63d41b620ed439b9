import type { EpochMs } from '../../../domain/time.js';
import { STATS, type StatDoc } from '../documents/counts.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import { duplicatesOf } from '../engine/mongo-errors.js';
import { readEach } from '../writing/change.js';

/** Whoever could still repeat a call that is in a count has long done so. */
export const QUIET_MS = 600_000;
/** How long it is remembered what was taken in: longer than anybody is on the way with it. */
const TAKEN_KEPT_MS = 86_400_000;

/**
 * {@link StatsStore.merge}. What one count takes in from another it remembers in the same step, by the name of that one's life, with
 * the numbers. From then on readers leave these out of the other, and whoever comes next finishes what was begun: the other
 * goes, or, if it was added to meanwhile, gives away what was taken and begins a new life. Each step is done once, whoever does it.
 */
export async function mergeStats(db: Database, before: EpochMs, limit: number, quietMs: number): Promise<number> {
  const model = db.of(STATS);
  const now = Date.now();
  const quiet = { isApart: true, hour: op({ $lt: before }), addedAt: op({ $lte: now - quietMs }) };
  const apart = await db.run(() => model.find(quiet).sort({ hour: 1 }).limit(limit).lean());
  if (apart.length === 0) return 0;
  await takeIn(db, apart, now);
  const whole = await readEach<StatDoc>(db, model, [...new Set(apart.map(wholeId))]);
  await finish(db, apart, whole);
  await forgetTaken(db, whole, now - TAKEN_KEPT_MS);
  return apart.length;
}

/** Of the one that all others like it are brought together in. */
function wholeId({ app, hour, class: lane, provider, platform }: StatDoc): string {
  return [app, hour, lane, provider, platform, ''].join('|');
}

async function takeIn(db: Database, apart: readonly StatDoc[], at: EpochMs): Promise<void> {
  const updates = apart.map((part) => {
    const { app, hour, class: lane, provider, platform, life, adds, n = {} } = part;
    const place = `taken.${life}`;
    const sums = Object.fromEntries(Object.entries(n).map(([name, more]) => [`n.${name}`, more]));
    return {
      updateOne: {
        filter: { _id: wholeId(part), [place]: op({ $exists: false }) },
        update: {
          ...(Object.keys(sums).length === 0 ? {} : { $inc: sums }),
          $set: { [place]: { adds, n, at } },
          $setOnInsert: { app, hour, class: lane, provider, platform, part: '', isApart: false },
        },
        upsert: true,
      },
    };
  });
  const model = db.of(STATS);
  await db
    .run(() => model.bulkWrite(updates as never, { ordered: false }))
    .catch((error: unknown) => {
      // Taken in by somebody else; or two made the whole at once, and the next call takes it in.
      if (duplicatesOf(error) === undefined) throw error;
    });
}

async function finish(db: Database, apart: readonly StatDoc[], whole: readonly StatDoc[]): Promise<void> {
  const model = db.of(STATS);
  const taken = new Map(whole.flatMap((document) => Object.entries(document.taken ?? {})));
  const begun = apart.flatMap(({ _id, life }) => {
    const what = taken.get(life ?? '');
    return what === undefined ? [] : [{ _id, life, what }];
  });
  if (begun.length === 0) return;
  const goes = begun.map(({ _id, life, what }) => ({ deleteOne: { filter: { _id, life, adds: what.adds } } }));
  const { deletedCount } = await db.run(() => model.bulkWrite(goes as never, { ordered: false }));
  if (deletedCount === begun.length) return;
  const stays = begun.map(({ _id, life, what }) => ({
    updateOne: {
      filter: { _id, life },
      update: {
        $inc: Object.fromEntries(Object.entries(what.n).map(([name, n]) => [`n.${name}`, -n])),
        $set: { life: `${life}+` },
      },
    },
  }));
  await db.run(() => model.bulkWrite(stays as never, { ordered: false }));
}

/** Of lives that have ended: what is left of one that has not is still to be taken away from it. */
async function forgetTaken(db: Database, whole: readonly StatDoc[], before: EpochMs): Promise<void> {
  const model = db.of(STATS);
  for (const { _id, app, hour, taken = {} } of whole) {
    const old = Object.entries(taken).flatMap(([life, { at }]) => (at < before ? [life] : []));
    if (old.length === 0) continue;
    const living = { app, hour, isApart: true, life: op({ $in: old }) };
    const kept = new Set(await db.run(() => model.distinct('life', living)));
    const gone = old.filter((life) => !kept.has(life)).map((life) => [`taken.${life}`, 1]);
    if (gone.length > 0) await db.run(() => model.updateOne({ _id }, { $unset: Object.fromEntries(gone) }));
  }
}
