import type mongoose from 'mongoose';
import type { EpochMs } from '../../../domain/time.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/**
 * Removes documents whose time in `field` lies before `before`, the oldest first; one that was renewed meanwhile stays.
 *
 * @returns how many, at most `limit`
 */
export async function sweepOldest<T extends { readonly _id: string }>(
  db: Database,
  model: mongoose.Model<T>,
  field: keyof T & string,
  before: EpochMs,
  limit: number,
): Promise<number> {
  const old = { [field]: op({ $lt: before }) };
  const found = await db.run(() =>
    model
      .find(old as never)
      .sort({ [field]: 1 })
      .limit(limit)
      .select({ _id: 1 })
      .lean(),
  );
  if (found.length === 0) return 0;
  const ids = found.map(({ _id }) => _id);
  const { deletedCount } = await db.run(() => model.deleteMany({ ...old, _id: op({ $in: ids }) } as never));
  return deletedCount;
}
