import type { InvalidInputError } from '../../providers/contract.js';
import type { AttributeChanges, Excess, NamesChange } from '../domain/attributes.js';
import type { Device, DeviceFields, Environment } from '../domain/device.js';
import type { FieldFault } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import type { DeviceChange, DeviceStore, RegistrationChange } from '../ports/device-store.js';
import type { TokenHasher } from '../ports/token-hasher.js';
import { MicroBatch } from './micro-batch.js';
import type { ProviderDirectory } from './provider-directory.js';
import { readRegion } from './read-region.js';
import { connectsByItself, unknownProvider } from './unknown-provider.js';

/** A registration as the caller wrote it; the token's shape is its provider's business. */
export interface RegistrationDraft {
  readonly provider: string;
  /** `null` removes the registration. */
  readonly token: unknown;
  readonly environment?: Environment;
  readonly purpose?: string;
  readonly bundleId?: string;
  readonly region?: string;
}

export interface DeviceDraft {
  readonly app: string;
  readonly id: string;
  /** Absent is left as it is, `null` is cleared. */
  readonly fields: { readonly [K in keyof DeviceFields]?: DeviceFields[K] | null };
  readonly registrations: readonly RegistrationDraft[];
  readonly attributes?: AttributeChanges;
  readonly tags?: NamesChange;
  readonly topics?: NamesChange;
  readonly mode: 'upsert' | 'update';
}

/** What a device says of itself; see `DeviceChange.own`. */
export interface OwnDeviceDraft extends DeviceDraft {
  readonly mode: 'upsert';
  readonly own: { readonly user: string | null };
}

export type RegisterResult =
  | { readonly kind: 'created' | 'updated'; readonly device: Device }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] };

export interface RegisterDevice {
  /** Checks and stores one device; calls that arrive together share one store call. */
  register(draft: DeviceDraft): Promise<RegisterResult>;
  /** The same for what a device says; `not_theirs` where it is another user's by now. */
  registerOwn(draft: OwnDeviceDraft): Promise<RegisterResult | { readonly kind: 'not_theirs' }>;
}

export function createRegisterDevice(house: {
  readonly devices: DeviceStore;
  readonly providers: ProviderDirectory;
  readonly hasher: TokenHasher;
  readonly clock: Clock;
  /** @throws GatewayError `disk_full` when nothing more may be stored now. */
  readonly assertRoom: () => void;
}): RegisterDevice {
  const batch = new MicroBatch<DeviceChange, Awaited<ReturnType<DeviceStore['change']>>[number]>(
    (changes) => house.devices.change(changes, house.clock.now()),
    { windowMs: 2, itemsMax: 500, runningMax: 2 },
  );

  function readRegistration(app: string, draft: RegistrationDraft, pointer: string, faults: FieldFault[]) {
    const provider = house.providers.configured(app).find((candidate) => candidate.name === draft.provider);
    if (provider === undefined) {
      faults.push(unknownProvider(house.providers, app, draft.provider, `${pointer}/provider`));
      return undefined;
    }
    if (provider.isOwnRoad === true) {
      faults.push(connectsByItself(draft.provider, `${pointer}/provider`));
      return undefined;
    }
    const slot = {
      provider: draft.provider,
      environment: draft.environment ?? 'production',
      purpose: draft.purpose ?? 'alert',
    } as const;
    if (draft.token === null) return { ...slot, token: null } satisfies RegistrationChange;
    try {
      const token = provider.parsePushToken(draft.token, slot.purpose);
      return {
        ...slot,
        token,
        tokenHash: house.hasher.pushToken(app, draft.provider, token),
        ...(draft.bundleId === undefined ? {} : { bundleId: draft.bundleId }),
        ...readRegion(draft.region, provider, pointer, faults),
      } satisfies RegistrationChange;
    } catch (error) {
      if ((error as InvalidInputError).name !== 'InvalidInputError') throw error;
      faults.push({ pointer: `${pointer}/token`, code: 'invalid_push_token', detail: (error as Error).message });
      return undefined;
    }
  }

  async function store(draft: DeviceDraft | OwnDeviceDraft): Promise<RegisterResult | { readonly kind: 'not_theirs' }> {
    const faults: FieldFault[] = [];
    const registrations: RegistrationChange[] = [];
    const slots = new Set<string>();
    for (const [i, registration] of draft.registrations.entries()) {
      const change = readRegistration(draft.app, registration, `/registrations/${i}`, faults);
      if (change === undefined) continue;
      const slot = `${change.provider}|${change.environment}|${change.purpose}`;
      if (slots.has(slot)) {
        faults.push({
          pointer: `/registrations/${i}`,
          code: 'duplicate_registration',
          detail: `a device has one registration per provider, environment and purpose; '${slot.replaceAll('|', ', ')}' is given twice`,
        });
      }
      slots.add(slot);
      registrations.push(change);
    }
    if (faults.length > 0) return { kind: 'invalid', faults };
    house.assertRoom();
    const result = await batch.add({ ...draft, registrations });
    if (result.kind === 'too_many') return { kind: 'invalid', faults: [excessFault(result.excess)] };
    if (result.kind !== 'platform_required') return result;
    const detail = 'a new device needs its platform, such as "ios"';
    return { kind: 'invalid', faults: [{ pointer: '/platform', code: 'required', detail }] };
  }

  return {
    async register(draft) {
      const result = await store(draft);
      if (result.kind === 'not_theirs') throw new Error('nobody said whose this device should be');
      return result;
    },
    registerOwn: store,
  };
}

/** What a change is told that would grow a device or a user beyond its bounds. */
export function excessFault({ what, max }: Excess): FieldFault {
  const detail = `with these there would be more than ${max} ${what}; remove some first`;
  return { pointer: `/${what}`, code: 'too_many_items', detail };
}
