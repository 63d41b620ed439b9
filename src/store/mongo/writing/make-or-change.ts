import type mongoose from 'mongoose';
import { type Aggregate, born, type Pending } from '../documents/aggregate.js';
import type { Call } from '../engine/call.js';
import type { Database } from '../engine/database.js';
import { duplicatesOf } from '../engine/mongo-errors.js';
import { BULK_MAX, type Change, findLost, pauseFor, readEach, TRIES_MAX, updateOf } from './change.js';

/** A document before it is there. */
export interface Made<T extends Aggregate> {
  readonly fields: Omit<T, keyof Aggregate>;
  /** What it owes by being made. */
  readonly out?: Pending | undefined;
}

/** What is to become of documents as they were read. Asked anew of each that somebody else changed, made or removed meanwhile. */
export interface Plan<T extends Aggregate> {
  /** undefined: it stays as it is. */
  decide(document: T): Change<T> | undefined;
  /** The document to be made where there is none with this id; undefined: none. */
  make(id: string): Made<T> | undefined;
}

export interface MadeOrChanged<T> {
  /** As they were before, by id. */
  readonly changed: ReadonlyMap<string, T>;
  readonly made: ReadonlySet<string>;
}

/**
 * `changeEach`, which makes what is missing as well. Each document is made or changed in one atomic step.
 *
 * @param prepare as with `changeEach`
 * @param first documents that were read already; those of `ids` that are not among them were found missing
 */
export async function makeOrChangeEach<T extends Aggregate>(
  db: Database,
  model: mongoose.Model<T>,
  ids: readonly string[],
  call: Call,
  prepare: (documents: readonly T[]) => Plan<T> | Promise<Plan<T>>,
  first?: ReadonlyMap<string, T>,
): Promise<MadeOrChanged<T>> {
  const done = { changed: new Map<string, T>(), made: new Set<string>() };
  const all = [...new Set(ids)];
  for (let from = 0; from < all.length; from += BULK_MAX) {
    let open: readonly string[] = all.slice(from, from + BULK_MAX);
    for (let tries = 1; open.length > 0; tries++) {
      if (tries > TRIES_MAX) throw new Error(`a document of ${model.modelName} changes faster than it can be written`);
      const known = tries === 1 && first !== undefined ? open.flatMap((id) => first.get(id) ?? []) : undefined;
      const found = known ?? (await readEach(db, model, open));
      open = await tryOnce(db, model, open, found, call, await prepare(found), done);
      if (open.length > 0) await pauseFor(tries);
    }
  }
  return done;
}

/** @returns ids of those that somebody else made, changed or removed meanwhile */
async function tryOnce<T extends Aggregate>(
  db: Database,
  model: mongoose.Model<T>,
  ids: readonly string[],
  found: readonly T[],
  { o }: Call,
  { decide, make }: Plan<T>,
  done: { readonly changed: Map<string, T>; readonly made: Set<string> },
): Promise<readonly string[]> {
  const there = new Map(found.map((document) => [document._id, document]));
  const made: T[] = [];
  const asked = new Map<string, T>();
  const updates: mongoose.AnyBulkWriteOperation[] = [];
  for (const id of ids) {
    const before = there.get(id);
    if (before === undefined) {
      const next = make(id);
      // An aggregate and its other fields: the whole of it.
      if (next !== undefined) made.push({ _id: id, ...born(o, next.out), ...next.fields } as T);
      continue;
    }
    const change = decide(before);
    if (change === undefined) continue;
    asked.set(id, before);
    updates.push({ updateOne: { filter: { _id: id, rev: before.rev }, update: updateOf(change, o) } });
  }
  const operations = [...made.map((document) => ({ insertOne: { document } })), ...updates];
  if (operations.length === 0) return [];
  const { matched, taken } = await write(db, model, operations);
  const lost = new Set(taken.flatMap((place) => made[place]?._id ?? []));
  if (matched < updates.length) for (const id of await findLost(db, model, asked, o, true)) lost.add(id);
  for (const { _id } of made) if (!lost.has(_id)) done.made.add(_id);
  for (const [id, before] of asked) if (!lost.has(id)) done.changed.set(id, before);
  return [...lost];
}

/** @returns how many updates found their document, and places of inserts that were there already */
async function write<T extends Aggregate>(
  db: Database,
  model: mongoose.Model<T>,
  operations: readonly object[],
): Promise<{ readonly matched: number; readonly taken: readonly number[] }> {
  return db
    .run(() => model.bulkWrite(operations as never, { ordered: false }))
    .then(
      ({ matchedCount }) => ({ matched: matchedCount, taken: [] }),
      (error: unknown) => {
        const taken = duplicatesOf(error);
        if (taken === undefined) throw error;
        return { matched: matchedIn(error), taken };
      },
    );
}

function matchedIn(error: unknown): number {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    // A bulk that `duplicatesOf` knows.
    if ('result' in e) return (e.result as mongoose.mongo.BulkWriteResult).matchedCount;
  }
  return 0;
}
