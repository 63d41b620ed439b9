/**
 * A message to what APNs takes: header fields and body. Source: Apple, "Generating a remote
 * notification" and "Sending notification requests to APNs".
 */
import { Notification as ApnsNotification } from '@parse/node-apn';
import type { Json, JsonObject, Message, Misfit, Notification } from '../contract.js';
import { isHeaderValue } from '../shared/header-value.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import { checkBody, checkPurpose, isVisible } from './body-rules.js';
import { BROADCAST, BROADCAST_STORED_SECONDS_MAX, checkBroadcast } from './broadcast.js';
import { channelOf } from './channel.js';
import { error, warning } from './misfit.js';
import { COLLAPSE_ID_BYTES_MAX, type Override, readOverride } from './override.js';
import {
  type Priority,
  PUSH_TYPES,
  type PushType,
  type PushTypeName,
  payloadBytesMax,
  pushTypesFor,
} from './push-types.js';

/** APNs stores a notification for 30 days at most. */
export const TTL_SECONDS_MAX = 30 * 24 * 60 * 60;
export const PAYLOAD_BYTES_MAX = 4096;
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

/**
 * Pure. `nowMs` turns the TTL into the absolute `apns-expiration`. `purpose`: of the addresses it is for; it
 * chooses the push type where it is not `alert`.
 */
export function compile(message: Message, nowMs: number, purpose = 'alert'): Compilation {
  const misfits: Misfit[] = [];
  const override = readOverride(message.override, misfits);
  checkContent(message, misfits);
  const named = override.pushType ?? (purpose === 'alert' ? undefined : pushTypesFor(purpose)[0]);
  const body = mergePatch(baseBody(message, named), override.payload ?? {});
  const aps = isJsonObject(body) ? body.aps : undefined;
  if (message.notification?.actions?.length && !(isJsonObject(aps) && Object.hasOwn(aps, 'category'))) {
    misfits.push(
      warning(
        'actions_unmapped',
        'iOS takes buttons from a category the app declares: name it in the channel, or as aps.category in overrides.apns.payload',
        '/notification/actions',
      ),
    );
  }
  const pushType = named ?? (isVisible(body) || message.notification !== undefined ? 'alert' : 'background');
  misfits.push(...checkPurpose(purpose, pushType), ...checkBody(pushType, body, message));
  const isBroadcast = purpose === BROADCAST;
  if (isBroadcast) misfits.push(...checkBroadcast(isJsonObject(aps) ? aps : undefined));
  const headers = compileHeaders(message, override, pushType, nowMs, isBroadcast, misfits);
  const bytes = encode(body);
  const bytesMax = payloadBytesMax(pushType, purpose);
  if (bytes.length > bytesMax) {
    misfits.push(
      error('payload_too_large', `the payload has ${bytes.length} bytes; APNs takes ${bytesMax} for ${pushType}`),
    );
  }
  if (misfits.some((misfit) => misfit.severity === 'error')) return { misfits };
  return { compiled: { pushType, headers, body: bytes }, misfits };
}

/** Compiled by node-apn's `Notification` (its `toJSON`); what its setters would drop without a word was refused before. */
function baseBody(message: Message, named: PushTypeName | undefined): Json {
  const { notification, data } = message;
  const channel = channelOf(message);
  const sound = notification?.sound ?? channel.sound ?? message.channel?.sound;
  if (named === 'mdm') return { ...data };
  const payload = { ...data, pealbell: ourBlock(message) };
  const note =
    notification === undefined
      ? new ApnsNotification({ ...silentAps(named), payload })
      : new ApnsNotification({
          ...(alertOf(notification) ?? {}),
          ...(sound === undefined ? {} : { sound }),
          ...(notification.badge === undefined ? {} : { badge: notification.badge }),
          ...(notification.thread === undefined ? {} : { threadId: notification.thread }),
          ...(mediaOf(notification).length === 0 ? {} : { mutableContent: true }),
          ...(channel.category === undefined ? {} : { category: channel.category }),
          ...(channel.interruption_level === undefined ? {} : { interruptionLevel: channel.interruption_level }),
          ...(channel.relevance_score === undefined ? {} : { relevanceScore: channel.relevance_score }),
          payload,
        });
  return { aps: {}, ...(JSON.parse(JSON.stringify(note)) as JsonObject) }; // it leaves out an empty `aps`
}

/** What says "look for news yourself" in a push that shows nothing; other types say it by arriving. */
function silentAps(named: PushTypeName | undefined): Readonly<Record<string, unknown>> {
  if (named === 'controls' || named === 'widgets') return { aps: { 'content-changed': true } };
  return named === undefined || named === 'alert' || named === 'background' ? { contentAvailable: true } : {};
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
  { id, priority, ttlSeconds, collapseKey }: Message,
  override: Override,
  pushType: PushTypeName,
  nowMs: number,
  isBroadcast: boolean,
  misfits: Misfit[],
): Record<string, string> {
  const { priorities, priorityDefault }: PushType = PUSH_TYPES[pushType];
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
  const storedMax = isBroadcast ? BROADCAST_STORED_SECONDS_MAX : TTL_SECONDS_MAX;
  const expiration = ttlSeconds <= 0 ? 0 : Math.floor(nowMs / 1000) + Math.min(Math.floor(ttlSeconds), storedMax);
  // What is shown is known by it on the screen, too: as the tag of the same message over the device's own connection, and
  // of a copy sent again after a lost answer. A channel keeps one message at most: the newer one takes its place anyway.
  const shownAs = collapseKey ?? (pushType === 'alert' ? id : undefined);
  const collapseId = isBroadcast ? undefined : (override.collapseId ?? shownAs);
  return {
    'apns-push-type': pushType,
    'apns-priority': priorities.includes(wanted) ? wanted : priorityDefault,
    'apns-expiration': String(expiration),
    ...(collapseId === undefined ? {} : { 'apns-collapse-id': collapseId }),
  };
}
