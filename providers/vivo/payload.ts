/** A message to the JSON of `/message/send` and `/message/saveListPayload`. Source: vivo server API, document 362. */
import type { Json, JsonObject, Message, MessageClass, Misfit } from '../contract.js';
import { collapseNumber } from '../shared/collapse-number.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import { appData, intentOf, misfitError, misfitWarning } from '../shared/message-parts.js';
import { channelOf } from './channel.js';
import { contentMisfits, overrideMisfits } from './misfits.js';
import type { VivoOptions } from './options.js';
import { cutTo, lengthOf, textOf } from './text.js';

export interface Compiled {
  readonly messageId: string;
  /** It is transactional here, and an operation message at vivo. */
  readonly isLowered: boolean;
  /** What singles and lists share: all but address, time to live, and where receipts go. */
  readonly body: JsonObject;
  /** 0: now or never. */
  readonly ttlSeconds: number;
}

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: Compiled;
  readonly misfits: readonly Misfit[];
}

const NOTIFY = { none: 1, ring: 2, vibrate: 3, both: 4 } as const;
const LESS = '; overrides.vivo {"clientCustomMap": {"key": null}} takes one out for vivo alone';
const HOME = 1;
const URL_LINK = 2;
const APP_PAGE = 4;

/** Pure. */
export function compile(message: Message, options: VivoOptions): Compilation {
  const override = message.override ?? {};
  const misfits = [...contentMisfits(message, options), ...overrideMisfits(override)];
  if (misfits.some(isError)) return { misfits };
  const { messageClass, isLowered, category } = standing(message, override, options);
  if (isLowered) misfits.push(loweredMisfit());
  const base = { ...shown(message, options), category };
  const data = ourData(message, options, misfits);
  // Objects merged into objects.
  const merged = mergePatch({ ...base, clientCustomMap: data }, override) as JsonObject;
  const map = isJsonObject(merged.clientCustomMap) ? merged.clientCustomMap : {};
  const body: JsonObject = {
    ...merged,
    classification: messageClass === 'transactional' ? 1 : 0,
    notifyId: collapseNumber(message.collapseKey ?? message.id),
    clientCustomMap: { ...map, pealbell: data.pealbell ?? '' },
  };
  misfits.push(...bodyMisfits(body, messageClass, options));
  if (misfits.some(isError)) return { misfits };
  const ttlSeconds = Math.max(0, Math.floor(message.ttlSeconds));
  return { compiled: { messageId: message.id, isLowered, body, ttlSeconds }, misfits };
}

/** Whether vivo keeps it, and for how long: `ofList` for what goes to several devices. */
export function lifeTime(ttlSeconds: number, ofList: boolean, { limits }: VivoOptions): JsonObject {
  if (ttlSeconds === 0) return { sendOnline: true };
  const min = ofList ? Math.max(limits.ttl_min, limits.ttl_min_of_lists) : limits.ttl_min;
  return { timeToLive: Math.max(min, Math.min(ttlSeconds, limits.ttl_max)) };
}

function shown(message: Message, options: VivoOptions): JsonObject {
  const { click, ...texts } = message.notification ?? {};
  const title = textOf(texts.title);
  const body = textOf(texts.body);
  const { limits } = options;
  const first = title ?? options.title_fallback ?? body ?? '';
  return {
    title: cutTo(first, limits.title, limits.wide),
    content: cutTo(body ?? title ?? '', limits.body, limits.wide),
    notifyType: NOTIFY[channelOf(message).notify ?? (message.priority === 'low' ? 'none' : 'both')],
    networkType: options.network === 'wifi' ? 1 : -1,
    ...opened(click?.deepLink, click?.url, options),
  };
}

/** The app's own page goes before a browser's. */
function opened(deepLink: string | undefined, url: string | undefined, { deep_links }: VivoOptions): JsonObject {
  if (deepLink !== undefined) {
    const intent = deep_links === 'intent' ? intentOf(deepLink) : undefined;
    return { skipType: APP_PAGE, skipContent: intent ?? deepLink };
  }
  return url === undefined ? { skipType: HOME } : { skipType: URL_LINK, skipContent: url };
}

interface Standing {
  readonly messageClass: MessageClass;
  readonly isLowered: boolean;
  readonly category: string;
}

