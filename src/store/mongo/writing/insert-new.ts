import type mongoose from 'mongoose';
import type { Database } from '../engine/database.js';
import { duplicatesOf } from '../engine/mongo-errors.js';

/** Documents of one bulk. */
const BULK_MAX = 500;

/**
 * Inserts documents whose `_id`, and whatever else is unique about them, nobody has.
 *
 * @returns the ids of the others, in order; nothing was changed about them
 */
export async function insertNew<T extends { readonly _id: string }>(
  db: Database,
  model: mongoose.Model<T>,
  documents: readonly T[],
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (let from = 0; from < documents.length; from += BULK_MAX) {
    const some = documents.slice(from, from + BULK_MAX);
    const inserts = some.map((document) => ({ insertOne: { document } }));
    try {
      // Else a document that is not as it is defined would be left out without a word.
      const options = { ordered: false, throwOnValidationError: true } as const;
      await db.run(() => model.bulkWrite(inserts as never, options));
    } catch (error) {
      const places = duplicatesOf(error);
      if (places === undefined) throw error;
      taken.push(...places.toSorted((a, b) => a - b).flatMap((place) => some[place]?._id ?? []));
    }
  }
  return taken;
}
