import type { EpochMs } from '../../../domain/time.js';
import { NO_TIMES, receiptName, type Times, type ToldTimes } from '../../shared/told-times.js';
import { type DeliveryDraft, makeRecords, moveDeliveries } from '../deliveries/delivery-writes.js';
import { raisedState, reachedBy } from '../deliveries/moves.js';
import { findRowless, type Rowless } from '../deliveries/rowless.js';
import { DELIVERIES, type DeliveryDoc, deliveryId } from '../documents/deliveries.js';
import { op } from '../engine/collection.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { present } from '../writing/present.js';

type Told = ReadonlyMap<string, ToldTimes>;

/** What was known before, by name, of deliveries that are recorded; and ids of those that wait as yet. */
interface Raised {
  readonly before: ReadonlyMap<string, Times>;
  readonly waiting: readonly DeliveryDoc[];
}

/** Fills in the times of deliveries that are recorded, and raises their states. */
export async function raiseRecorded(ground: Ground, told: Told, at: EpochMs): Promise<Raised> {
  const byId = new Map([...told.values()].map((times) => [deliveryId(times.message, times.key), times]));
  const read = new Map<string, DeliveryDoc>();
  await moveDeliveries(ground, [...byId.keys()], at, (document) => {
    const times = byId.get(document._id);
    if (times?.app !== document.app) return undefined;
    read.set(document._id, document);
    const news = newsIn(document, times);
    if (Object.keys(news).length === 0) return undefined;
    const { state } = document;
    const set = { ...news, state: raisedState(state, { ...document, ...news }) };
    return state === 'queued'
      ? { set }
      : { set, move: { from: state, isNew: false, fromReached: reachedBy(document) } };
  });
  const documents = [...read.values()];
  return {
    before: new Map(documents.map((document) => [receiptName(document), document])),
    waiting: documents.filter(({ state }) => state === 'queued'),
  };
}

function newsIn(document: DeliveryDoc, { deliveredAt, displayedAt, openedAt, action }: ToldTimes) {
  return present({
    deliveredAt: document.deliveredAt === undefined ? deliveredAt : undefined,
    displayedAt: document.displayedAt === undefined ? displayedAt : undefined,
    ...(document.openedAt === undefined && openedAt !== undefined ? { openedAt, action } : {}),
  });
}

/**
 * Records deliveries that have no record yet, as their chunks know them.
 *
 * @param isMeant leaves some out
 * @returns names of those that are recorded now, and were not before
 */
export async function recordRowless(
  ground: Ground,
  told: Told,
  at: EpochMs,
  isMeant: (delivery: Rowless) => boolean = () => true,
): Promise<ReadonlyMap<string, Times>> {
  const found = (await findRowless(ground, [...told.values()])).filter(isMeant);
  const drafts = found.flatMap((delivery) => {
    const times = told.get(receiptName(delivery));
    return times === undefined ? [] : [draftOf(delivery, times)];
  });
  const { made } = await makeRecords(ground, drafts, at);
  const documents = drafts.map(({ document }) => document).filter(({ _id }) => made.has(_id));
  const gone = await lookAgain(
    ground,
    documents.filter(({ state }) => state === 'queued'),
    at,
  );
  return new Map(documents.filter(({ _id }) => !gone.has(_id)).map((document) => [receiptName(document), NO_TIMES]));
}

function draftOf(delivery: Rowless, told: ToldTimes): DeliveryDraft {
  const { app, message, key, user, provider, platform, queuedAt, state } = delivery;
  const { deliveredAt, displayedAt, openedAt, action } = told;
  const times = present({ deliveredAt, displayedAt, openedAt, action });
  const document = {
    ...{ _id: deliveryId(message, key), message, key, app, device: key, queuedAt, attempts: '[]' },
    ...present({ user, provider, platform }),
    ...times,
    state: raisedState(state, times),
  };
  return state === 'queued' ? { document } : { document, from: { state, fromReached: reachedBy({ state }) } };
}

/**
 * Of deliveries that are recorded as waiting by receipts: of those that `track` does not keep their chunk may have been written
 * meanwhile, and have looked for their record before it was there. Whoever advances a chunk looks for records after having
 * written it; here the record comes first, and the chunk is looked at after it. So at least one of both sees the other.
 *
 * @returns ids of those that have ended without having been sent, and of which no record is kept: theirs is taken back
 */
export async function lookAgain(
  ground: Ground,
  waiting: readonly Pick<DeliveryDoc, '_id' | 'app' | 'message' | 'key' | 'user'>[],
  at: EpochMs,
): Promise<ReadonlySet<string>> {
  const facts = await ground.facts(waiting.map(({ message }) => message));
  const unkept = waiting.filter(({ message }) => (facts.get(message)?.track ?? 'all') !== 'all');
  if (unkept.length === 0) return new Set();
  const names = unkept.map(({ app, message, key, user }) => ({ app, message, key, user: user ?? null }));
  const now = new Map((await findRowless(ground, names)).map((one) => [deliveryId(one.message, one.key), one]));
  const sent = unkept.filter(({ _id }) => (now.get(_id)?.state ?? 'queued') !== 'queued');
  await moveDeliveries(
    ground,
    sent.map(({ _id }) => _id),
    at,
    (document) => {
      const chunk = now.get(document._id);
      if (document.state !== 'queued' || chunk === undefined) return undefined;
      const { state, provider, platform } = chunk;
      return {
        set: { ...present({ provider, platform }), state: raisedState(state, document) },
        move: { from: state, isNew: false, fromReached: reachedBy({ state }) },
      };
    },
  );
  const over = unkept.filter(({ _id, message }) => !now.has(_id) && facts.get(message)?.track === 'none');
  return takeBack(
    ground,
    over.map(({ _id }) => _id),
  );
}

/** @returns those that are not there any more; of the others their chunk has seen the record, and has recorded the end in it */
async function takeBack({ db }: Ground, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const model = db.of(DELIVERIES);
  await db.run(() => model.deleteMany({ _id: op({ $in: [...ids] }), state: 'queued' }));
  const left = new Set((await readEach(db, model, ids)).map(({ _id }) => _id));
  return new Set(ids.filter((id) => !left.has(id)));
}
