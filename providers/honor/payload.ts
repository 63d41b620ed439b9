/**
 * A message to the body of Honor's `sendMessage`, all but the push tokens. Source: Honor's downlink message (document
 * 11002), which has the fields of Huawei's v1 in camelCase.
 */
import type { Click, JsonObject, Message, Misfit, Notification } from '../contract.js';
import { collapseNumber } from '../shared/collapse-number.js';
import { mergePatch } from '../shared/merge-patch.js';
import { appData, cutText, intentOf, misfitError, misfitWarning } from '../shared/message-parts.js';
import { at, overrideMisfits } from '../shared/override-rules.js';
import { importanceOf } from './channel.js';
import { BADGE_MAX, contentMisfits, hasText, OVERRIDE_RULES, TTL_SECONDS_MAX } from './misfits.js';
import type { HonorOptions } from './options.js';

/** Without the push tokens. */
export const PAYLOAD_BYTES_MAX = 4_096;

export type PayloadSettings = Pick<
  HonorOptions,
  'service_class' | 'badge_class' | 'receipt_id' | 'test' | 'title_max' | 'body_max' | 'ttl_zero'
>;

/** As the schema of the options gives them where an app's file says nothing. */
export const PAYLOAD_DEFAULTS: PayloadSettings = {
  ...{ service_class: false, test: false, title_max: 40, body_max: 256, ttl_zero: 1 },
};

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: JsonObject;
  readonly misfits: readonly Misfit[];
}

/** Pure. */
export function compile(message: Message, settings: PayloadSettings = PAYLOAD_DEFAULTS): Compilation {
  const override = message.override ?? {};
  const standing = importanceOf(message, settings.service_class);
  const misfits: Misfit[] = [...contentMisfits(message, settings), ...overrideMisfits(override, OVERRIDE_RULES)];
  const android: Record<string, JsonObject[string]> = {
    ttl: ttlOf(message, settings),
    biTag: message.id,
    ...(settings.test ? { targetUserType: 1 } : {}),
    ...(settings.receipt_id === undefined ? {} : { receiptId: settings.receipt_id }),
  };
  if (message.notification !== undefined && hasText(message.notification)) {
    misfits.push(...standing.misfits);
    const shown = notificationOf(message, message.notification, standing.importance, settings);
    misfits.push(...shown.misfits);
    android.notification = shown.json;
  }
  if (misfits.some(isError)) return { misfits };
  // An object merged into an object is one.
  const compiled = mergePatch({ data: JSON.stringify(appData(message)), android }, override) as JsonObject;
  const importance = at(compiled, ['android', 'notification', 'importance']);
  if (importance === 'NORMAL' && !settings.service_class) {
    const detail = 'NORMAL needs service_class in the app’s file, once Honor has granted it';
    const pointer = '/overrides/honor/android/notification/importance';
    return { misfits: [...misfits, misfitError('category_not_granted', detail, pointer)] };
  }
  const bytes = Buffer.byteLength(JSON.stringify(compiled));
  if (bytes > PAYLOAD_BYTES_MAX) {
    const detail = `the payload has ${bytes} bytes; Honor takes ${PAYLOAD_BYTES_MAX}`;
    return { misfits: [...misfits, misfitError('payload_too_large', detail)] };
  }
  return { compiled, misfits };
}

/** The body of a request; `tokens` are each other's only once. */
export function encode(compiled: JsonObject, tokens: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify({ ...compiled, token: tokens }), 'utf8');
}

function notificationOf(
  message: Message,
  notification: Notification,
  importance: 'LOW' | 'NORMAL',
  { badge_class, title_max, body_max }: PayloadSettings,
): { readonly json: JsonObject; readonly misfits: readonly Misfit[] } {
  const misfits: Misfit[] = [];
  const cut = (field: 'title' | 'body', max: number) => {
    const whole = notification[field] || notification.title || notification.body || '';
    const text = cutText(whole, max);
    if (text !== whole) {
      misfits.push(misfitWarning(`${field}_cut`, `Honor shows ${max} characters of it`, `/notification/${field}`));
    }
    return text;
  };
  const { image, badge, thread, click } = notification;
  if (image !== undefined && importance === 'LOW') {
    const detail = 'Honor shows images in service and communication (NORMAL) only; the app finds it in `pealbell`';
    misfits.push(misfitWarning('image_unmapped', detail, '/notification/image'));
  }
  const json = {
    title: cut('title', title_max),
    body: cut('body', body_max),
    clickAction: clickAction(click),
    importance,
    notifyId: collapseNumber(message.collapseKey ?? message.id),
    ...(image === undefined || importance === 'LOW' ? {} : { image }),
    ...(thread === undefined ? {} : { group: thread }),
    ...(badge === undefined || badge_class === undefined
      ? {}
      : { badge: { setNum: Math.min(badge, BADGE_MAX), badgeClass: badge_class } }),
  };
  return { json, misfits };
}

/** 1: a page of the app, 2: a link in the browser, 3: the app. */
function clickAction({ url, deepLink }: Click = {}): JsonObject {
  const intent = deepLink === undefined ? undefined : intentOf(deepLink);
  if (intent !== undefined) return { type: 1, intent };
  return url?.startsWith('https://') ? { type: 2, url } : { type: 3 };
}

function ttlOf({ ttlSeconds }: Message, { ttl_zero }: PayloadSettings): string {
  const seconds = Math.min(Math.max(0, Math.floor(ttlSeconds)), TTL_SECONDS_MAX);
  return `${seconds === 0 ? ttl_zero : seconds}s`;
}

function isError({ severity }: Misfit): boolean {
  return severity === 'error';
}
