import type mongoose from 'mongoose';
import { type Change, changeEach } from './change.js';
import type { Aggregate, Pending } from './documents/aggregate.js';
import { born } from './documents/aggregate.js';
import type { Call } from './engine/call.js';
import type { Database } from './engine/database.js';
import { insertNew } from './insert-new.js';

/** A document before it is there. */
export interface Made<T extends Aggregate> {
  readonly fields: Omit<T, keyof Aggregate>;
  /** What it owes by being made. */
  readonly out?: Pending | undefined;
}

/** Decides about documents one by one; asked again about one that somebody else changed or made meanwhile. */
export interface Making<T extends Aggregate> {
  change(document: T): Change<T> | undefined;
  make(id: string): Made<T>;
  /** Looks up what both need, after the documents were read; called as often as needed, it must do nothing else. */
  prepare?(): Promise<void>;
}

/** As {@link changeEach}, and makes those that are not there. */
export async function changeOrMake<T extends Aggregate>(
  db: Database,
  model: mongoose.Model<T>,
  ids: readonly string[],
  call: Call,
  { change, make, prepare }: Making<T>,
): Promise<void> {
  for (let open = ids; open.length > 0; ) {
    const there = new Set<string>();
    await changeEach<T>(db, model, open, call, async () => {
      await prepare?.();
      return (document) => {
        there.add(document._id);
        return change(document);
      };
    });
    const missing = [...new Set(open)].filter((id) => !there.has(id));
    if (missing.length > 0) await prepare?.();
    const made = missing.map((id) => {
      const { fields, out } = make(id);
      return { _id: id, ...born(call.o, out), ...fields } as T;
    });
    open = await insertNew(db, model, made);
  }
}
