import { createHash } from 'node:crypto';
import type { NewDevice } from './gateway-client.js';

/** One device of the first message, and what the simulated vendor will say of it. */
export interface Cast {
  readonly id: string;
  readonly device: NewDevice & { readonly user: string };
  readonly token: string;
  /** What is special about it, in words. */
  readonly trait: string;
  /** `POST /faults` takes it; the vendor accepts where there is none. */
  readonly fault?: Readonly<Record<string, unknown>>;
  /** How its delivery must end. */
  readonly end: 'sent' | 'failed';
}

export const RETRY_AFTER_SECONDS = 2;

const ROLES: readonly {
  readonly id: string;
  readonly user: string;
  readonly platform: string;
  readonly environment?: 'sandbox';
  readonly trait: string;
  readonly fault?: Readonly<Record<string, unknown>>;
  readonly end: 'sent' | 'failed';
}[] = [
  { id: 'phone-1', user: 'customer-1', platform: 'ios', trait: 'fine', end: 'sent' },
  { id: 'watch-1', user: 'customer-1', platform: 'watch', trait: 'fine', end: 'sent' },
  {
    ...{ id: 'phone-2', user: 'customer-2', platform: 'ios', trait: 'the app was removed: its address is dead' },
    fault: { status: 410, reason: 'Unregistered' },
    end: 'failed',
  },
  { id: 'laptop-2', user: 'customer-2', platform: 'macos', trait: 'fine', end: 'sent' },
  {
    ...{ id: 'phone-3', user: 'customer-3', platform: 'ios' },
    trait: `too many pushes lately: throttled once, ${RETRY_AFTER_SECONDS} s`,
    fault: { status: 429, reason: 'TooManyRequests', retry_after: RETRY_AFTER_SECONDS, times: 1 },
    end: 'sent',
  },
  {
    ...{ id: 'tablet-3', user: 'customer-3', platform: 'ios', environment: 'sandbox' },
    trait: 'a development build: the sandbox host',
    end: 'sent',
  },
];

/** Three customers with six devices: most are fine, one is dead, one is throttled once, one is on the sandbox. */
export const CAST: readonly Cast[] = ROLES.map(({ id, user, platform, environment, trait, fault, end }) => {
  const token = tokenFor(id);
  const registration = { provider: 'apns', token, ...(environment === undefined ? {} : { environment }) };
  return {
    id,
    device: { user, platform, registrations: [registration] },
    token,
    trait,
    ...(fault === undefined ? {} : { fault: { provider: 'apns', token, ...fault } }),
    end,
  };
});

/** The many devices of the second message; their owners are nobody's concern. */
export function crowd(size: number): readonly { readonly id: string; readonly token: string }[] {
  return Array.from({ length: size }, (_, i) => {
    const id = `crowd-${String(i + 1).padStart(4, '0')}`;
    return { id, token: tokenFor(id) };
  });
}

/** Shaped like a device token of APNs: 64 hexadecimal digits. */
function tokenFor(id: string): string {
  return createHash('sha256').update(`pealbell demo ${id}`).digest('hex');
}
