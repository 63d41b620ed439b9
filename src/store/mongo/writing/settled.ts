import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../../../domain/errors.js';
import type { Aggregate } from '../documents/aggregate.js';
import { type CollectionSpec, op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';

/** What was left behind is carried out within this time by somebody else; see `outbox.ts`. */
const SETTLED_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 100;

/**
 * Returns once everything is done that these documents owe now. It is done by whoever owes it, mostly within milliseconds.
 *
 * @throws GatewayError `store_unavailable` where it takes too long
 */
export async function untilSettled<T extends Aggregate>(
  db: Database,
  spec: CollectionSpec<T>,
  filter: object,
): Promise<void> {
  const read = async (of: object) => {
    const owing = await db.run(() =>
      db
        .of(spec)
        .find({ ...of, 'out.o': op({ $gt: '' }) } as never)
        .select({ out: 1 })
        .lean(),
    );
    const documents = owing as unknown as readonly Aggregate[];
    return documents.flatMap(({ _id, out = [] }) => out.map(({ o }) => ({ _id, name: `${_id}|${o}` })));
  };
  const since = performance.now();
  for (let open = await read(filter); open.length > 0; ) {
    if (performance.now() - since > SETTLED_WITHIN_MS) {
      throw new GatewayError('store_unavailable', 'Something that was begun before is not done yet; try again.', {
        retryAfterSeconds: 10,
      });
    }
    await wait(LOOK_AGAIN_MS);
    const still = new Set((await read({ _id: op({ $in: open.map(({ _id }) => _id) }) })).map(({ name }) => name));
    open = open.filter(({ name }) => still.has(name));
  }
}
