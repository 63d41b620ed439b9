/**
 * A message to what APNs takes: header fields and body. Source: Apple, "Generating a remote
 * notification" and "Sending notification requests to APNs".
 */
import { Notification as ApnsNotification } from '@parse/node-apn';
import type { Json, JsonObject, Message, Misfit, Notification } from '../contract.js';
import { isHeaderValue } from '../shared/header-value.js';
import { isJsonObject, mergePatch } from './merge-patch.js';
import { isPushTypeName, type Priority, PUSH_TYPES, type PushType, type PushTypeName } from './push-types.js';

/** APNs stores a notification for 30 days at most. */
export const TTL_SECONDS_MAX = 30 * 24 * 60 * 60;
export const PAYLOAD_BYTES_MAX = 4096;
const COLLAPSE_ID_BYTES_MAX = 64;
/** Top-level keys that are not the caller's: Apple's dictionary and the house's block. */
const RESERVED = ['aps', 'pealbell'];

export interface Compiled {
  readonly pushType: PushTypeName;
  /** All but the address (`apns-topic`), `apns-id` and `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: Compiled;
  readonly misfits: readonly Misfit[];
}

/** Pure. `nowMs` turns the TTL into the absolute `apns-expiration`. */
export function compile(message: Message, nowMs: number): Compilation {
  const misfits: Misfit[] = [];
  const override = readOverride(message.override, misfits);
  checkContent(message, misfits);
  const body = mergePatch(baseBody(message), override.payload ?? {});
  const aps = isJsonObject(body) ? body.aps : undefined;
  const isVisible = isJsonObject(aps) && ['alert', 'badge', 'sound'].some((key) => Object.hasOwn(aps, key));
  if (!isJsonObject(aps)) {
    misfits.push(
      error(
        'aps_missing',
        'the override removes `aps`, without which APNs shows nothing',
        '/overrides/apns/payload/aps',
      ),
    );
  } else if (message.notification !== undefined && !isVisible) {
    misfits.push(
      error('notification_empty', 'a visible message needs a title, a body, a badge or a sound', '/notification'),
    );
  }
  if (message.notification?.actions?.length && !(isJsonObject(aps) && Object.hasOwn(aps, 'category'))) {
    misfits.push(
      warning(
        'actions_unmapped',
        'iOS takes buttons from a category the app declares: set aps.category in overrides.apns.payload',
        '/notification/actions',
      ),
    );
  }
  const pushType = override.pushType ?? (isVisible ? 'alert' : 'background');
  if (pushType === 'background' && isVisible) {
    misfits.push(
      error(
        'push_type_mismatch',
        'a background push carries no alert, badge or sound',
        '/overrides/apns/headers/apns-push-type',
      ),
    );
  }
  if (pushType === 'alert' && !isVisible && message.notification === undefined) {
    misfits.push(
      error(
        'push_type_mismatch',
        'an alert push carries an alert, a badge or a sound',
        '/overrides/apns/headers/apns-push-type',
      ),
    );
  }
  const headers = compileHeaders(message, override, pushType, nowMs, misfits);
  const bytes = encode(body);
  const { payloadBytesMax } = PUSH_TYPES[pushType];
  if (bytes.length > payloadBytesMax) {
    misfits.push(
      error(
        'payload_too_large',
        `the payload has ${bytes.length} bytes; APNs takes ${payloadBytesMax} for ${pushType}`,
      ),
    );
  }
  if (misfits.some((misfit) => misfit.severity === 'error')) return { misfits };
  return { compiled: { pushType, headers, body: bytes }, misfits };
}

/** Compiled by node-apn's `Notification` (its `toJSON`); what its setters would drop without a word was refused before. */
function baseBody(message: Message): Json {
  const { notification, data } = message;
  const payload = { ...data, pealbell: ourBlock(message) };
  const note =
    notification === undefined
      ? new ApnsNotification({ contentAvailable: true, payload })
      : new ApnsNotification({
          ...(alertOf(notification) ?? {}),
          ...(notification.sound === undefined ? {} : { sound: notification.sound }),
          ...(notification.badge === undefined ? {} : { badge: notification.badge }),
          ...(notification.thread === undefined ? {} : { threadId: notification.thread }),
          ...(mediaOf(notification).length === 0 ? {} : { mutableContent: true }),
          payload,
        });
  return { aps: {}, ...(JSON.parse(JSON.stringify(note)) as JsonObject) }; // it leaves out an empty `aps`
}

/** `rawPayload`: after a patch the body may hold what the setters do not know or drop. */
function encode(body: Json): Buffer {
  const note = new ApnsNotification({ rawPayload: body });
  return Buffer.from(JSON.stringify(note), 'utf8');
}

function alertOf({ title, body }: Notification): { alert: JsonObject } | undefined {
  if (title === undefined && body === undefined) return undefined;
  return { alert: { ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }) } };
}

function mediaOf({ image, media }: Notification): readonly JsonObject[] {
  const first = image === undefined ? [] : [{ url: image, type: 'image' }];
  return [...first, ...(media ?? []).map(({ url, type }) => ({ url, type }))];
}

/** What our SDK on the device reads: whose receipt it is, what a tap opens, what the service extension fetches. */
function ourBlock({ id, notification }: Message): JsonObject {
  const click = notification?.click;
  const media = notification === undefined ? [] : mediaOf(notification);
  return {
    id,
    ...(click === undefined
      ? {}
      : {
          click: {
            ...(click.url === undefined ? {} : { url: click.url }),
            ...(click.deepLink === undefined ? {} : { deep_link: click.deepLink }),
          },
        }),
    ...(media.length === 0 ? {} : { media }),
  };
}

