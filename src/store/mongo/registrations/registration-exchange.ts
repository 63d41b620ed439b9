import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Aggregate } from '../documents/aggregate.js';
import type { DeviceDoc } from '../documents/devices.js';
import { REGISTRATIONS, type RegistrationDoc, registrationKey } from '../documents/registrations.js';
import type { Call } from '../engine/call.js';
import type { Ground } from '../ground.js';
import { changeEach } from '../writing/change.js';
import type { Owed } from '../writing/outbox.js';
import { listedIn } from './listed-registrations.js';
import { claimTokens } from './registration-claims.js';

/** A push token of a device in place of another one; hashes. */
export interface Exchange {
  /** `_id` and life of the device. */
  readonly owner: string;
  readonly life: number;
  readonly app: string;
  readonly provider: string;
  readonly from: string;
  readonly to: string;
}

const KIND = 'device.exchange';
/** The reason that stands at the tombstone. */
const REPLACED = 'replaced';

export function exchangeWork(exchanges: readonly Exchange[]): NonNullable<Owed['work']> {
  return { kind: KIND, what: exchanges.map(({ app, provider, from, to }) => [app, provider, from, to]) };
}

/**
 * Makes registrations say what a device lists already: the new one is its own, the old one a tombstone. One that is another
 * device's by now stays as it is.
 */
export async function exchange(
  ground: Ground,
  call: Call,
  exchanges: readonly Exchange[],
  now: EpochMs,
): Promise<void> {
  const { db } = ground;
  const olds = exchanges.map(({ app, provider, from }) => registrationKey(app, provider, from));
  const owners = new Map(exchanges.map(({ owner }, n) => [olds[n], owner]));
  const slots = new Map<string, Pick<RegistrationDoc, 'environment' | 'purpose'>>();
  await changeEach(db, db.of(REGISTRATIONS), olds, call, () => (old) => {
    slots.set(old._id, old);
    if (old.owner !== owners.get(old._id) || old.retiredAt > 0) return undefined;
    return { set: { retiredAt: Math.max(now, 1), retiredReason: REPLACED } };
  });
  const claims = exchanges.flatMap(({ app, provider, to, owner, life }, n) => {
    const slot = slots.get(olds[n] ?? '');
    if (slot === undefined) return [];
    const { environment, purpose } = slot;
    return { app, provider, tokenHash: to, owner, life, environment, purpose, at: now };
  });
  const isSpokenFor = (one: RegistrationDoc) => one.retiredAt === 0;
  await claimTokens(ground, call, claims, { wanted: () => false, now, told: new Set(), leaves: isSpokenFor });
}

/** Stands in for a call that wrote a device and went no further. */
export function carryExchanges(ground: Ground): void {
  ground.outbox.carries(KIND, async (source: Aggregate, what: Json, at: EpochMs) => {
    const device = source as DeviceDoc; // Only devices have this kind of work.
    const named = what as [string, string, string, string][]; // written by `exchangeWork`
    const listed = new Set(listedIn(device).map(({ provider, tokenHash }) => `${provider}|${tokenHash}`));
    const { _id: owner, life } = device;
    const open = named
      .map(([app, provider, from, to]) => ({ owner, life, app, provider, from, to }))
      // The device has spoken since.
      .filter(({ provider, from, to }) => listed.has(`${provider}|${to}`) && !listed.has(`${provider}|${from}`));
    if (device.removedAt === 0) await exchange(ground, ground.outbox.begin(), open, at);
  });
}
