import type { EpochMs } from '../../../domain/time.js';
import type { Retirement } from '../../../ports/device-store.js';
import { grouped } from '../../shared/grouped.js';
import { REGISTRATIONS, type RegistrationDoc, registrationKey } from '../documents/registrations.js';
import { op } from '../engine/collection.js';
import type { Database } from '../engine/database.js';
import type { Telling } from '../events/telling.js';
import { type Ground, together } from '../ground.js';
import { type Change, changeEach } from '../writing/change.js';
import { tokenTelling } from './device-events.js';

const DAY_MS = 86_400_000;
/** Answers of "not this app's token" on so many different days retire a registration. */
const STRIKES_MAX = 3;

type Strike = Omit<Retirement, 'asOf'>;

/** See `DeviceStore.retire`. */
export function retireRegistrations(ground: Ground, retirements: readonly Retirement[], now: EpochMs): Promise<number> {
  return change(ground, retirements, now, (registration, these) => {
    const { confirmedAt, retiredAt } = registration;
    if (retiredAt > 0) return undefined;
    const one = these.find(({ asOf }) => asOf === undefined || confirmedAt <= asOf);
    return one === undefined ? undefined : { set: retired(now, one.reason), reason: one.reason };
  });
}

/** See `DeviceStore.strike`. */
export function strikeRegistrations(ground: Ground, strikes: readonly Strike[], now: EpochMs): Promise<number> {
  const today = Math.floor(now / DAY_MS);
  return change(ground, strikes, now, (registration, [one]) => {
    const { retiredAt, strikeDay = -Infinity } = registration;
    if (retiredAt > 0 || strikeDay >= today || one === undefined) return undefined;
    const set = { strikes: registration.strikes + 1, strikeDay: today };
    if (set.strikes < STRIKES_MAX) return { set };
    return { set: { ...set, ...retired(now, one.reason) }, reason: one.reason };
  });
}

function retired(now: EpochMs, reason: string) {
  return { retiredAt: Math.max(now, 1), retiredReason: reason };
}

/**
 * @param decide what is to be set of a registration that these speak of, and the reason if that retires it
 * @returns how many were retired
 */
async function change<T extends Strike>(
  ground: Ground,
  all: readonly T[],
  now: EpochMs,
  decide: (
    registration: RegistrationDoc,
    these: readonly T[],
  ) => (Pick<Change<RegistrationDoc>, 'set'> & { readonly reason?: string }) | undefined,
): Promise<number> {
  if (all.length === 0) return 0;
  const { db, events, outbox, turns } = ground;
  const call = outbox.begin();
  const wanted = await events.wanted(all.map(({ app }) => app));
  const byId = grouped(all, ({ app, provider, tokenHash }) => registrationKey(app, provider, tokenHash));
  const owed = new Map<string, { readonly events: readonly Telling[] }>();
  const decideOn = (registration: RegistrationDoc) => {
    const { _id, app, owner, provider, tokenHash } = registration;
    owed.delete(_id);
    const decided = decide(registration, byId.get(_id) ?? []);
    if (decided === undefined) return undefined;
    const { set, reason } = decided;
    if (reason === undefined) return { set: { ...set } };
    const device = owner.slice(app.length + 1);
    const owes = { events: tokenTelling(wanted, { app, device, provider, tokenHash, reason }) };
    owed.set(_id, owes);
    return { set: { ...set }, out: outbox.pending(call, owes, now) };
  };
  const changed = await turns.take(
    [...byId.keys()].map((id) => `t|${id}`),
    () => changeEach(db, db.of(REGISTRATIONS), [...byId.keys()], call, () => decideOn),
  );
  const retiredNow = [...owed].filter(([id]) => changed.has(id));
  const owing = retiredNow.filter(([, owes]) => owes.events.length > 0).map(([id]) => id);
  await outbox.settle(call, [{ spec: REGISTRATIONS, ids: owing }], together(retiredNow.map(([, owes]) => owes)), now);
  return retiredNow.length;
}

/** See `DeviceStore.retirementPressure`. */
export async function readPressure(db: Database, app: string, since: EpochMs) {
  const count = (retiredAt: object | number) =>
    db.run(() => db.of(REGISTRATIONS).countDocuments({ app, retiredAt } as never));
  const [live, lately] = await Promise.all([count(0), count(op({ $gt: Math.max(since, 0) }))]);
  return { live, retired: lately };
}

/** See `DeviceStore.sweep`. */
export async function sweepTombstones(db: Database, before: EpochMs, limit: number): Promise<number> {
  const model = db.of(REGISTRATIONS);
  const isOld = { retiredAt: op({ $gt: 0, $lt: before }) };
  const found = await db.run(() => model.find(isOld).select({ _id: 1 }).limit(limit).lean());
  if (found.length === 0) return 0;
  const ids = found.map(({ _id }) => _id);
  // One that was registered again meanwhile stays.
  const { deletedCount } = await db.run(() => model.deleteMany({ _id: op({ $in: ids }), ...isOld }));
  return deletedCount;
}
