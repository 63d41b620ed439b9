import type { DeliveryTerms } from '../../../domain/accepted-message.js';
import type { Delivery } from '../../../domain/delivery.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Page, PageRequest } from '../../../ports/page.js';
import type { AtRest } from '../../at-rest.js';
import { decodeCursor, pageOf } from '../../shared/cursor.js';
import { type WaitingChunk, waitingIn } from '../../shared/waiting-deliveries.js';
import type { Sql } from '../engine/sql.js';
import { type DeliveryRow, toDelivery } from './delivery-rows.js';

/** Open chunks looked into for one page; what lies beyond them waits for the next page. */
const CHUNKS_PER_LOOK = 8;

/** What reading a message's deliveries needs of it. */
interface Tracked {
  readonly id: string;
  readonly createdAt: EpochMs;
  readonly tracksAll: boolean;
}

async function readTracked(sql: Sql, app: string, id: string): Promise<Tracked | undefined> {
  const found = await sql.query<{ terms: DeliveryTerms; created_at: string | number }>(
    'SELECT terms, created_at FROM pealbell.messages WHERE id = $1 AND app = $2',
    [id, app],
  );
  const row = found.rows[0];
  return row && { id, createdAt: Number(row.created_at), tracksAll: row.terms.track === 'all' };
}

/** See `MessageStore.deliveries`. */
export async function listDeliveries(
  sql: Sql,
  atRest: AtRest,
  app: string,
  id: string,
  page: PageRequest,
): Promise<Page<Delivery>> {
  const after = decodeCursor(`deliveries.${id}`, page.cursor) ?? '';
  const found = await readDeliveriesAfter(sql, atRest, app, id, after, page.limit + 1);
  return pageOf(`deliveries.${id}`, found, page.limit, (delivery) => delivery.key);
}

/**
 * The next `limit` deliveries in key order behind the key `after`. What was tried has a row; what was not is still only a
 * target of an open chunk. Both are read from `after` on and merged, as far as both are known.
 */
export async function readDeliveriesAfter(
  sql: Sql,
  atRest: AtRest,
  app: string,
  id: string,
  after: string,
  limit: number,
): Promise<Delivery[]> {
  const message = await readTracked(sql, app, id);
  if (message === undefined) return [];
  const collected: Delivery[] = [];
  for (let from = after; ; ) {
    // What waits is read first: a target that settles between the two looks then shows in the second.
    const waiting = message.tracksAll
      ? await readWaiting(sql, atRest, message, from)
      : { deliveries: [], knownTo: undefined };
    const rows = await sql.query<DeliveryRow>(
      'SELECT * FROM pealbell.deliveries WHERE message = $1 AND key > $2 ORDER BY key LIMIT $3',
      [id, from, limit],
    );
    const told = rows.rows.map(toDelivery);
    const toldTo = told.length === limit ? told.at(-1)?.key : undefined;
    const bound = [toldTo, waiting.knownTo].filter((key) => key !== undefined).sort()[0];
    const merged = new Map(waiting.deliveries.map((delivery) => [delivery.key, delivery]));
    for (const delivery of told) merged.set(delivery.key, delivery);
    const known = [...merged.values()]
      .filter((delivery) => bound === undefined || delivery.key <= bound)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    collected.push(...known);
    if (bound === undefined || collected.length >= limit) return collected.slice(0, limit);
    from = bound;
  }
}

/** The delivery of one key; see `HistoryStore.delivery`. */
export async function readDelivery(
  sql: Sql,
  atRest: AtRest,
  app: string,
  id: string,
  key: string,
): Promise<Delivery | undefined> {
  const message = await readTracked(sql, app, id);
  if (message === undefined) return undefined;
  // In this order, as above.
  const chunks = message.tracksAll
    ? await sql.query<WaitingChunk>(
        `SELECT message, provider, targets, progress FROM pealbell.chunks
         WHERE message = $1 AND NOT done AND first_key <= $2 AND last_key >= $2`,
        [id, key],
      )
    : { rows: [] };
  const rows = await sql.query<DeliveryRow>('SELECT * FROM pealbell.deliveries WHERE message = $1 AND key = $2', [
    id,
    key,
  ]);
  const row = rows.rows[0];
  if (row !== undefined) return toDelivery(row);
  return chunks.rows
    .flatMap((chunk) => waitingIn(chunk, atRest, message.createdAt))
    .find((delivery) => delivery.key === key);
}

/**
 * Targets of open chunks behind `after` that have no row yet, complete up to and with `knownTo` (undefined: to the end).
 * Chunks of one page of the audience overlap, so the look is widened until it gets past `after`.
 */
async function readWaiting(sql: Sql, atRest: AtRest, message: Tracked, after: string) {
  for (let look = CHUNKS_PER_LOOK; ; look *= 2) {
    const chunks = await sql.query<WaitingChunk & { first_key: string }>(
      `SELECT message, provider, targets, progress, first_key FROM pealbell.chunks
       WHERE message = $1 AND NOT done AND last_key > $2 ORDER BY first_key LIMIT $3`,
      [message.id, after, look],
    );
    // No chunk not looked into begins before the last one that was.
    const knownTo = chunks.rows.length < look ? undefined : chunks.rows.at(-1)?.first_key;
    if (knownTo !== undefined && knownTo <= after) continue;
    const deliveries = chunks.rows.flatMap((chunk) => waitingIn(chunk, atRest, message.createdAt));
    return { deliveries: deliveries.filter((delivery) => delivery.key > after), knownTo };
  }
}
