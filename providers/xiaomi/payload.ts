/**
 * A message to the form of Xiaomi's `/message/regid`. Source: dev.mi.com, document 1559. As JSON while it is made, so that an
 * override can be a merge patch: parameters by name, `extra.*` as members of `extra`, `payload` as the object it is the text of.
 */
import type { Json, JsonObject, Message, MessageClass, Misfit } from '../contract.js';
import { collapseNumber, collapseText } from '../shared/collapse-number.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import { appData, cutText, intentOf, misfitError } from '../shared/message-parts.js';
import { entryOf, type Way, wayOf } from './channel.js';
import { contentMisfits, formMisfits, overrideMisfits } from './misfits.js';
import type { Shaping } from './options.js';
import { hasText, soundUri, textsOf } from './texts.js';

export interface Compiled {
  /** All but the push tokens, each name once. */
  readonly form: Readonly<Record<string, string>>;
  /**
   * A transactional message that Xiaomi may count as marketing: personal channels have no daily quota, and which of them
   * are such is not known of a channel that is not `channels.transactional`.
   */
  readonly isLowered: boolean;
}

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: Compiled;
  readonly misfits: readonly Misfit[];
}

/** Pure. `callbackUrl`: where receipts shall be told; without it none are asked for. */
export function compile(message: Message, shaping: Shaping, callbackUrl?: string): Compilation {
  const override = message.override ?? {};
  const way = wayOf(message, shaping.channels);
  const misfits = [...contentMisfits(message, way, shaping), ...overrideMisfits(override)];
  if (misfits.some(isError)) return { misfits };
  // Objects merged into objects.
  const merged = mergePatch(baseForm(message, way, shaping), override) as JsonObject;
  const whole = mergePatch(merged, ours(message, way, shaping, callbackUrl)) as JsonObject;
  misfits.push(...formMisfits(whole, shaping));
  if (misfits.some(isError)) return { misfits };
  const form = flat(whole);
  const bytes = Buffer.byteLength(form.payload ?? '');
  if (bytes > shaping.payload_bytes_max) {
    const detail = `as JSON the data has ${bytes} bytes; Xiaomi takes ${shaping.payload_bytes_max}`;
    misfits.push(misfitError('payload_too_large', detail, '/data'));
    return { misfits };
  }
  const { transactional } = shaping.channels;
  const isPersonal = transactional !== undefined && way.channelId === transactional;
  const isLowered = message.class === 'transactional' && !isPersonal;
  return { compiled: { form, isLowered }, misfits };
}

/** The body of a request to these push tokens. Encoded once, as any form is. */
export function encode({ form }: Pick<Compiled, 'form'>, pushTokens: readonly string[]): Buffer {
  const body = new URLSearchParams({ ...form, registration_id: pushTokens.join(',') });
  return Buffer.from(body.toString(), 'utf8');
}

/** Xiaomi's "now or never" has no time, but a mark of its own. */
export function timeToLiveMs({ ttlSeconds }: Message, max: Shaping['ttl_seconds_max'], of: MessageClass) {
  const seconds = Math.min(Math.max(0, Math.floor(ttlSeconds)), max[of]);
  return seconds === 0 ? undefined : seconds * 1_000;
}

/** By which a device replaces what it shows, and a recall finds it. */
export function notifyIdOf({ id, collapseKey }: Message): number {
  return collapseNumber(collapseKey ?? id);
}

function baseForm(message: Message, way: Way, shaping: Shaping): JsonObject {
  const { notification } = message;
  const channel = channelExtras(message, way);
  if (notification === undefined || !hasText(notification)) {
    return { pass_through: 1, payload: appData(message), extra: channel };
  }
  const { title, body } = textsOf(notification);
  const { notify_type = -1, notify_foreground } = entryOf(message);
  const sound = soundUri(message, shaping.package_name);
  const { badge } = notification;
  return {
    pass_through: 0,
    title: cutText(title, shaping.title_max),
    description: cutText(body, shaping.body_max),
    notify_type,
    notify_id: notifyIdOf(message),
    payload: appData(message),
    extra: {
      ...channel,
      ...clickExtras(message),
      ...(sound === undefined ? {} : { sound_uri: sound }),
      ...(badge === undefined || !shaping.badge ? {} : { badge }),
      ...(notify_foreground === undefined ? {} : { notify_foreground: notify_foreground ? 1 : 0 }),
    },
  };
}

function channelExtras(message: Message, { channelId }: Way): JsonObject {
  const { channel_name, channel_description } = entryOf(message);
  return {
    ...(channelId === undefined ? {} : { channel_id: channelId }),
    ...(channel_name === undefined ? {} : { channel_name }),
    ...(channel_description === undefined ? {} : { channel_description }),
  };
}

/** 1 opens the app, 2 what the app shows under a link of its own, 3 a page. */
function clickExtras({ notification }: Message): JsonObject {
  const { deepLink, url } = notification?.click ?? {};
  const link = deepLink ?? url;
  if (link === undefined) return { notify_effect: 1 };
  if (deepLink === undefined && /^https?:\/\//i.test(link)) return { notify_effect: 3, web_uri: link };
  const intent = link.startsWith('intent:') ? link : intentOf(link);
  return intent === undefined ? { notify_effect: 1 } : { notify_effect: 2, intent_uri: intent };
}

/** What no override may take away. */
function ours(message: Message, way: Way, shaping: Shaping, callbackUrl: string | undefined): JsonObject {
  const ttlMs = timeToLiveMs(message, shaping.ttl_seconds_max, way.class);
  return {
    restricted_package_name: shaping.package_name,
    ...(ttlMs === undefined ? {} : { time_to_live: ttlMs }),
    payload: { pealbell: appData(message).pealbell ?? null },
    extra: {
      jobkey: collapseText(message.id, shaping.jobkey_length),
      ...(ttlMs === undefined ? { only_send_once: 1 } : {}),
      ...(callbackUrl === undefined
        ? {}
        : {
            callback: callbackUrl,
            'callback.param': message.id,
            'callback.type': shaping.receipt_types,
          }),
    },
  };
}

function flat(form: JsonObject): Record<string, string> {
  const entries: [string, string][] = [];
  for (const [name, value] of Object.entries(form)) {
    if (name === 'payload') entries.push([name, JSON.stringify(value)]);
    else if (name === 'extra' && isJsonObject(value)) {
      for (const [key, extra] of Object.entries(value)) entries.push([`extra.${key}`, text(extra)]);
    } else entries.push([name, text(value)]);
  }
  return Object.fromEntries(entries);
}

/** `formMisfits` has seen that it is a text, a number or a boolean. */
function text(value: Json): string {
  return String(value);
}

function isError({ severity }: Misfit): boolean {
  return severity === 'error';
}
