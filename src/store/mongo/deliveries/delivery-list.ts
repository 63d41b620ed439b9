import type { Delivery } from '../../../domain/delivery.js';
import type { Page, PageRequest } from '../../../ports/page.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { waitingIn } from '../../shared/waiting-deliveries.js';
import { CHUNKS, type ChunkDoc } from '../documents/chunks.js';
import { DELIVERIES, deliveriesAfter, deliveryId } from '../documents/deliveries.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import type { MessageFacts } from '../messages/message-facts.js';
import { UNREAD } from './delivery-docs.js';
import { mergeOwed, readOwedRecords } from './owed-records.js';

/** Open chunks looked into for one page; what lies beyond them waits for the next page. */
const CHUNKS_PER_LOOK = 8;

/** Of an open chunk, what its targets are read from. */
export const WAITING_FIELDS = { message: 1, provider: 1, targets: 1, progress: 1, firstKey: 1 } as const;

/** See `MessageStore.deliveries`. */
export async function listDeliveries(
  ground: Ground,
  app: string,
  id: string,
  page: PageRequest,
): Promise<Page<Delivery>> {
  const after = decodeCursor(`deliveries.${id}`, page.cursor) ?? '';
  const found = await readDeliveriesAfter(ground, app, id, after, page.limit + 1);
  return pageOf(`deliveries.${id}`, found, page.limit, (delivery) => delivery.key);
}

/**
 * The next `limit` deliveries in key order behind the key `after`. What was tried has a record, or is about to have one; what was
 * not is still only a target of an open chunk. All are read from `after` on and merged, as far as they are known.
 */
export async function readDeliveriesAfter(
  ground: Ground,
  app: string,
  id: string,
  after: string,
  limit: number,
): Promise<Delivery[]> {
  const { db } = ground;
  const facts = await readFacts(ground, app, id);
  if (facts === undefined) return [];
  const collected: Delivery[] = [];
  for (let from = after; ; ) {
    // What waits is read first: a target that settles between the looks then shows in a later one.
    const waiting = facts.track === 'all' ? await readWaiting(ground, id, facts, from) : NOTHING;
    const owed = await readOwedRecords(ground, { message: id });
    const records = await db.run(() =>
      db
        .of(DELIVERIES)
        .find({ _id: deliveriesAfter(id, from) }, UNREAD)
        .sort({ _id: 1 })
        .limit(limit)
        .lean(),
    );
    const told = mergeOwed(records, owed);
    const toldTo = told.length === limit ? told.at(-1)?.key : undefined;
    const bound = [toldTo, waiting.knownTo].filter((key) => key !== undefined).sort()[0];
    const merged = new Map([...waiting.deliveries, ...owed, ...told].map((delivery) => [delivery.key, delivery]));
    const known = [...merged.values()]
      .filter(({ key }) => key > from && (bound === undefined || key <= bound))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    collected.push(...known);
    if (bound === undefined || collected.length >= limit) return collected.slice(0, limit);
    from = bound;
  }
}

/** The delivery of one key; see `HistoryStore.delivery`. */
export async function readDelivery(
  ground: Ground,
  app: string,
  id: string,
  key: string,
): Promise<Delivery | undefined> {
  const { db, atRest } = ground;
  const facts = await readFacts(ground, app, id);
  if (facts === undefined) return undefined;
  const covering = { message: id, isDone: false, firstKey: op({ $lte: key }), lastKey: op({ $gte: key }) };
  // In this order, as above.
  const chunks =
    facts.track === 'all'
      ? await db.run(() =>
          db
            .of(CHUNKS)
            .find(covering as never, WAITING_FIELDS)
            .lean(),
        )
      : [];
  const owed = await readOwedRecords(ground, { message: id });
  const record = await db.run(() => db.of(DELIVERIES).findById(deliveryId(id, key), UNREAD).lean());
  if (record !== null) return mergeOwed([record], owed)[0];
  const waiting = (chunks as unknown as readonly ChunkDoc[]).flatMap((chunk) =>
    waitingIn({ ...chunk, provider: chunk.provider ?? null }, atRest, facts.acceptedAt),
  );
  return [...owed, ...waiting].find((delivery) => delivery.key === key);
}

async function readFacts(ground: Ground, app: string, id: string): Promise<MessageFacts | undefined> {
  const facts = (await ground.facts([id])).get(id);
  return facts?.app === app ? facts : undefined;
}

interface Waiting {
  readonly deliveries: readonly Delivery[];
  readonly knownTo: string | undefined;
}

const NOTHING: Waiting = { deliveries: [], knownTo: undefined };

/**
 * Targets of open chunks behind `after` that have not ended, complete up to and with `knownTo` (undefined: to the end).
 * Chunks of one page of the audience overlap, so the look is widened until it gets past `after`.
 */
async function readWaiting(
  { db, atRest }: Ground,
  message: string,
  { acceptedAt }: MessageFacts,
  after: string,
): Promise<Waiting> {
  const open = { message, isDone: false, lastKey: op({ $gt: after }) };
  for (let look = CHUNKS_PER_LOOK; ; look *= 2) {
    const most = look;
    const found = await db.run(() =>
      db
        .of(CHUNKS)
        .find(open as never, WAITING_FIELDS)
        .sort({ firstKey: 1 })
        .limit(most)
        .lean(),
    );
    const chunks = found as unknown as readonly ChunkDoc[];
    // No chunk not looked into begins before the last one that was.
    const knownTo = chunks.length < look ? undefined : chunks.at(-1)?.firstKey;
    if (knownTo !== undefined && knownTo <= after) continue;
    const deliveries = chunks.flatMap((chunk) =>
      waitingIn({ ...chunk, provider: chunk.provider ?? null }, atRest, acceptedAt),
    );
    return { deliveries, knownTo };
  }
}
