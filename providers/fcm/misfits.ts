import type { Json, JsonObject, Message, Misfit } from '../contract.js';
import { isHeaderValue } from '../shared/header-value.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { hasText, TTL_SECONDS_MAX } from './blocks.js';

/** Apple's limit on `apns-collapse-id`; a key that goes to all platforms fits the narrowest. */
const COLLAPSE_ID_BYTES_MAX = 64;
const INT32_MAX = 2_147_483_647;

/** FCM v1 reference, `data`: reserved words. `aps` and `pealbell` are Apple's and ours. */
export function isReservedDataKey(key: string): boolean {
  return ['from', 'message_type', 'aps', 'pealbell'].includes(key) || /^(?:google|gcm)/.test(key);
}

/** What the message itself brings along that FCM, or one of its platforms, cannot take. */
export function contentMisfits({ notification, data, collapseKey, ttlSeconds }: Message): Misfit[] {
  const misfits: Misfit[] = [];
  for (const key of Object.keys(data ?? {})) {
    if (!isReservedDataKey(key)) continue;
    const detail = `FCM keeps this name for itself: name the data key ${JSON.stringify(key)} otherwise`;
    misfits.push(error('data_key_reserved', detail, `/data/${escapePointer(key)}`));
  }
  const badge = notification?.badge;
  if (badge !== undefined && !(Number.isInteger(badge) && badge >= 0 && badge <= INT32_MAX)) {
    misfits.push(error('badge_invalid', 'the badge is a whole number, 0 or more', '/notification/badge'));
  }
  if (collapseKey !== undefined && !isHeaderValue(collapseKey, COLLAPSE_ID_BYTES_MAX)) {
    const detail = `FCM takes ${COLLAPSE_ID_BYTES_MAX} printable ASCII characters at most`;
    misfits.push(error('collapse_key_invalid', detail, '/collapse_key'));
  }
  if (ttlSeconds > TTL_SECONDS_MAX) {
    misfits.push(warning('ttl_shortened', 'FCM keeps a message for 28 days at most', '/ttl'));
  }
  if (notification !== undefined && !hasText(notification)) {
    const isEmpty = notification.badge === undefined && notification.sound === undefined;
    misfits.push(
      isEmpty
        ? error('notification_empty', 'a visible message needs a title or a body', '/notification')
        : warning('notification_ios_only', 'without a title or a body only iOS does anything', '/notification'),
    );
  }
  if (notification?.actions?.length) {
    const detail = 'FCM has buttons for browsers only: Android builds them in the app, iOS takes aps.category';
    misfits.push(warning('actions_unmapped', detail, '/notification/actions'));
  }
  if (notification?.thread !== undefined) {
    misfits.push(warning('thread_unmapped', 'FCM groups by thread on iOS only', '/notification/thread'));
  }
  if (notification?.click?.url !== undefined && !notification.click.url.startsWith('https://')) {
    const detail = 'FCM opens https links only in browsers; apps find it in `pealbell`';
    misfits.push(warning('click_unmapped', detail, '/notification/click/url'));
  }
  return misfits;
}

/** What an override names that is not the caller's to set, by path, and what to do instead. */
const REFUSED: readonly { readonly path: readonly string[]; readonly detail: string }[] = [
  ...['token', 'fid', 'topic', 'condition'].map((key) => ({
    path: [key],
    detail: 'the address comes from the registration',
  })),
  ...[['data'], ['android', 'data'], ['webpush', 'data'], ['apns', 'payload']].map((path) => ({
    path: [...path, 'pealbell'],
    detail: '`pealbell` carries what keeps a message from being shown twice',
  })),
  ...[
    ['android', 'ttl'],
    ['apns', 'headers', 'apns-expiration'],
    ['webpush', 'headers', 'ttl'],
  ].map((path) => ({ path, detail: 'use `ttl`: the house counts it over all attempts' })),
  { path: ['apns', 'headers', 'apns-topic'], detail: 'the address comes from the registration' },
];

