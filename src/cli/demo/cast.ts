import { createHash } from 'node:crypto';
import type { DeviceChange } from '../../../sdk/server/src/index.js';
import type { Browser } from './simulator-client.js';

/** One device of the first message, and what the simulated vendor will say of it. */
export interface Cast {
  readonly id: string;
  readonly device: DeviceChange & { readonly user: string };
  /** Whose push services have an address of it, in words. */
  readonly road: string;
  /** What the simulator's ledger calls its address, the last where it has several: a push token, for a browser the endpoint. */
  readonly address: string;
  /** What is special about it, in words. */
  readonly trait: string;
  /** `POST /faults` takes it; the vendor accepts where there is none. */
  readonly fault?: Readonly<Record<string, unknown>>;
  /** How its delivery must end. */
  readonly end: 'sent' | 'failed';
}

type RoadName = 'apns' | 'fcm' | 'webpush' | 'huawei' | 'honor' | 'xiaomi' | 'oppo' | 'vivo' | 'meizu';

interface Role {
  readonly id: string;
  readonly user: string;
  readonly platform: NonNullable<DeviceChange['platform']>;
  readonly manufacturer?: string;
  /** In the order in which they are tried. */
  readonly roads: readonly [RoadName, ...RoadName[]];
  readonly environment?: 'sandbox';
  readonly trait: string;
  /** Of the first road. */
  readonly fault?: Readonly<Record<string, unknown>>;
  readonly end: 'sent' | 'failed';
}

export const RETRY_AFTER_SECONDS = 2;

/** In words. */
export const ROADS: Readonly<Record<string, string>> = {
  ...{ apns: 'Apple', fcm: 'Google', webpush: 'Web Push', huawei: 'Huawei', honor: 'Honor', xiaomi: 'Xiaomi' },
  ...{ oppo: 'OPPO', vivo: 'vivo', meizu: 'Meizu' },
} satisfies Record<RoadName, string>;

const ROLES: readonly Role[] = [
  { id: 'iphone-1', user: 'customer-1', platform: 'ios', roads: ['apns'], trait: 'fine', end: 'sent' },
  { id: 'watch-1', user: 'customer-1', platform: 'watch', roads: ['apns'], trait: 'fine', end: 'sent' },
  {
    ...{ id: 'browser-1', user: 'customer-1', platform: 'web', roads: ['webpush'] },
    trait: 'fine: encrypted for this browser alone',
    end: 'sent',
  },
  {
    ...{ id: 'iphone-2', user: 'customer-2', platform: 'ios', roads: ['apns'] },
    trait: 'the app was removed: its address is dead',
    fault: { status: 410, reason: 'Unregistered' },
    end: 'failed',
  },
  { id: 'android-2', user: 'customer-2', platform: 'android', roads: ['fcm'], trait: 'fine', end: 'sent' },
  {
    ...{ id: 'iphone-3', user: 'customer-3', platform: 'ios', roads: ['apns'] },
    trait: `too many pushes lately: throttled once, ${RETRY_AFTER_SECONDS} s`,
    fault: { status: 429, reason: 'TooManyRequests', retry_after: RETRY_AFTER_SECONDS, times: 1 },
    end: 'sent',
  },
  {
    ...{ id: 'tablet-3', user: 'customer-3', platform: 'ios', roads: ['apns'], environment: 'sandbox' },
    trait: 'a development build: the sandbox host',
    end: 'sent',
  },
  phone('huawei-4', 'HUAWEI', ['huawei'], 'fine'),
  phone('honor-4', 'HONOR', ['honor'], 'fine'),
  phone('redmi-4', 'Redmi', ['xiaomi'], 'fine'),
  {
    ...phone('xiaomi-4', 'Xiaomi', ['xiaomi', 'fcm'], 'its address at Xiaomi is dead, Google has another'),
    fault: { status: 200, reason: 'bad_regids' },
  },
  phone('oppo-5', 'OPPO', ['oppo'], 'fine'),
  {
    ...phone('vivo-5', 'vivo', ['vivo'], 'vivo is too busy for it, once'),
    fault: { status: 200, reason: '10072', times: 1 },
  },
  phone('meizu-5', 'Meizu', ['meizu'], 'fine'),
];

/** Of the customer whose number ends its name. */
function phone(id: string, manufacturer: string, roads: Role['roads'], trait: string): Role {
  return { id, user: `customer-${id.at(-1)}`, platform: 'android', manufacturer, roads, trait, end: 'sent' };
}

/** Whom the first message is for. */
export const CUSTOMERS: string[] = [...new Set(ROLES.map(({ user }) => user))];

/**
 * Five customers with fourteen devices on nine roads: most are fine, some have dead addresses, some are throttled once,
 * one is on the sandbox.
 *
 * @param browser the subscription of the one that is reached over Web Push
 */
export function castWith(browser: Browser): readonly Cast[] {
  return ROLES.map(({ id, user, platform, manufacturer, roads, environment, trait, fault, end }) => {
    const registrations = roads.map((provider) => ({
      provider,
      token: provider === 'webpush' ? { ...browser } : pushTokenFor(id, provider),
      ...(environment === undefined ? {} : { environment }),
    }));
    const addresses = registrations.map(({ token }) => (typeof token === 'string' ? token : token.endpoint));
    return {
      ...{ id, address: addresses.at(-1) ?? '', trait, end, road: roads.map((name) => ROADS[name]).join(', ') },
      device: { user, platform, registrations, ...(manufacturer === undefined ? {} : { manufacturer }) },
      ...(fault === undefined ? {} : { fault: { provider: roads[0], token: addresses[0], ...fault } }),
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

/** Shaped like those of the vendor: 64 hexadecimal digits for APNs, `….:….` for FCM, and so on. */
export function pushTokenFor(id: string, provider: Exclude<RoadName, 'webpush'>): string {
  const hash = createHash('sha512').update(`pealbell demo ${id}`).digest();
  const [hex, text] = [hash.toString('hex'), hash.toString('base64url')];
  switch (provider) {
    case 'apns':
      return hex.slice(0, 64);
    case 'fcm':
      return `${text.slice(0, 22)}:APA91b${text}${text}`.slice(0, 163);
    case 'huawei':
    case 'honor':
      return `${text}${text}`.slice(0, 130);
    case 'xiaomi':
      return hash.toString('base64').slice(0, 64);
    case 'oppo':
      return `CN_${hex.slice(0, 32)}`;
    case 'vivo':
      return BigInt(`0x${hex}`).toString().slice(0, 23);
    case 'meizu':
      return hex.slice(0, 45).toUpperCase();
    default:
      return provider satisfies never;
  }
}
