/**
 * A message to what Web Push takes: header fields (RFC 8030 §5) and the plaintext, JSON that the site's service worker
 * reads. Its `notification` has the member names of declarative Web Push, so that an override may make it one.
 */
import { createHash } from 'node:crypto';
import type { Json, JsonObject, Message, Misfit, Notification } from '../contract.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import { channelMembers, channelOf } from './channel.js';
import { PLAINTEXT_BYTES_MAX } from './encryption.js';

/** Google keeps a message for four weeks at most, Mozilla and Apple for thirty days. */
export const TTL_SECONDS_MAX = 28 * 24 * 60 * 60;
/** Firefox for Android is reached over a bridge with a smaller limit, which the endpoint does not show. */
const BRIDGE_BYTES_MAX = 2641;
/** RFC 8030 §5.4. */
const TOPIC = /^[A-Za-z0-9_-]{1,32}$/;
const URGENCIES = ['very-low', 'low', 'normal', 'high'] as const;
type Urgency = (typeof URGENCIES)[number];

export interface Compiled {
  readonly ttlSeconds: number;
  /** All but `authorization` and what a single push service wants. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; the same for every target. */
  readonly plaintext: Buffer;
}

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: Compiled;
  readonly misfits: readonly Misfit[];
}

/** Pure. */
export function compile(message: Message): Compilation {
  const misfits: Misfit[] = [];
  const override = readOverride(message.override, misfits);
  checkContent(message, misfits);
  const json = encode(message, mergePatch(baseBody(message), override.payload ?? {}));
  const bytes = Buffer.byteLength(json, 'utf8');
  if (bytes > PLAINTEXT_BYTES_MAX) {
    misfits.push(
      error('payload_too_large', `the payload has ${bytes} bytes of JSON; Web Push takes ${PLAINTEXT_BYTES_MAX}`),
    );
  } else if (bytes > BRIDGE_BYTES_MAX) {
    misfits.push({
      severity: 'warning',
      code: 'payload_large',
      detail: `the payload has ${bytes} bytes of JSON; Firefox on Android takes about ${BRIDGE_BYTES_MAX}`,
    });
  }
  if (misfits.some((misfit) => misfit.severity === 'error')) return { misfits };

  const ttlSeconds = Math.min(Math.max(0, Math.floor(message.ttlSeconds)), TTL_SECONDS_MAX);
  const topic = override.topic ?? (message.collapseKey === undefined ? undefined : topicOf(message.collapseKey));
  const headers = {
    ttl: String(ttlSeconds),
    urgency: override.urgency ?? channelUrgency(message) ?? message.priority,
    ...(topic === undefined ? {} : { topic }),
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
  };
  return { compiled: { ttlSeconds, headers, plaintext: Buffer.from(json, 'utf8') }, misfits };
}

/** 32 characters of a hash: the push service sees neither the key nor its length (RFC 8030 §5.4 allows no more). */
export function topicOf(collapseKey: string): string {
  return createHash('sha256').update(collapseKey).digest('base64url').slice(0, 32);
}

function channelUrgency(message: Message): Urgency | undefined {
  return message.isPriorityOwn === true ? undefined : channelOf(message).urgency;
}

function baseBody(message: Message): JsonObject {
  const { notification, data } = message;
  return {
    ...(notification === undefined
      ? {}
      : {
          notification: {
            ...channelMembers(message),
            ...notificationOf({
              ...(message.channel?.sound === undefined ? {} : { sound: message.channel.sound }),
              ...notification,
            }),
          },
        }),
    ...(data === undefined ? {} : { data }),
  };
}

/** Our block comes first, and not by the order of an object's keys: those that look like numbers jump the queue. */
function encode({ id, notification, collapseKey }: Message, body: Json): string {
  const click = notification?.click;
  const ours = JSON.stringify({
    // A later one with the same tag takes its place on the screen: a newer message, or a copy of this one that comes again
    // or over the device's own connection.
    tag: collapseKey ?? id,
    id,
    ...(click === undefined
      ? {}
      : {
          click: {
            ...(click.url === undefined ? {} : { url: click.url }),
            ...(click.deepLink === undefined ? {} : { deep_link: click.deepLink }),
          },
        }),
  });
  const rest = JSON.stringify(body).slice(1);
  return `{"pealbell":${ours}${rest === '}' ? '' : ','}${rest}`;
}

function notificationOf(notification: Notification): JsonObject {
  const { title, body, image, media, sound, badge, click, actions, thread } = notification;
  return {
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body }),
    ...(image === undefined ? {} : { image }),
    ...(click?.url === undefined ? {} : { navigate: click.url }),
    ...(actions === undefined ? {} : { actions: actions.map(actionOf) }),
    ...(badge === undefined ? {} : { app_badge: badge }),
    ...(media === undefined ? {} : { media: media.map(({ url, type }) => ({ url, type })) }),
    ...(sound === undefined ? {} : { sound }),
    ...(thread === undefined ? {} : { thread }),
  };
}

function actionOf({ id, title, url }: NonNullable<Notification['actions']>[number]): JsonObject {
  return { action: id, title, ...(url === undefined ? {} : { navigate: url }) };
}

function checkContent({ notification, ttlSeconds }: Message, misfits: Misfit[]): void {
  if (notification !== undefined && notification.title === undefined && notification.body === undefined) {
    misfits.push(error('notification_empty', 'a visible message needs a title or a body', '/notification'));
  }
  if (notification === undefined) {
    misfits.push(
      warning(
        'silent_refused',
        'browsers want every push to be shown: Safari takes the permission away after a few that are not',
        '/notification',
      ),
    );
  }
  const badge = notification?.badge;
  if (badge !== undefined && !(Number.isSafeInteger(badge) && badge >= 0)) {
    misfits.push(error('badge_invalid', 'the badge is a whole number, 0 or more', '/notification/badge'));
  }
  if (ttlSeconds > TTL_SECONDS_MAX) {
    misfits.push(warning('ttl_shortened', 'push services keep a message for 28 days at most', '/ttl'));
  }
}

interface Override {
  payload?: JsonObject;
  urgency?: Urgency;
  topic?: string;
}

/** The override: `payload` is a JSON Merge Patch (RFC 7396) on the plaintext, `headers` takes `urgency` and `topic`. */
function readOverride(override: JsonObject | undefined, misfits: Misfit[]): Override {
  const read: Override = {};
  for (const [key, value] of Object.entries(override ?? {})) {
    const pointer = `/overrides/webpush/${escapePointer(key)}`;
    if ((key !== 'headers' && key !== 'payload') || !isJsonObject(value)) {
      misfits.push(error('override_invalid', 'an override for Web Push is {headers: {…}, payload: {…}}', pointer));
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
  const pointer = `/overrides/webpush/headers/${escapePointer(name)}`;
  switch (name) {
    case 'urgency': {
      const urgency = URGENCIES.find((one) => one === value);
      if (urgency !== undefined) read.urgency = urgency;
      else misfits.push(error('priority_invalid', `urgency is one of ${URGENCIES.join(', ')}`, pointer));
      return;
    }
    case 'topic':
      if (typeof value === 'string' && TOPIC.test(value)) read.topic = value;
      else {
        misfits.push(error('collapse_key_invalid', 'topic is 1 to 32 characters of A-Z, a-z, 0-9, - and _', pointer));
      }
      return;
    case 'ttl':
      misfits.push(error('override_refused', 'use `ttl`: the house counts it over all attempts', pointer));
      return;
    default:
      misfits.push(error('override_refused', 'only urgency and topic can be set', pointer));
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
