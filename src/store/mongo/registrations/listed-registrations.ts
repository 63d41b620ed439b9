import { isDeepStrictEqual } from 'node:util';
import type { Registration, RegistrationSummary } from '../../../domain/device.js';
import type { PushToken } from '../../../domain/outcome.js';
import type { EpochMs } from '../../../domain/time.js';
import type { RegistrationChange } from '../../../ports/device-store.js';
import type { AtRest } from '../../at-rest.js';
import { lastWords, tokenPlace } from '../../shared/device-changes.js';
import type { DeviceDoc } from '../documents/devices.js';
import { type RegistrationDoc, registrationKey } from '../documents/registrations.js';

/** A registration as its device lists it. */
export interface ListedRegistration extends RegistrationSummary {
  /** Sealed, base64. */
  readonly token: string;
  /** The store call that listed it. */
  readonly by: string;
}

/** What tells which of the listed registrations of a device are its own. */
export type Listing = Pick<DeviceDoc, '_id' | 'app' | 'registrations' | 'out'>;

export function listedIn({ registrations }: Pick<DeviceDoc, 'registrations'>): readonly ListedRegistration[] {
  return JSON.parse(registrations) as ListedRegistration[]; // written by `relist`
}

/** Whether the device has this address: by the registration's own document, or where the device still owes to make it. */
export function isLive(
  listed: ListedRegistration,
  device: Pick<Listing, '_id' | 'out'>,
  known: RegistrationDoc | undefined,
): boolean {
  if (known === undefined) return device.out?.some(({ o }) => o === listed.by) === true;
  return known.owner === device._id && known.retiredAt === 0;
}

/** What changes name, applied to what a device lists. */
export interface Relisted {
  readonly list: readonly ListedRegistration[];
  /** Those named. */
  readonly named: readonly ListedRegistration[];
  /** Naming an address again as it was, or removing one that is not there, changes nothing. */
  readonly isReaddressed: boolean;
}

/** @param live of those that the device lists */
export function relist(
  app: string,
  live: readonly ListedRegistration[],
  changes: readonly RegistrationChange[],
  at: { readonly now: EpochMs; readonly by: string; readonly atRest: AtRest },
): Relisted {
  let list = [...live];
  const named: ListedRegistration[] = [];
  let isReaddressed = false;
  for (const change of lastWords(changes)) {
    const { provider, token, tokenHash } = change;
    if (token === null || tokenHash === undefined) {
      const left = list.filter((one) => slotOf(one) !== slotOf(change));
      isReaddressed ||= left.length < list.length;
      list = left;
      continue;
    }
    const before = live.find((one) => one.provider === provider && one.tokenHash === tokenHash);
    const listed = {
      provider,
      environment: change.environment,
      purpose: change.purpose,
      tokenHash,
      token: at.atRest.seal(token, tokenPlace(app, provider, tokenHash)).toString('base64'),
      ...(change.bundleId === undefined ? {} : { bundleId: change.bundleId }),
      ...(change.region === undefined ? {} : { region: change.region }),
      registeredAt: before?.registeredAt ?? at.now,
      confirmedAt: at.now,
      by: at.by,
    };
    isReaddressed ||= before === undefined || !isDeepStrictEqual(describing(before), describing(listed));
    // A slot holds one registration, and a push token is in one slot.
    list = list.filter((one) => {
      return slotOf(one) !== slotOf(listed) && (one.provider !== provider || one.tokenHash !== tokenHash);
    });
    list.push(listed);
    named.push(listed);
  }
  return { list, named: named.filter((one) => list.includes(one)), isReaddressed };
}

function slotOf({ provider, environment, purpose }: Pick<RegistrationSummary, 'provider' | 'environment' | 'purpose'>) {
  return `${provider}|${environment}|${purpose}`;
}

function describing({ environment, purpose, bundleId, region }: RegistrationSummary) {
  return [environment, purpose, bundleId, region];
}

export function keyOfListed(app: string, { provider, tokenHash }: Pick<ListedRegistration, 'provider' | 'tokenHash'>) {
  return registrationKey(app, provider, tokenHash);
}

export function toSummary({ token: _, by: __, ...summary }: ListedRegistration): RegistrationSummary {
  return summary;
}

/** As it is sent to, its push token opened. */
export function toRegistration(app: string, listed: ListedRegistration, atRest: AtRest): Registration {
  const place = tokenPlace(app, listed.provider, listed.tokenHash);
  const token = atRest.open(Buffer.from(listed.token, 'base64'), place) as PushToken;
  return { ...toSummary(listed), token };
}
