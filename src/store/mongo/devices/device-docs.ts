import type { Attributes } from '../../../domain/attributes.js';
import type { Device, DeviceFields, RegistrationSummary, RetiredRegistration } from '../../../domain/device.js';
import type { DeviceDoc } from '../documents/devices.js';
import type { RegistrationDoc } from '../documents/registrations.js';
import { type ListedRegistration, toSummary } from '../registrations/listed-registrations.js';

/** Fields of a device that are kept as one text. */
export type OtherFields = Partial<Omit<DeviceFields, 'platform' | 'user'>>;

/** What a device is, beside what changes and owes mean to the store. */
export type DeviceBody = Omit<DeviceDoc, '_id' | 'rev' | 'w' | 'out'>;

export function fieldsOf({ fields }: Pick<DeviceDoc, 'fields'>): OtherFields {
  return JSON.parse(fields) as OtherFields; // written by `draftDevice`
}

export function attributesOf({ attributes }: Pick<DeviceDoc, 'attributes'>): Attributes {
  return JSON.parse(attributes) as Attributes; // written by `draftDevice`
}

/**
 * @param live of those that it lists
 * @param owned registrations that name it as their own; those that are retired are told of
 */
export function toDevice(
  body: DeviceBody,
  live: readonly ListedRegistration[],
  owned: readonly RegistrationDoc[],
): Device {
  return {
    app: body.app,
    id: body.device,
    user: body.user ?? null,
    platform: body.platform,
    ...fieldsOf(body),
    attributes: attributesOf(body),
    tags: [...body.tags],
    topics: [...body.topics],
    createdAt: body.createdAt,
    updatedAt: body.updatedAt,
    lastSeenAt: body.lastSeenAt,
    registrations: [...live].sort(inOrder).map(toSummary),
    retired: owned
      .filter(({ retiredAt }) => retiredAt > 0)
      .sort(inOrder)
      .map(toTombstone),
  };
}

function toTombstone(one: RegistrationDoc): RetiredRegistration {
  const { provider, environment, purpose, tokenHash, retiredAt } = one;
  return { provider, environment, purpose, tokenHash, reason: one.retiredReason ?? '', retiredAt };
}

/** By slot; in a slot the newest first. */
function inOrder(
  a: Pick<RegistrationSummary, 'provider' | 'environment' | 'purpose' | 'confirmedAt'>,
  b: Pick<RegistrationSummary, 'provider' | 'environment' | 'purpose' | 'confirmedAt'>,
): number {
  for (const key of ['provider', 'environment', 'purpose'] as const) {
    if (a[key] !== b[key]) return a[key] < b[key] ? -1 : 1;
  }
  return b.confirmedAt - a.confirmedAt;
}