function checkContent({ notification, data, collapseKey, ttlSeconds }: Message, misfits: Misfit[]): void {
  for (const key of RESERVED) {
    if (data !== undefined && Object.hasOwn(data, key)) {
      misfits.push(error('data_key_reserved', `\`${key}\` is taken: name this data key otherwise`, `/data/${key}`));
    }
  }
  const badge = notification?.badge;
  if (badge !== undefined && !(Number.isSafeInteger(badge) && badge >= 0)) {
    misfits.push(error('badge_invalid', 'the badge is a whole number, 0 or more', '/notification/badge'));
  }
  if (collapseKey !== undefined && !isHeaderValue(collapseKey, COLLAPSE_ID_BYTES_MAX)) {
    misfits.push(
      error(
        'collapse_key_invalid',
        `APNs takes ${COLLAPSE_ID_BYTES_MAX} printable ASCII characters at most`,
        '/collapse_key',
      ),
    );
  }
  if (ttlSeconds > TTL_SECONDS_MAX) {
    misfits.push(warning('ttl_shortened', 'APNs keeps a notification for 30 days at most', '/ttl'));
  }
}

const PRIORITY: Readonly<Record<Message['priority'], Priority>> = { high: '10', normal: '5', low: '1' };

function compileHeaders(
  { priority, ttlSeconds, collapseKey }: Message,
  override: Override,
  pushType: PushTypeName,
  nowMs: number,
  misfits: Misfit[],
): Record<string, string> {
  const { priorities }: PushType = PUSH_TYPES[pushType];
  const wanted = override.priority ?? PRIORITY[priority];
  if (override.priority !== undefined && !priorities.includes(override.priority)) {
    misfits.push(
      error(
        'priority_invalid',
        `apns-priority of ${pushType} is ${priorities.join(', ')}`,
        '/overrides/apns/headers/apns-priority',
      ),
    );
  }
  const expiration = ttlSeconds <= 0 ? 0 : Math.floor(nowMs / 1000) + Math.min(Math.floor(ttlSeconds), TTL_SECONDS_MAX);
  const collapseId = override.collapseId ?? collapseKey;
  return {
    'apns-push-type': pushType,
    'apns-priority': priorities.includes(wanted) ? wanted : (priorities[0] ?? '10'),
    'apns-expiration': String(expiration),
    ...(collapseId === undefined ? {} : { 'apns-collapse-id': collapseId }),
  };
}

interface Override {
  payload?: JsonObject;
  pushType?: PushTypeName;
  priority?: Priority;
  collapseId?: string;
}

/** `overrides.apns`: `payload` is a JSON Merge Patch (RFC 7396) on the body, `headers` a short list of fields. */
function readOverride(override: JsonObject | undefined, misfits: Misfit[]): Override {
  const read: Override = {};
  for (const [key, value] of Object.entries(override ?? {})) {
    const pointer = `/overrides/apns/${escapePointer(key)}`;
    if ((key !== 'headers' && key !== 'payload') || !isJsonObject(value)) {
      misfits.push(error('override_invalid', 'an override for APNs is {headers: {…}, payload: {…}}', pointer));
    } else if (key === 'headers') {
      for (const [name, field] of Object.entries(value)) readHeader(name, field, read, misfits);
    } else if (Object.hasOwn(value, 'pealbell')) {
      misfits.push(
        error(
          'override_refused',
          '`pealbell` carries what keeps a message from being shown twice',
          `${pointer}/pealbell`,
        ),
      );
    } else {
      read.payload = value;
    }
  }
  return read;
}

function readHeader(name: string, value: Json, read: Override, misfits: Misfit[]): void {
  const pointer = `/overrides/apns/headers/${escapePointer(name)}`;
  const text = typeof value === 'number' ? String(value) : value;
  switch (name) {
    case 'apns-priority':
      if (text === '10' || text === '5' || text === '1') read.priority = text;
      else misfits.push(error('priority_invalid', 'apns-priority is 10, 5 or 1', pointer));
      return;
    case 'apns-push-type':
      if (typeof text === 'string' && isPushTypeName(text)) read.pushType = text;
      else
        misfits.push(
          error('push_type_unsupported', `apns-push-type is one of ${Object.keys(PUSH_TYPES).join(', ')}`, pointer),
        );
      return;
    case 'apns-collapse-id':
      if (typeof text === 'string' && isHeaderValue(text, COLLAPSE_ID_BYTES_MAX)) read.collapseId = text;
      else
        misfits.push(
          error(
            'collapse_key_invalid',
            `apns-collapse-id is up to ${COLLAPSE_ID_BYTES_MAX} printable ASCII characters`,
            pointer,
          ),
        );
      return;
    case 'apns-expiration':
      misfits.push(error('override_refused', 'use `ttl`: the house counts it over all attempts', pointer));
      return;
    default:
      misfits.push(
        error(
          'override_refused',
          'only apns-priority, apns-push-type and apns-collapse-id can be set; address and de-duplication fields cannot',
          pointer,
        ),
      );
  }
}

function escapePointer(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1');
}

function error(code: string, detail: string, pointer?: string): Misfit {
  return { severity: 'error', code, detail, ...(pointer === undefined ? {} : { pointer }) };
}

function warning(code: string, detail: string, pointer: string): Misfit {
  return { severity: 'warning', code, detail, pointer };
}
