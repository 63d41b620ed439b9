import type { Attempt, Delivery, DeliveryState } from '../../../domain/delivery.js';
import type { EpochMs } from '../../../domain/time.js';
import type { UnkeptDelivery } from '../../../ports/chunk-store.js';
import { born } from '../documents/aggregate.js';
import { DELIVERIES, type DeliveryDoc, deliveryId } from '../documents/deliveries.js';
import type { Call } from '../engine/call.js';
import { op } from '../engine/collection.js';
import { type Ground, type Known, together } from '../ground.js';
import { type Blocked, tellBlocked } from '../messages/message-blocks.js';
import { type Named, readErased } from '../people/erased-users.js';
import { type Change, changeEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';
import type { Debtors, Owed } from '../writing/outbox.js';
import { present } from '../writing/present.js';
import type { DeliveryFields } from './delivery-docs.js';
import { type Recorded, raisedState } from './moves.js';

/** What a chunk says of deliveries, as it stands in the chunk until their records say it. */
export interface News {
  readonly app: string;
  readonly platform?: string;
  /** Of these a record is kept. */
  readonly kept: readonly Delivery[];
  /** Of these one is there only where a receipt has made it. */
  readonly unkept: readonly UnkeptDelivery[];
  /** It waits for a stopped account, and somebody wants to know. */
  readonly blocked?: Blocked;
}

/** What a call owes beyond records; it is settled with them. */
export interface Also {
  readonly debtors: readonly Debtors[];
  readonly shares: readonly Owed[];
}

export function isNothing({ kept, unkept, blocked }: News): boolean {
  return kept.length === 0 && unkept.length === 0 && blocked === undefined;
}

/** Of whom they are. */
export function namedIn(
  news: readonly Pick<News, 'app' | 'kept' | 'unkept'>[],
): (Named & { readonly message: string })[] {
  return news.flatMap(({ app, kept, unkept }) =>
    [...kept, ...unkept].map(({ message, user, queuedAt }) => ({ app, message, user, queuedAt })),
  );
}

/** How far a chunk has counted a delivery that it says to be in this state. */
export function countedReach(state: DeliveryState): number {
  if (state === 'delivered') return 2;
  return state === 'sent' ? 1 : 0;
}

/** A delivery, as it is recorded where nobody said anything of it before. */
export function recordedAs({ app, platform }: Pick<News, 'app' | 'platform'>, delivery: Delivery) {
  const { message, state, queuedAt } = delivery;
  const { device, tokenHash, user, reason, provider, sentAt, deliveredAt, settledAt } = delivery;
  const known = { device, tokenHash, user, reason, provider, platform, sentAt, deliveredAt, settledAt };
  return { message, app, queuedAt, state, ...present(known) } satisfies Recorded;
}

/**
 * Writes records, or adds to those that receipts have made; one that is past waiting stays as it is. Counts, tells and settles.
 * It can be done again: nothing is counted or told twice.
 */
export async function recordNews(
  ground: Ground,
  call: Call,
  news: readonly News[],
  known: Known,
  at: EpochMs,
  also: Also = { debtors: [], shares: [] },
): Promise<void> {
  const { db, outbox } = ground;
  const model = db.of(DELIVERIES);
  const isErased = (app: string, { user, queuedAt }: Delivery) => known.isErased({ app, user, queuedAt });
  const said = new Map<string, { readonly of: News; readonly delivery: Delivery; readonly isKept: boolean }>();
  const gone: string[] = [];
  for (const of of news) {
    for (const [isKept, deliveries] of [
      [true, of.kept],
      [false, of.unkept],
    ] as const) {
      for (const delivery of deliveries) {
        const id = deliveryId(delivery.message, delivery.key);
        if (isErased(of.app, delivery)) gone.push(id);
        else said.set(id, { of, delivery, isKept });
      }
    }
  }
  const shares = new Map<string, Owed>();

  const documents = [...said].flatMap(([id, { of, delivery, isKept }]): DeliveryDoc[] => {
    if (!isKept) return [];
    const { key, state, attempts, nextAttemptAt } = delivery;
    const recorded = recordedAs(of, delivery);
    const move = { now: recorded, from: state, isNew: true, fromReached: countedReach(state) };
    const share = state === 'queued' ? {} : known.owedBy(move);
    shares.set(id, share);
    const rest = present({ nextAttemptAt });
    const out = outbox.pending(call, share, at);
    return [{ _id: id, ...born(call.o, out), key, attempts: JSON.stringify(attempts), ...recorded, ...rest }];
  });
  const taken = new Set(await insertNew(db, model, documents));
  const written = new Set(documents.map(({ _id }) => _id).filter((id) => !taken.has(id)));

  const others = [...said.keys()].filter((id) => !written.has(id));
  const merged = await changeEach(db, model, others, call, () => (document) => {
    const its = said.get(document._id);
    if (its === undefined || document.state !== 'queued' || isOlder(its.delivery, document)) return undefined;
    const { delivery, isKept } = its;
    const change = mergedFields(document, delivery);
    const now = { ...without(document, change.unset), ...change.set };
    const move = { now, from: delivery.state, isNew: isKept, fromReached: countedReach(delivery.state) };
    const share = now.state === 'queued' ? {} : known.owedBy(move);
    shares.set(document._id, share);
    return { ...change, out: outbox.pending(call, share, at) };
  });
  for (const id of merged.keys()) written.add(id);

  const blocked = await tellBlocked(
    ground,
    call,
    news.flatMap((of) => of.blocked ?? []),
    at,
  );
  // Whoever erases a user names them first and removes what is recorded then. Who records looks again afterwards.
  const forgotten = await erasedAmong(
    ground,
    [...written].flatMap((id) => said.get(id) ?? []),
  );
  gone.push(...forgotten);
  if (gone.length > 0) await unname(ground, call, gone);
  const owing = [...written].flatMap((id): [string, Owed][] => {
    const share = shares.get(id);
    return share !== undefined && outbox.pending(call, share, at) !== undefined ? [[id, share]] : [];
  });
  await outbox.settle(
    call,
    [...also.debtors, { spec: DELIVERIES, ids: owing.map(([id]) => id) }, ...blocked.debtors],
    together([...also.shares, ...owing.map(([, share]) => share), ...blocked.shares]),
    at,
  );
  if (gone.length > 0) await db.run(() => model.deleteMany({ _id: op({ $in: gone }) }));
}

/**
 * A record as it is once what its chunk owes it is written, or as it stands where it says as much already. What receipts told of it
 * stays.
 */
export function withOwed(record: DeliveryFields, owed: readonly Delivery[]): DeliveryFields {
  return owed.reduce((document, said) => {
    if (document.state !== 'queued' || isOlder(said, document)) return document;
    const { set, unset } = mergedFields(document, said);
    return { ...without(document, unset), ...set };
  }, record);
}

/** What was tried is told by whoever tried it, in order; what was left behind may come late. */
function isOlder({ state, attempts }: Delivery, document: Pick<DeliveryDoc, 'attempts'>): boolean {
  if (state !== 'queued') return false;
  const last = (JSON.parse(document.attempts) as readonly Attempt[]).at(-1);
  return last !== undefined && last.at > (attempts.at(-1)?.at ?? -Infinity);
}

/** What a record that waits becomes of what is recorded now: times that receipts told before stay, and raise its state. */
function mergedFields(document: DeliveryFields, said: Delivery) {
  const { displayedAt, openedAt } = document;
  const deliveredAt = document.deliveredAt ?? said.deliveredAt;
  const state = raisedState(said.state, present({ deliveredAt, displayedAt, openedAt }));
  const { reason, provider, sentAt, settledAt, nextAttemptAt } = said;
  const told = present({ reason, provider, sentAt, settledAt, nextAttemptAt });
  const all = ['reason', 'provider', 'sentAt', 'settledAt', 'nextAttemptAt'] as const;
  return {
    set: { state, attempts: JSON.stringify(said.attempts), ...told, ...present({ deliveredAt }) },
    unset: all.filter((field) => told[field] === undefined),
  } satisfies Change<DeliveryDoc>;
}

function without<T extends DeliveryFields>(document: T, fields: readonly (keyof DeliveryDoc)[]): T {
  return Object.fromEntries(
    Object.entries(document).filter(([field]) => !fields.some((each) => each === field)),
  ) as unknown as T; // what goes is optional
}

/** Ids of those whose users have been erased since. */
async function erasedAmong(
  { db, erasurePepper }: Ground,
  these: readonly { readonly of: News; readonly delivery: Delivery }[],
): Promise<string[]> {
  const named = these.map(({ of: { app }, delivery: { message, key, user, queuedAt } }) => {
    return { id: deliveryId(message, key), app, user, queuedAt };
  });
  const isErased = await readErased(db, erasurePepper, named);
  return named.filter(isErased).map(({ id }) => id);
}

/** Before they go: what they owe is still to be counted, and must name nobody. */
async function unname({ db }: Ground, { o }: Call, ids: readonly string[]): Promise<void> {
  const update = { $unset: { user: 1, device: 1, tokenHash: 1 }, $inc: { rev: 1 }, $push: { w: o } };
  await db.run(() => db.of(DELIVERIES).updateMany({ _id: op({ $in: [...ids] }) }, update as never));
}
