import type { DeliveryTerms } from '../../domain/accepted-message.js';
import type { Delivery } from '../../domain/delivery.js';
import type { UserDelivery } from '../../ports/history-store.js';
import type { Page, PageRequest } from '../../ports/page.js';
import type { AtRest } from '../at-rest.js';
import { decodeCursor, encodeCursor } from '../shared/cursor.js';
import { formatPlace, historyList, inOrder, type Place, parsePlace } from '../shared/history-place.js';
import { type WaitingChunk, waitingIn } from '../shared/waiting-deliveries.js';
import { type DeliveryRow, toDelivery } from './delivery-rows.js';
import type { Sql } from './engine/sql.js';
import { type MessageRow, readViews, VIEW_COLUMNS } from './message-view.js';

/** Open chunks looked into by one statement: at most 128,000 targets, as text. */
const CHUNKS_PER_LOOK = 256;
const LOOKS_MAX = 8;

/** See `HistoryStore.ofUser`. */
export async function readUserHistory(
  sql: Sql,
  atRest: AtRest,
  app: string,
  user: string,
  page: PageRequest,
): Promise<Page<UserDelivery>> {
  const list = historyList(user);
  let place = parsePlace(decodeCursor(list, page.cursor));
  const wanted = page.limit + 1;
  const collected: Delivery[] = [];
  let isWhole = false;
  for (let look = 0; look < LOOKS_MAX && collected.length < wanted && !isWhole; look++) {
    // What waits is read first: a target that settles between the two looks then shows in the second.
    const waiting = await readWaitingOf(sql, atRest, app, user, place);
    const rows = await sql.query<DeliveryRow>(
      `SELECT * FROM pealbell.deliveries
       WHERE app = $1 AND user_id = $2 AND message <= $3 AND (message < $3 OR key > $4)
       ORDER BY message DESC, key LIMIT $5`,
      [app, user, place.message, place.key, wanted],
    );
    const told = rows.rows.map(toDelivery);
    const ends = [waiting.knownTo, told.length < wanted ? undefined : told.at(-1)];
    const end = ends.filter((at) => at !== undefined).sort(inOrder)[0];
    const merged = new Map(waiting.deliveries.map((delivery) => [formatPlace(delivery), delivery]));
    for (const delivery of told) merged.set(formatPlace(delivery), delivery);
    const known = [...merged.values()].filter((delivery) => end === undefined || inOrder(delivery, end) <= 0);
    collected.push(...known.sort(inOrder));
    if (end === undefined) isWhole = true;
    else place = end;
  }
  const shown = collected.slice(0, page.limit);
  const items = await withMessages(sql, app, shown);
  const last = shown.at(-1);
  if (collected.length > page.limit && last !== undefined) {
    return { items, nextCursor: encodeCursor(list, formatPlace(last)) };
  }
  return isWhole ? { items } : { items, nextCursor: encodeCursor(list, formatPlace(place)) };
}

/**
 * The user's targets in the newest open chunks behind `place`, complete up to and with `knownTo` (undefined: to the end).
 * A chunk names its users as JSON does, so that all others are told apart without reading them.
 */
async function readWaitingOf(
  sql: Sql,
  atRest: AtRest,
  app: string,
  user: string,
  place: Place,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly knownTo: Place | undefined }> {
  for (let look = CHUNKS_PER_LOOK; ; look *= 2) {
    const open = await sql.query<{ id: string; message: string }>(
      'SELECT id, message FROM pealbell.chunks WHERE app = $1 AND NOT done AND message <= $2 ORDER BY message DESC LIMIT $3',
      [app, place.message, look],
    );
    // Of the last message that was looked into there may be more chunks; nothing of it is known for certain.
    const edge = open.rows.length < look ? undefined : open.rows.at(-1)?.message;
    const knownTo = edge === undefined ? undefined : { message: edge, key: '' };
    if (knownTo !== undefined && inOrder(knownTo, place) <= 0) continue;
    const chunks = await sql.query<WaitingChunk & { created_at: string | number; terms: DeliveryTerms }>(
      `SELECT c.message, c.provider, c.targets, c.progress, m.created_at, m.terms
       FROM pealbell.chunks c JOIN pealbell.messages m ON m.id = c.message
       WHERE c.id = ANY($1::text[]) AND strpos(c.targets, $2) > 0`,
      [open.rows.map((row) => row.id), `,${JSON.stringify(user)}`],
    );
    const deliveries = chunks.rows
      .filter((chunk) => chunk.terms.track === 'all')
      .flatMap((chunk) => waitingIn(chunk, atRest, Number(chunk.created_at)))
      .filter((delivery) => delivery.user === user && inOrder(place, delivery) < 0);
    return { deliveries, knownTo };
  }
}

async function withMessages(sql: Sql, app: string, deliveries: readonly Delivery[]): Promise<UserDelivery[]> {
  if (deliveries.length === 0) return [];
  const ids = [...new Set(deliveries.map((delivery) => delivery.message))];
  const found = await sql.query<MessageRow>(
    `SELECT ${VIEW_COLUMNS} FROM pealbell.messages WHERE id = ANY($1::text[]) AND app = $2`,
    [ids, app],
  );
  const views = new Map((await readViews(sql, found.rows)).map((view) => [view.id, view]));
  return deliveries.flatMap((delivery) => {
    const message = views.get(delivery.message);
    return message === undefined ? [] : { delivery, message };
  });
}
