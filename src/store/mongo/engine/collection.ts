import mongoose from 'mongoose';

/** Keys of an index in their order; -1 is descending. */
export interface IndexSpec {
  /** Says which query it is there for. */
  readonly name: string;
  readonly keys: Readonly<Record<string, 1 | -1>>;
  readonly isUnique?: boolean;
}

/** A collection: what its documents look like, and one index for each shape of query. */
export interface CollectionSpec<T> {
  readonly name: string;
  readonly schema: mongoose.Schema;
  readonly indexes: readonly IndexSpec[];
  /** What its documents are; no value. */
  readonly shape?: T;
}

/** Whatever is found is read whole: it comes in one answer, instead of 101 documents and the rest when that is asked for. */
const BATCH_DOCUMENTS = 5_000;

/**
 * A definition that refuses what it does not name. Text keys are `_id`s of our own; what is only kept and never asked for is
 * JSON in a string, so that no key of a caller's becomes a path.
 */
export function collection<T>(
  name: string,
  definition: mongoose.SchemaDefinition,
  indexes: readonly IndexSpec[] = [],
): CollectionSpec<T> {
  const schema = new mongoose.Schema(
    { _id: { type: String, required: true }, ...definition },
    {
      collection: name,
      strict: 'throw',
      strictQuery: 'throw',
      versionKey: false,
      id: false,
      minimize: false,
      autoIndex: false,
      autoCreate: false,
      bufferCommands: false,
    },
  );
  schema.pre('find', function () {
    this.batchSize(BATCH_DOCUMENTS);
  });
  return { name, schema, indexes };
}

/**
 * An operator in a filter, such as `op({ $in: ids })`: filters are sanitised, so whatever looks like an operator and
 * was not written by us is compared as a value.
 */
export function op<T extends object>(operator: T): T {
  return mongoose.trusted(operator) as T;
}
