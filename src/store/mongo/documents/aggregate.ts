import mongoose from 'mongoose';

/**
 * What a document still owes to others: counts, events, records. It is written in the same step as the change that it tells, and
 * taken away once it is carried out; see `outbox.ts`.
 */
export interface Pending {
  /** Names the store call that wrote it: `<part>.<number>`. */
  readonly o: string;
  /** JSON of an `Owed`. */
  readonly j: string;
}

/** A document that changes by itself, in one atomic step; see `change.ts`. */
export interface Aggregate {
  readonly _id: string;
  /** Higher by one with each change. */
  readonly rev: number;
  /** Who made the last changes, newest last: one that was asked for in a bulk is known again by it. */
  readonly w: readonly string[];
  readonly out?: readonly Pending[];
}

/** How many changes `w` remembers. */
export const WRITERS_KEPT = 4;

/** The fields of every {@link Aggregate} but its `_id`. */
export const AGGREGATE = {
  rev: { type: Number, required: true },
  w: { type: [String], required: true },
  out: { type: [new mongoose.Schema({ o: String, j: String }, { _id: false })], default: undefined },
} as const satisfies mongoose.SchemaDefinition;

/** What {@link AGGREGATE} is in a document that is made by the store call `o`. */
export function born(o: string, pending?: Pending): Omit<Aggregate, '_id'> {
  return { rev: 1, w: [o], ...(pending === undefined ? {} : { out: [pending] }) };
}

/** Finds what was left behind. */
export const OUT_INDEX = { name: 'owing', keys: { 'out.o': 1 } } as const;
