import type { Delivery } from '../../domain/delivery.js';
import type { UserDelivery } from '../../ports/history-store.js';
import type { Page, PageRequest } from '../../ports/page.js';
import { decodeCursor, encodeCursor } from '../shared/cursor.js';
import { formatPlace, historyList, inOrder, type Place, parsePlace } from '../shared/history-place.js';
import { waitingIn } from '../shared/waiting-deliveries.js';
import { readEach } from './change.js';
import { type DeliveryFields, UNREAD } from './delivery-docs.js';
import { WAITING_FIELDS } from './delivery-list.js';
import { CHUNKS, type ChunkDoc } from './documents/chunks.js';
import { DELIVERIES } from './documents/deliveries.js';
import { MESSAGES } from './documents/messages.js';
import { op } from './engine/collection.js';
import type { Ground } from './ground.js';
import { readViews } from './message-view.js';
import { mergeOwed, readOwedRecords } from './owed-records.js';
import { textIn } from './text-in.js';

/** Open chunks looked into by one query: at most 128,000 targets, as text. */
const CHUNKS_PER_LOOK = 256;
const LOOKS_MAX = 8;

/** See `HistoryStore.ofUser`. */
export async function readUserHistory(
  ground: Ground,
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
    const behind = place;
    // What waits is read first: a target that settles between the looks then shows in a later one.
    const waiting = await readWaitingOf(ground, app, user, behind);
    const owed = (await readOwedRecords(ground, { app })).filter((delivery) => delivery.user === user);
    const told = mergeOwed(await readRecords(ground, app, user, behind, wanted), owed);
    const ends = [waiting.knownTo, told.length < wanted ? undefined : told.at(-1)];
    const end = ends.filter((at) => at !== undefined).sort(inOrder)[0];
    const merged = new Map(
      [...waiting.deliveries, ...owed, ...told].map((delivery) => [formatPlace(delivery), delivery]),
    );
    const known = [...merged.values()].filter(
      (delivery) => inOrder(behind, delivery) < 0 && (end === undefined || inOrder(delivery, end) <= 0),
    );
    collected.push(...known.sort(inOrder));
    if (end === undefined) isWhole = true;
    else place = end;
  }
  const shown = collected.slice(0, page.limit);
  const items = await withMessages(ground, app, shown);
  const last = shown.at(-1);
  if (collected.length > page.limit && last !== undefined) {
    return { items, nextCursor: encodeCursor(list, formatPlace(last)) };
  }
  return isWhole ? { items } : { items, nextCursor: encodeCursor(list, formatPlace(place)) };
}

async function readRecords(
  { db }: Ground,
  app: string,
  user: string,
  { message, key }: Place,
  limit: number,
): Promise<DeliveryFields[]> {
  const behind = [{ message: op({ $lt: message }) }, { message, key: op({ $gt: key }) }];
  return db.run(() =>
    db
      .of(DELIVERIES)
      .find({ app, user, message: op({ $lte: message }), $or: behind } as never, UNREAD)
      .sort({ message: -1, key: 1 })
      .limit(limit)
      .lean(),
  );
}

/**
 * The user's targets in the newest open chunks behind `place`, complete up to and with `knownTo` (undefined: to the end).
 * A chunk names its users as JSON does, so that all others are told apart without reading them.
 */
async function readWaitingOf(
  ground: Ground,
  app: string,
  user: string,
  place: Place,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly knownTo: Place | undefined }> {
  const { db, atRest } = ground;
  const model = db.of(CHUNKS);
  const ofApp = { app, isDone: false, message: op({ $lte: place.message }) };
  for (let look = CHUNKS_PER_LOOK; ; look *= 2) {
    const most = look;
    const open = await db.run(() =>
      model
        .find(ofApp as never, { message: 1 })
        .sort({ message: -1 })
        .limit(most)
        .lean(),
    );
    // Of the last message that was looked into there may be more chunks; nothing of it is known for certain.
    const edge = open.length < look ? undefined : open.at(-1)?.message;
    const knownTo = edge === undefined ? undefined : { message: edge, key: '' };
    if (knownTo !== undefined && inOrder(knownTo, place) <= 0) continue;
    const naming = { _id: op({ $in: open.map(({ _id }) => _id) }), targets: textIn(`,${JSON.stringify(user)}`) };
    const found = await db.run(() => model.find(naming as never, WAITING_FIELDS).lean());
    const chunks = found as unknown as readonly ChunkDoc[];
    const facts = await ground.facts(chunks.map(({ message }) => message));
    const deliveries = chunks.flatMap((chunk) => {
      const { track, acceptedAt } = facts.get(chunk.message) ?? {};
      if (track !== 'all' || acceptedAt === undefined) return [];
      return waitingIn({ ...chunk, provider: chunk.provider ?? null }, atRest, acceptedAt);
    });
    return { deliveries: deliveries.filter((delivery) => delivery.user === user), knownTo };
  }
}

async function withMessages({ db }: Ground, app: string, deliveries: readonly Delivery[]): Promise<UserDelivery[]> {
  const ids = [...new Set(deliveries.map(({ message }) => message))];
  const found = await readEach(db, db.of(MESSAGES), ids, { without: ['content', 'out', 'accepted'] });
  const own = found.filter((document) => document.app === app);
  const views = new Map((await readViews(db, own)).map((view) => [view.id, view]));
  return deliveries.flatMap((delivery) => {
    const message = views.get(delivery.message);
    return message === undefined ? [] : { delivery, message };
  });
}
