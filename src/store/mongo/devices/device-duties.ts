import type { Json } from '../../../domain/json.js';
import type { EpochMs } from '../../../domain/time.js';
import type { Aggregate } from '../documents/aggregate.js';
import type { DeviceDoc } from '../documents/devices.js';
import { REGISTRATIONS, type RegistrationDoc } from '../documents/registrations.js';
import type { Call } from '../engine/call.js';
import type { Ground } from '../ground.js';
import { keyOfListed, type ListedRegistration, listedIn } from '../registrations/listed-registrations.js';
import { type Claimed, type ClaimTerms, claimTokens, dropRegistrations } from '../registrations/registration-claims.js';
import { readOwned } from '../registrations/registration-reads.js';
import type { Owed } from '../writing/outbox.js';
import { followDevices } from './device-mail.js';

/** What follows in other documents from a device that was written. */
export interface DeviceDuties {
  /** `_id` and life of the device. */
  readonly owner: string;
  readonly app: string;
  readonly life: number;
  /** Registrations it was told to have. */
  readonly named: readonly Omit<ListedRegistration, 'token'>[];
  /** Live ones that it does not list any more. */
  readonly unlisted: readonly RegistrationDoc[];
  readonly isOtherUser: boolean;
}

const KIND = 'device';

/** As much of it as others need to know who stand in. */
export function dutiesWork({
  named,
  unlisted,
  isOtherUser,
  life,
}: DeviceDuties): NonNullable<Owed['work']> | undefined {
  if (named.length === 0 && unlisted.length === 0 && !isOtherUser) return undefined;
  return { kind: KIND, what: { life, isOtherUser } };
}

/** Does it for several devices together. */
export async function doDuties(
  ground: Ground,
  call: Call,
  all: readonly DeviceDuties[],
  terms: ClaimTerms,
): Promise<Claimed> {
  const claims = all.flatMap(({ app, owner, life, named }) =>
    named.map(({ provider, tokenHash, environment, purpose }) => {
      return { app, provider, tokenHash, owner, life, environment, purpose, at: terms.now };
    }),
  );
  const claimed = await claimTokens(ground, call, claims, terms);
  await dropRegistrations(
    ground,
    all.flatMap(({ unlisted }) => unlisted),
  );
  const others = all.filter(({ isOtherUser }) => isOtherUser);
  await followDevices(
    ground,
    others.map(({ owner }) => owner),
    terms.now,
  );
  return claimed;
}

/** Stands in for a call that wrote a device and went no further. */
export function carryDuties(ground: Ground): void {
  ground.outbox.carries(KIND, (source, what, at) => carry(ground, source, what, at));
}

async function carry(ground: Ground, source: Aggregate, what: Json, at: EpochMs): Promise<void> {
  const device = source as DeviceDoc; // Only devices have this kind of work.
  const { life, isOtherUser } = what as { life: number; isOtherUser: boolean }; // written by `dutiesWork`
  if (device.removedAt > 0 || device.life !== life) return;
  const { app, _id: owner } = device;
  const listed = listedIn(device);
  const keys = new Set(listed.map((one) => keyOfListed(app, one)));
  const owned = await readOwned(ground.db, [owner]);
  const call = ground.outbox.begin();
  const duties: DeviceDuties = {
    owner,
    app,
    life,
    named: listed.filter(({ confirmedAt }) => confirmedAt === at),
    unlisted: owned.filter(({ _id, retiredAt }) => retiredAt === 0 && !keys.has(_id)),
    isOtherUser,
  };
  const claimed = await doDuties(ground, call, [duties], {
    wanted: await ground.events.wanted([app]),
    now: at,
    told: new Set(),
    // It has been done, or somebody has spoken of it since.
    leaves: (one, claim) => (one.owner === claim.owner || one.retiredAt === 0) && one.confirmedAt >= claim.at,
  });
  await ground.outbox.settle(call, [{ spec: REGISTRATIONS, ids: claimed.ids }], { events: claimed.events }, at);
}
