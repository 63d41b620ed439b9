import type { Delivery } from '../../domain/delivery.js';
import type { UserDelivery } from '../../ports/history-store.js';
import type { MessageView } from '../../ports/message-store.js';
import type { Page, PageRequest } from '../../ports/page.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { formatPlace, historyList, inOrder, type Place, parsePlace } from './history-place.js';

/** Open chunks looked into by one query: at most 128,000 targets, as text. */
const CHUNKS_PER_LOOK = 256;
const LOOKS_MAX = 8;

/** What a store reads of one user's deliveries in one app. */
export interface HistoryReads {
  /** Open chunks of messages up to and with this one, of the newest message first. */
  openChunks(upTo: string, limit: number): Promise<readonly { readonly id: string; readonly message: string }[]>;
  /** Of these chunks the targets that have not ended and name the user; of messages that keep no record of each none. */
  waitingIn(chunks: readonly string[]): Promise<readonly Delivery[]>;
  /** What stands behind `place`: records in order, at most `limit`, and whatever is to become one, wherever it stands. */
  recorded(place: Place, limit: number): Promise<{ readonly records: Delivery[]; readonly owed: readonly Delivery[] }>;
  /** Those of the app. */
  messages(ids: readonly string[]): Promise<readonly MessageView[]>;
}

/** See `HistoryStore.ofUser`. */
export async function readUserHistory(
  reads: HistoryReads,
  user: string,
  page: PageRequest,
): Promise<Page<UserDelivery>> {
  const list = historyList(user);
  let place = parsePlace(decodeCursor(list, page.cursor));
  const wanted = page.limit + 1;
  const collected: Delivery[] = [];
  let isWhole = false;
  for (let look = 0; look < LOOKS_MAX && collected.length < wanted && !isWhole; look++) {
    const behind = place;
    // What waits is read first: a target that settles between the two looks then shows in the second.
    const waiting = await readWaiting(reads, behind);
    const { records, owed } = await reads.recorded(behind, wanted);
    const ends = [waiting.knownTo, records.length < wanted ? undefined : records.at(-1)];
    const end = ends.filter((at) => at !== undefined).sort(inOrder)[0];
    const merged = new Map(
      [...waiting.deliveries, ...owed, ...records].map((delivery) => [formatPlace(delivery), delivery]),
    );
    const known = [...merged.values()].filter(
      (delivery) => inOrder(behind, delivery) < 0 && (end === undefined || inOrder(delivery, end) <= 0),
    );
    collected.push(...known.sort(inOrder));
    if (end === undefined) isWhole = true;
    else place = end;
  }
  const shown = collected.slice(0, page.limit);
  const items = await withMessages(reads, shown);
  const last = shown.at(-1);
  if (collected.length > page.limit && last !== undefined) {
    return { items, nextCursor: encodeCursor(list, formatPlace(last)) };
  }
  return isWhole ? { items } : { items, nextCursor: encodeCursor(list, formatPlace(place)) };
}

/** What waits in the newest open chunks behind `place`, complete up to and with `knownTo` (undefined: to the end). */
async function readWaiting(
  reads: HistoryReads,
  place: Place,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly knownTo: Place | undefined }> {
  for (let look = CHUNKS_PER_LOOK; ; look *= 2) {
    const open = await reads.openChunks(place.message, look);
    // Of the last message that was looked into there may be more chunks; nothing of it is known for certain.
    const edge = open.length < look ? undefined : open.at(-1)?.message;
    const knownTo = edge === undefined ? undefined : { message: edge, key: '' };
    if (knownTo !== undefined && inOrder(knownTo, place) <= 0) continue;
    return { deliveries: await reads.waitingIn(open.map(({ id }) => id)), knownTo };
  }
}

async function withMessages(reads: HistoryReads, deliveries: readonly Delivery[]): Promise<UserDelivery[]> {
  if (deliveries.length === 0) return [];
  const found = await reads.messages([...new Set(deliveries.map(({ message }) => message))]);
  const views = new Map(found.map((view) => [view.id, view]));
  return deliveries.flatMap((delivery) => {
    const message = views.get(delivery.message);
    return message === undefined ? [] : { delivery, message };
  });
}

/** How a chunk names a user among its targets, as JSON does: those that do not need not be read. */
export function namedInTargets(user: string): string {
  return `,${JSON.stringify(user)}`;
}
