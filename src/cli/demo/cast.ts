import { createHash } from 'node:crypto';
import type { DeviceChange } from '../../../sdk/server/src/index.js';
import type { Browser } from './simulator-client.js';

/** One device of the first message, and what the simulated vendor will say of it. */
export interface Cast {
  readonly id: string;
  readonly device: DeviceChange & { readonly user: string };
  /** Whose push service reaches it, in words. */
  readonly road: string;
  /** What the simulator's ledger calls its address: a push token, for a browser the endpoint. */
  readonly address: string;
  /** What is special about it, in words. */
  readonly trait: string;
  /** `POST /faults` takes it; the vendor accepts where there is none. */
  readonly fault?: Readonly<Record<string, unknown>>;
  /** How its delivery must end. */
  readonly end: 'sent' | 'failed';
}

interface Role {
  readonly id: string;
  readonly user: string;
  readonly platform: NonNullable<DeviceChange['platform']>;
  readonly provider: 'apns' | 'fcm' | 'webpush';
  readonly environment?: 'sandbox';
  readonly trait: string;
  readonly fault?: Readonly<Record<string, unknown>>;
  readonly end: 'sent' | 'failed';
}

export const RETRY_AFTER_SECONDS = 2;

const ROADS: Readonly<Record<Role['provider'], string>> = { apns: 'Apple', fcm: 'Google', webpush: 'Web Push' };

const ROLES: readonly Role[] = [
  { id: 'iphone-1', user: 'customer-1', platform: 'ios', provider: 'apns', trait: 'fine', end: 'sent' },
  { id: 'watch-1', user: 'customer-1', platform: 'watch', provider: 'apns', trait: 'fine', end: 'sent' },
  {
    ...{ id: 'browser-1', user: 'customer-1', platform: 'web', provider: 'webpush' },
    trait: 'fine: encrypted for this browser alone',
    end: 'sent',
  },
  {
    ...{ id: 'iphone-2', user: 'customer-2', platform: 'ios', provider: 'apns' },
    trait: 'the app was removed: its address is dead',
    fault: { status: 410, reason: 'Unregistered' },
    end: 'failed',
  },
  { id: 'android-2', user: 'customer-2', platform: 'android', provider: 'fcm', trait: 'fine', end: 'sent' },
  {
    ...{ id: 'iphone-3', user: 'customer-3', platform: 'ios', provider: 'apns' },
    trait: `too many pushes lately: throttled once, ${RETRY_AFTER_SECONDS} s`,
    fault: { status: 429, reason: 'TooManyRequests', retry_after: RETRY_AFTER_SECONDS, times: 1 },
    end: 'sent',
  },
  {
    ...{ id: 'tablet-3', user: 'customer-3', platform: 'ios', provider: 'apns', environment: 'sandbox' },
    trait: 'a development build: the sandbox host',
    end: 'sent',
  },
];

/** Whom the first message is for. */
export const CUSTOMERS: string[] = [...new Set(ROLES.map(({ user }) => user))];

/**
 * Three customers with seven devices on three roads: most are fine, one is dead, one is throttled once, one is on the
 * sandbox.
 *
 * @param browser the subscription of the one that is reached over Web Push
 */
export function castWith(browser: Browser): readonly Cast[] {
  return ROLES.map(({ id, user, platform, provider, environment, trait, fault, end }) => {
    const token = provider === 'webpush' ? { ...browser } : pushTokenFor(id, provider);
    const address = typeof token === 'string' ? token : token.endpoint;
    const registration = { provider, token, ...(environment === undefined ? {} : { environment }) };
    return {
      ...{ id, address, trait, end, road: ROADS[provider] },
      device: { user, platform, registrations: [registration] },
      ...(fault === undefined ? {} : { fault: { provider, token: address, ...fault } }),
    };
  });
}

/** The many devices of the second message; their owners are nobody's concern. */
export function crowd(size: number): readonly { readonly id: string; readonly token: string }[] {
  return Array.from({ length: size }, (_, i) => {
    const id = `crowd-${String(i + 1).padStart(4, '0')}`;
    return { id, token: pushTokenFor(id, 'apns') };
  });
}

/** Shaped like a device token of APNs, 64 hexadecimal digits, or a registration token of FCM, `….:….`. */
export function pushTokenFor(id: string, provider: 'apns' | 'fcm'): string {
  const hash = createHash('sha512').update(`pealbell demo ${id}`);
  if (provider === 'apns') return hash.digest('hex').slice(0, 64);
  const text = hash.digest('base64url');
  return `${text.slice(0, 22)}:APA91b${text}${text}`.slice(0, 163);
}
