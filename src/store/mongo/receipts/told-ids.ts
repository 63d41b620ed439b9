import type { EpochMs } from '../../../domain/time.js';
import type { ToldId } from '../../../ports/reaction-store.js';
import { born } from '../documents/aggregate.js';
import { TOLD_EVENTS, toldEventId } from '../documents/reactions.js';
import type { Ground } from '../ground.js';
import { readEach } from '../writing/change.js';
import { insertNew } from '../writing/insert-new.js';

/** {@link ReactionStore.known}. */
export async function knowIds({ db }: Ground, ids: readonly ToldId[]): Promise<readonly boolean[]> {
  const model = db.of(TOLD_EVENTS);
  const names = ids.map(({ app, teller, id }) => toldEventId(app, teller, id));
  const found = new Map((await readEach(db, model, [...new Set(names)])).map((one) => [one._id, one]));
  const counting = [...found.values()].flatMap(({ beside }) => (beside === undefined ? [] : [beside]));
  const counted = new Set((await readEach(db, model, [...new Set(counting)])).map(({ _id }) => _id));
  return names.map((name) => {
    const one = found.get(name);
    return one !== undefined && (one.beside === undefined || counted.has(one.beside));
  });
}

/** {@link ReactionStore.remember}. */
export async function rememberIds({ db, outbox }: Ground, ids: readonly ToldId[], now: EpochMs): Promise<void> {
  const { o } = outbox.begin();
  const names = new Set(ids.map(({ app, teller, id }) => toldEventId(app, teller, id)));
  await insertNew(
    db,
    db.of(TOLD_EVENTS),
    [...names].map((_id) => ({ _id, ...born(o), at: now })),
  );
}

/** An id of the teller's own, beside the one that counts. */
export interface OwnId {
  readonly own: string;
  readonly beside: string;
}

/**
 * Claims ids for events that another id counts, before that one is written.
 *
 * @returns those that stand for another event already
 */
export async function claimBeside(
  { db, outbox }: Ground,
  ids: readonly OwnId[],
  now: EpochMs,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const model = db.of(TOLD_EVENTS);
  const { o } = outbox.begin();
  const taken = await insertNew(
    db,
    model,
    ids.map(({ own, beside }) => ({ _id: own, ...born(o), at: now, beside })),
  );
  const wanted = new Map(ids.map(({ own, beside }) => [own, beside]));
  // Whoever claimed it for the same event may have died before that was counted.
  const found = await readEach(db, model, taken);
  return new Set(found.flatMap(({ _id, beside }) => (beside === wanted.get(_id) ? [] : [_id])));
}
