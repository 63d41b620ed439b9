import type mongoose from 'mongoose';
import { type Aggregate, type Pending, WRITERS_KEPT } from '../documents/aggregate.js';
import type { Call } from '../engine/call.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/** What one document is to be from now on. */
export interface Change<T extends Aggregate> {
  readonly set?: Partial<Omit<T, keyof Aggregate>>;
  readonly unset?: readonly (keyof Omit<T, keyof Aggregate> & string)[];
  /** Added to lists, behind what they hold: what is there need not be written again. */
  readonly push?: { readonly [K in keyof Omit<T, keyof Aggregate>]?: T[K] extends readonly unknown[] ? T[K] : never };
  /** What it owes by this. */
  readonly out?: Pending | undefined;
  /** What it owes besides, each by a call of its own: `Outbox.recover` does what nobody settles. */
  readonly later?: readonly (Pending | undefined)[];
}

/** Is asked about one document as it was read; undefined: it stays as it is. */
export type Decide<T extends Aggregate> = (document: T) => Change<T> | undefined;

/** Reads documents without fields that are large and that deciding does not need; they keep what they are. */
export interface Leaving<T> {
  readonly without: readonly (keyof T & string)[];
}

/** Each try is lost only to somebody who changed the same document meanwhile. */
export const TRIES_MAX = 60;
/** Documents of one bulk. */
export const BULK_MAX = 500;

/**
 * Changes documents, each by itself and in one atomic step: reads them, asks what they are to be, and writes those that nobody
 * changed meanwhile; the others are read again and asked anew. So whatever `decide` looked at is still so when it is written.
 *
 * @param prepare is given what was read, and may look up what deciding needs; called as often as needed, it must do nothing else
 * @returns documents that were changed, by id, as they were before
 */
export async function changeEach<T extends Aggregate>(
  db: Database,
  model: mongoose.Model<T>,
  ids: readonly string[],
  { o }: Call,
  prepare: (documents: readonly T[]) => Decide<T> | Promise<Decide<T>>,
  leaving?: Leaving<T>,
): Promise<ReadonlyMap<string, T>> {
  const changed = new Map<string, T>();
  for (let from = 0; from < ids.length; from += BULK_MAX) {
    let open: readonly string[] = [...new Set(ids.slice(from, from + BULK_MAX))];
    for (let tries = 1; open.length > 0; tries++) {
      if (tries > TRIES_MAX) throw new Error(`a document of ${model.modelName} changes faster than it can be written`);
      open = await tryOnce(db, model, open, o, prepare, changed, leaving);
      if (open.length > 0) await pauseFor(tries);
    }
  }
  return changed;
}

/** @returns ids of those that somebody else changed meanwhile */
async function tryOnce<T extends Aggregate>(
  db: Database,
  model: mongoose.Model<T>,
  ids: readonly string[],
  o: string,
  prepare: (documents: readonly T[]) => Decide<T> | Promise<Decide<T>>,
  changed: Map<string, T>,
  leaving?: Leaving<T>,
): Promise<readonly string[]> {
  const found = await readEach(db, model, ids, leaving);
  if (found.length === 0) return [];
  const decide = await prepare(found);
  const asked = new Map<string, T>();
  const updates: mongoose.AnyBulkWriteOperation[] = [];
  for (const document of found) {
    const change = decide(document);
    if (change === undefined) continue;
    asked.set(document._id, document);
    const filter = { _id: document._id, rev: document.rev };
    updates.push({ updateOne: { filter, update: updateOf(change, o) } });
  }
  if (updates.length === 0) return [];
  const written = await db.run(() => model.bulkWrite(updates as never, { ordered: false }));
  const lost = written.matchedCount === updates.length ? [] : await findLost(db, model, asked, o);
  const lostIds = new Set(lost);
  for (const [id, before] of asked) if (!lostIds.has(id)) changed.set(id, before);
  return lost;
}

/** The documents with these ids, in no order. */
export async function readEach<T extends { readonly _id: string }>(
  db: Database,
  model: mongoose.Model<T>,
  ids: readonly string[],
  leaving?: Leaving<T>,
): Promise<T[]> {
  if (ids.length === 0) return [];
  const filter = ids.length === 1 ? { _id: ids[0] } : { _id: op({ $in: [...ids] }) };
  const fields = leaving === undefined ? {} : Object.fromEntries(leaving.without.map((key) => [key, 0]));
  return (await db.run(() => model.find(filter as never, fields).lean())) as unknown as T[];
}

export function updateOf<T extends Aggregate>({ set, unset, push = {}, out, later = [] }: Change<T>, o: string) {
  const owed = [out, ...later].filter((pending) => pending !== undefined);
  const added = Object.entries(push).map(([list, items]) => [list, { $each: items }]);
  return {
    ...(set === undefined || Object.keys(set).length === 0 ? {} : { $set: set }),
    ...(unset === undefined || unset.length === 0 ? {} : { $unset: Object.fromEntries(unset.map((key) => [key, 1])) }),
    $inc: { rev: 1 },
    $push: {
      w: { $each: [o], $slice: -WRITERS_KEPT },
      ...(owed.length === 0 ? {} : { out: { $each: owed } }),
      ...Object.fromEntries(added),
    },
  };
}

/**
 * A bulk says only how many it changed. Which they are is read from who wrote each revision.
 *
 * @param ifRemoved whether one that is not there any more counts as lost
 */
export async function findLost<T extends Aggregate>(
  db: Database,
  model: mongoose.Model<T>,
  asked: ReadonlyMap<string, T>,
  o: string,
  ifRemoved = false,
): Promise<string[]> {
  const filter = { _id: op({ $in: [...asked.keys()] }) };
  const found = await db.run(() => model.find(filter as never, { rev: 1, w: 1 }).lean());
  const now = new Map((found as unknown as readonly T[]).map((document) => [document._id, document]));
  return [...asked].flatMap(([id, before]) => {
    const document = now.get(id);
    // Removed since: where nobody makes it anew, whether it was changed first is of no consequence.
    if (document === undefined) return ifRemoved ? [id] : [];
    const later = document.rev - (before.rev + 1);
    // Removed and made anew.
    if (later < 0) return [id];
    if (later >= document.w.length) throw new Error(`a document of ${model.modelName} changes too fast`);
    return document.w.at(-1 - later) === o ? [] : [id];
  });
}

export function pauseFor(tries: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** tries, 64)));
}
