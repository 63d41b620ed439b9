/** A message to Meizu's `messageJson`. Source: Meizu, PushAPI (2025-04). */
import type { Click, JsonObject, Message, Misfit } from '../contract.js';
import { collapseText } from '../shared/collapse-number.js';
import { mergePatch } from '../shared/merge-patch.js';
import { appData, cutText, misfitError, misfitWarning } from '../shared/message-parts.js';
import { at, overrideMisfits } from '../shared/override-rules.js';
import { messageTypeOf, PRIVATE } from './channel.js';
import { contentMisfits, hasText, isUri, OVERRIDE_RULES, TTL_HOURS_MAX } from './misfits.js';
import type { MeizuOptions } from './options.js';

/** Of `extra`. */
export const CALLBACK_BYTES_MAX = 128;
const CALLBACK_PARAM_BYTES_MAX = 64;
const NOTIFY_KEY_LENGTH = 8;

export type PayloadSettings = Pick<MeizuOptions, 'service_class' | 'title_max' | 'body_max' | 'payload_max'>;

/** As the schema of the options gives them where an app's file says nothing. */
export const PAYLOAD_DEFAULTS: PayloadSettings = {
  ...{ service_class: false, title_max: 32, body_max: 100, payload_max: 4_096 },
};

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: JsonObject;
  readonly misfits: readonly Misfit[];
}

/** Pure. @param callbackUrl where receipts shall go; none are asked for without it */
export function compile(
  message: Message,
  settings: PayloadSettings = PAYLOAD_DEFAULTS,
  callbackUrl?: string,
): Compilation {
  const override = message.override ?? {};
  const misfits: Misfit[] = [...contentMisfits(message), ...overrideMisfits(override, OVERRIDE_RULES)];
  const { notification } = message;
  if (notification === undefined || !hasText(notification)) return { misfits };
  const { type, misfits: ofClass } = messageTypeOf(message, settings.service_class);
  misfits.push(...ofClass);
  const cut = (field: 'title' | 'body', max: number) => {
    const whole = notification[field] || notification.title || notification.body || '';
    const text = cutText(whole, max);
    if (text !== whole) {
      misfits.push(misfitWarning(`${field}_cut`, `Meizu shows ${max} characters of it`, `/notification/${field}`));
    }
    return text;
  };
  const base: JsonObject = {
    noticeBarInfo: {
      noticeMsgType: type,
      noticeBarType: 0,
      title: cut('title', settings.title_max),
      content: cut('body', settings.body_max),
    },
    clickTypeInfo: { ...clickOf(notification.click), parameters: appData(message) },
    pushTimeInfo: timeOf(message.ttlSeconds),
    advanceInfo: { notifyKey: collapseText(message.collapseKey ?? message.id, NOTIFY_KEY_LENGTH) },
    ...receiptsOf(message.id, callbackUrl),
  };
  if (misfits.some(isError)) return { misfits };
  // An object merged into an object is one.
  const compiled = mergePatch(base, override) as JsonObject;
  if (at(compiled, ['noticeBarInfo', 'noticeMsgType']) === PRIVATE && !settings.service_class) {
    const detail = 'noticeMsgType 1 needs service_class in the app’s file, once Meizu has granted it';
    const pointer = '/overrides/meizu/noticeBarInfo/noticeMsgType';
    return { misfits: [...misfits, misfitError('category_not_granted', detail, pointer)] };
  }
  const bytes = Buffer.byteLength(JSON.stringify(compiled));
  if (bytes > settings.payload_max) {
    const detail = `the message has ${bytes} bytes as JSON; payload_max of the app’s file is ${settings.payload_max}`;
    return { misfits: [...misfits, misfitError('payload_too_large', detail)] };
  }
  return { compiled, misfits };
}

/** 0: the app, 2: whatever opens the address. */
function clickOf({ url, deepLink }: Click = {}): JsonObject {
  const opens = deepLink !== undefined && isUri(deepLink) ? deepLink : url;
  return opens === undefined ? { clickType: 0 } : { clickType: 2, url: opens };
}

/** Meizu counts full hours: what is begun counts. */
function timeOf(ttlSeconds: number): JsonObject {
  if (ttlSeconds <= 0) return { offLine: 0 };
  return { offLine: 1, validTime: Math.min(Math.ceil(ttlSeconds / 3_600), TTL_HOURS_MAX) };
}

/** Delivered and clicked, which is what Meizu tells when nothing else is asked for. */
function receiptsOf(messageId: string, callbackUrl: string | undefined): JsonObject {
  if (callbackUrl === undefined || Buffer.byteLength(messageId) > CALLBACK_PARAM_BYTES_MAX) return {};
  return { extra: { callback: callbackUrl, 'callback.param': messageId } };
}

function isError({ severity }: Misfit): boolean {
  return severity === 'error';
}