/**
 * The class is never raised. A transactional message for which nobody names a category, or one of operation messages, is
 * such a message: vivo punishes an app whose system messages are none, and every message to a person by name is
 * transactional here.
 */
function standing(message: Message, override: JsonObject, options: VivoOptions): Standing {
  const { categories, default_category: fallback } = options;
  const named = channelOf(message).category;
  if (message.class !== 'transactional') {
    return { messageClass: 'marketing', isLowered: false, category: named ?? fallback.marketing };
  }
  const own = typeof override.category === 'string' ? override.category : (named ?? fallback.transactional);
  if (own === undefined) return { messageClass: 'marketing', isLowered: true, category: fallback.marketing };
  const isLowered = categories.marketing.includes(own) && !categories.transactional.includes(own);
  return { messageClass: isLowered ? 'marketing' : 'transactional', isLowered, category: own };
}

function loweredMisfit(): Misfit {
  const detail =
    'it goes out, and is counted, as an operation message: name a category of system messages in the channel, or in default_category.transactional of the app’s file';
  return misfitWarning('class_lowered', detail, '/channel');
}

/** What a tap opens stands in `skipContent` already: it is left out of the app's own copy where there is no room for both. */
function ourData(message: Message, { limits }: VivoOptions, misfits: Misfit[]): Readonly<Record<string, string>> {
  const whole = appData(message);
  const { notification } = message;
  if (notification?.click === undefined || charactersOf(whole) <= limits.data_characters) return whole;
  const { click: _, ...rest } = notification;
  const detail = 'there is no room for it in `pealbell` beside the data: vivo opens it, the app does not hear of it';
  misfits.push(misfitWarning('click_unmapped', detail, '/notification/click'));
  return appData({ ...message, notification: rest });
}

/** Keys, values, and the signs that JSON puts between them: vivo does not say which of them it counts. */
function charactersOf(map: JsonObject): number {
  return JSON.stringify(map).length;
}

/** Of the whole, after the override was merged. */
function bodyMisfits(body: JsonObject, messageClass: MessageClass, options: VivoOptions): Misfit[] {
  const { limits } = options;
  const misfits: Misfit[] = [];
  for (const [key, max] of [
    ['title', limits.title],
    ['content', limits.body],
  ] as const) {
    const text = body[key];
    if (typeof text === 'string' && text !== '' && lengthOf(text, limits.wide) <= max) continue;
    misfits.push(misfitError('override_invalid', `${key} has 1 to ${max} characters`, `/overrides/vivo/${key}`));
  }
  const link = body.skipContent;
  if (typeof link === 'string' && link.length > limits.link) {
    const detail = `what a tap opens has ${link.length} characters; vivo takes ${limits.link}`;
    misfits.push(misfitError('click_too_long', detail, '/notification/click'));
  }
  return [...misfits, ...categoryMisfits(body.category, messageClass, options), ...dataMisfits(body, options)];
}

function categoryMisfits(word: Json | undefined, messageClass: MessageClass, { categories }: VivoOptions): Misfit[] {
  const granted = categories[messageClass];
  if (typeof word === 'string' && granted.includes(word)) return [];
  const detail = `vivo has not granted the category ${JSON.stringify(word).slice(0, 80)} for ${messageClass} messages: ${
    granted.length === 0 ? 'none is' : `${granted.join(', ')} are`
  } in categories.${messageClass} of the app’s file`;
  return [misfitError('category_not_granted', detail, '/channel')];
}

function dataMisfits({ clientCustomMap }: JsonObject, { limits }: VivoOptions): Misfit[] {
  const map = isJsonObject(clientCustomMap) ? clientCustomMap : {};
  const pairs = Object.keys(map).length;
  if (pairs > limits.data_pairs) {
    const detail = `vivo takes ${limits.data_pairs - 1} data keys beside ours, not ${pairs - 1}${LESS}`;
    return [misfitError('data_keys_too_many', detail, '/data')];
  }
  const characters = charactersOf(map);
  if (characters <= limits.data_characters) return [];
  const detail = `the data has ${characters} characters with ours; vivo takes ${limits.data_characters}${LESS}`;
  return [misfitError('payload_too_large', detail, '/data')];
}

function isError({ severity }: Misfit): boolean {
  return severity === 'error';
}
