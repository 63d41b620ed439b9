import type { Aggregate } from '../documents/aggregate.js';
import type { Call } from '../engine/call.js';
import { type CollectionSpec, op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/** Until then nobody has stood in for a call: others wait for longer (`outbox.ts`). */
const CERTAINLY_OWN_MS = 5_000;

/**
 * Which of these documents still owe by this call. Whoever was held up before it did its work may find it done by
 * somebody else, and what came of it removed again since.
 */
export async function stillOwing(
  db: Database,
  spec: CollectionSpec<Aggregate>,
  ids: readonly string[],
  { o, since }: Call,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0 || performance.now() - since < CERTAINLY_OWN_MS) return new Set(ids);
  const filter = { _id: op({ $in: [...ids] }), 'out.o': o };
  const found = await db.run(() =>
    db
      .of(spec)
      .find(filter as never)
      .select({ _id: 1 })
      .lean(),
  );
  return new Set(found.map(({ _id }) => _id));
}
