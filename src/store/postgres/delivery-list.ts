import type { DeliveryTerms } from '../../domain/accepted-message.js';
import { MARK, type Progress } from '../../domain/chunk.js';
import { type Attempt, BARE_KEY_PREFIX, type Delivery, type DeliveryState } from '../../domain/delivery.js';
import type { Reason } from '../../domain/reason.js';
import type { Page, PageRequest } from '../../ports/page.js';
import type { AtRest } from '../at-rest.js';
import { parseTargets } from './chunk-targets.js';
import { decodeCursor, pageOf } from './cursor.js';
import type { Sql } from './engine/sql.js';

/** Open chunks looked into for one page; what lies beyond them waits for the next page. */
const CHUNKS_PER_LOOK = 8;

interface DeliveryRow {
  message: string;
  key: string;
  device: string | null;
  token_hash: string | null;
  user_id: string | null;
  state: DeliveryState;
  reason: Reason | null;
  provider: string | null;
  attempts: Attempt[];
  queued_at: string | number;
  sent_at: string | number | null;
  settled_at: string | number | null;
  next_attempt_at: string | number | null;
}

/**
 * Deliveries in key order. What was tried has a row; what was not is still only a target of an open chunk. Both are
 * read from the cursor on and merged, as far as both are known.
 */
export async function listDeliveries(
  sql: Sql,
  atRest: AtRest,
  app: string,
  id: string,
  page: PageRequest,
): Promise<Page<Delivery>> {
  const found = await sql.query<{ terms: DeliveryTerms; created_at: string | number }>(
    'SELECT terms, created_at FROM pealbell.messages WHERE id = $1 AND app = $2',
    [id, app],
  );
  const message = found.rows[0];
  if (message === undefined) return { items: [] };
  let after = decodeCursor(`deliveries.${id}`, page.cursor) ?? '';
  const collected: Delivery[] = [];
  while (collected.length <= page.limit) {
    // What waits is read first: a target that settles between the two looks then shows in the second.
    const waiting =
      message.terms.track === 'all'
        ? await readWaiting(sql, atRest, id, Number(message.created_at), after)
        : { deliveries: [], knownTo: undefined };
    const rows = await sql.query<DeliveryRow>(
      'SELECT * FROM pealbell.deliveries WHERE message = $1 AND key > $2 ORDER BY key LIMIT $3',
      [id, after, page.limit + 1],
    );
    const told = rows.rows.map(toDelivery);
    const toldTo = told.length > page.limit ? told.at(-1)?.key : undefined;
    const bound = [toldTo, waiting.knownTo].filter((key) => key !== undefined).sort()[0];
    const merged = new Map(waiting.deliveries.map((delivery) => [delivery.key, delivery]));
    for (const delivery of told) merged.set(delivery.key, delivery);
    const known = [...merged.values()]
      .filter((delivery) => bound === undefined || delivery.key <= bound)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    collected.push(...known);
    if (bound === undefined) break;
    after = bound;
  }
  return pageOf(`deliveries.${id}`, collected, page.limit, (delivery) => delivery.key);
}

/**
 * Targets of open chunks behind `after` that have no row yet, complete up to and with `knownTo` (undefined: to the end).
 * Chunks of one page of the audience overlap, so the look is widened until it gets past `after`.
 */
async function readWaiting(sql: Sql, atRest: AtRest, id: string, queuedAt: number, after: string) {
  for (let look = CHUNKS_PER_LOOK; ; look *= 2) {
    const chunks = await sql.query<{ provider: string | null; targets: string; progress: string; first_key: string }>(
      `SELECT provider, targets, progress, first_key FROM pealbell.chunks
       WHERE message = $1 AND NOT done AND last_key > $2 ORDER BY first_key LIMIT $3`,
      [id, after, look],
    );
    // No chunk not looked into begins before the last one that was.
    const knownTo = chunks.rows.length < look ? undefined : chunks.rows.at(-1)?.first_key;
    if (knownTo !== undefined && knownTo <= after) continue;
    return { deliveries: chunks.rows.flatMap((chunk) => waitingOf(chunk, atRest, id, queuedAt, after)), knownTo };
  }
}

function waitingOf(
  chunk: { provider: string | null; targets: string; progress: string },
  atRest: AtRest,
  message: string,
  queuedAt: number,
  after: string,
): Delivery[] {
  const { marks } = JSON.parse(chunk.progress) as Progress; // written by the chunk store from the same type
  const targets = parseTargets(chunk.targets, message, atRest);
  return targets.flatMap((target, i) => {
    if (target.key <= after || marks[i] === MARK.settled) return [];
    return {
      message,
      key: target.key,
      device: target.key.startsWith(BARE_KEY_PREFIX) ? null : target.key,
      ...(target.bare === undefined ? {} : { tokenHash: target.bare.tokenHash }),
      user: target.user,
      state: 'queued' as const,
      reason: null,
      provider: chunk.provider,
      attempts: [],
      queuedAt,
    };
  });
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    message: row.message,
    key: row.key,
    device: row.device,
    ...(row.token_hash === null ? {} : { tokenHash: row.token_hash }),
    user: row.user_id,
    state: row.state,
    reason: row.reason,
    provider: row.provider,
    attempts: row.attempts,
    queuedAt: Number(row.queued_at),
    ...(row.sent_at === null ? {} : { sentAt: Number(row.sent_at) }),
    ...(row.settled_at === null ? {} : { settledAt: Number(row.settled_at) }),
    ...(row.next_attempt_at === null ? {} : { nextAttemptAt: Number(row.next_attempt_at) }),
  };
}
