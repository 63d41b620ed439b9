import type { Delivery } from '../../../domain/delivery.js';
import { RECORDS } from '../chunks/chunk-advance.js';
import { CHUNKS, type ChunkDoc } from '../documents/chunks.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import type { Owed } from '../writing/outbox.js';
import { type DeliveryFields, toDelivery } from './delivery-docs.js';
import { type News, withOwed } from './record-deliveries.js';

/**
 * Deliveries that a chunk has recorded, and of which the records are still to be written. To be read after open chunks, and before
 * the records: so what moves on between two looks shows in the later one.
 *
 * @param of whose chunks: by equality
 */
export async function readOwedRecords(
  { db }: Ground,
  of: { readonly message: string } | { readonly app: string },
): Promise<readonly Delivery[]> {
  const owing = await db.run(() =>
    db
      .of(CHUNKS)
      .find({ ...of, 'out.o': op({ $gt: '' }) } as never)
      .select({ out: 1 })
      .lean(),
  );
  return (owing as unknown as readonly ChunkDoc[]).flatMap(({ out = [] }) =>
    out.flatMap(({ j }) => {
      const { work } = JSON.parse(j) as Owed; // written by `Outbox.pending`
      return work?.kind === RECORDS ? (work.what as unknown as News).kept : [];
    }),
  );
}

/** Records, each as what is owed to it makes it: a chunk counts an end before the record says it. */
export function mergeOwed(records: readonly DeliveryFields[], owed: readonly Delivery[]): Delivery[] {
  return records.map((record) => {
    const its = owed.filter(({ message, key }) => key === record.key && message === record.message);
    return toDelivery(withOwed(record, its));
  });
}