export function overrideMisfits(override: JsonObject): Misfit[] {
  return REFUSED.flatMap(({ path, detail }) => {
    const found = find(override, path);
    return found === undefined ? [] : [error('override_refused', detail, pointerOf(found))];
  });
}

/** Places that must be objects, and of those the ones that map text to text. */
const OBJECTS = [
  ['notification'],
  ['android'],
  ['android', 'notification'],
  ['apns'],
  ['apns', 'payload'],
  ['apns', 'payload', 'aps'],
  ['webpush'],
  ['webpush', 'notification'],
];
const TEXT_MAPS = [['data'], ['android', 'data'], ['webpush', 'data'], ['apns', 'headers'], ['webpush', 'headers']];

/** What an override would make of the message that FCM answers with 400 for each device; `null` only removes. */
export function shapeMisfits(override: JsonObject): Misfit[] {
  const misfits: Misfit[] = [];
  for (const path of [...OBJECTS, ...TEXT_MAPS]) {
    const value = at(override, path);
    if (value !== undefined && value !== null && !isJsonObject(value)) {
      misfits.push(error('override_invalid', `${path.join('.')} is an object`, pointerOf(path)));
    }
  }
  for (const path of TEXT_MAPS) {
    const map = at(override, path);
    for (const [key, text] of isJsonObject(map) ? Object.entries(map) : []) {
      if (text === null) continue;
      if (typeof text !== 'string') {
        misfits.push(error('override_invalid', `values of ${path.join('.')} are text`, pointerOf([...path, key])));
      } else if (path.at(-1) === 'headers' && !isHeaderValue(text)) {
        misfits.push(error('override_invalid', 'a header value is printable ASCII', pointerOf([...path, key])));
      }
    }
  }
  const collapseId = at(override, ['apns', 'headers', 'apns-collapse-id']);
  if (typeof collapseId === 'string' && Buffer.byteLength(collapseId) > COLLAPSE_ID_BYTES_MAX) {
    const detail = `apns-collapse-id has ${COLLAPSE_ID_BYTES_MAX} bytes at most`;
    misfits.push(error('collapse_key_invalid', detail, pointerOf(['apns', 'headers', 'apns-collapse-id'])));
  }
  return misfits;
}

/** Reserved names among the data keys an override brought in. */
export function overrideDataMisfits(override: JsonObject): Misfit[] {
  return [['data'], ['android', 'data'], ['webpush', 'data']].flatMap((path) => {
    const data = at(override, path);
    if (!isJsonObject(data)) return [];
    return Object.keys(data)
      .filter((key) => isReservedDataKey(key) && key !== 'pealbell')
      .map((key) =>
        error(
          'data_key_reserved',
          'FCM keeps this name for itself: name the data key otherwise',
          pointerOf([...path, key]),
        ),
      );
  });
}

/** The value at a path; `undefined` where there is none. */
export function at(json: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = json;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The path as it is spelled in `json`: header names are of either case. */
function find(json: JsonObject, path: readonly string[]): string[] | undefined {
  const found: string[] = [];
  let value: Json | undefined = json;
  for (const wanted of path) {
    if (!isJsonObject(value)) return undefined;
    const isHeader = found.at(-1) === 'headers';
    const key: string | undefined = Object.keys(value).find(
      (name) => (isHeader ? name.toLowerCase() : name) === wanted,
    );
    if (key === undefined) return undefined;
    found.push(key);
    value = value[key];
  }
  return found;
}

function pointerOf(path: readonly string[]): string {
  return `/overrides/fcm/${path.map(escapePointer).join('/')}`;
}

function escapePointer(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1');
}

export function error(code: string, detail: string, pointer?: string): Misfit {
  return { severity: 'error', code, detail, ...(pointer === undefined ? {} : { pointer }) };
}

function warning(code: string, detail: string, pointer: string): Misfit {
  return { severity: 'warning', code, detail, pointer };
}
