import type mongoose from 'mongoose';
import type { Database } from '../engine/database.js';
import { duplicatesOf } from '../engine/mongo-errors.js';

/** An update of the document with an `_id`, which is made where there is none. */
export interface Upsert {
  readonly id: string;
  readonly update: object;
}

/** Carries each out, in no order. Of two that make the same document at once one is refused by the server: it comes again. */
export async function upsertEach<T>(db: Database, model: mongoose.Model<T>, upserts: readonly Upsert[]): Promise<void> {
  for (let open = upserts; open.length > 0; ) {
    const writes = open.map(({ id, update }) => ({ updateOne: { filter: { _id: id }, update, upsert: true } }));
    const tried = open;
    open = await db
      .run(() => model.bulkWrite(writes as never, { ordered: false }).then(() => []))
      .catch((error: unknown) => {
        const places = duplicatesOf(error);
        if (places === undefined) throw error;
        return places.flatMap((place) => tried[place] ?? []);
      });
  }
}
