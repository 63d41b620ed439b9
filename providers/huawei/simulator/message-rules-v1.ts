/** What HMS Core's send API finds wrong with a message. Source: Huawei, "HTTPS downlink message API". */
import { type Complaint, saying } from './answers.js';
import { type Fields, isFields, isFit, isHttps, isText, isWhole, strangeKey, textList } from './shape.js';

const TOKENS_MAX = 1_000;
const BODY_BYTES_MAX = 4_096;
const TTL_SECONDS_MAX = 1_296_000;

const CATEGORIES: ReadonlySet<unknown> = new Set([
  ...['IM', 'VOIP', 'MISS_CALL', 'SUBSCRIPTION', 'TRAVEL', 'HEALTH', 'WORK', 'ACCOUNT', 'EXPRESS', 'FINANCE'],
  ...['DEVICE_REMINDER', 'MAIL', 'PLAY_VOICE', 'MARKETING'],
]);
const ROOT = new Set(['validate_only', 'message', 'review']);
const MESSAGE = new Set(['data', 'notification', 'token', 'topic', 'condition', 'android', 'apns', 'webpush']);
const ANDROID = new Set([
  ...['collapse_key', 'urgency', 'category', 'ttl', 'bi_tag', 'receipt_id', 'fast_app_target', 'data'],
  ...['target_user_type', 'notification'],
]);
const NOTIFICATION = new Set([
  ...['title', 'body', 'click_action', 'icon', 'color', 'sound', 'default_sound', 'tag', 'group', 'notify_id'],
  ...['channel_id', 'notify_summary', 'image', 'style', 'big_title', 'big_body', 'inbox_content', 'badge', 'ticker'],
  ...['when', 'importance', 'use_default_vibrate', 'vibrate_config', 'use_default_light', 'light_settings'],
  ...['visibility', 'foreground_show', 'auto_clear', 'profile_id', 'buttons', 'title_loc_key', 'title_loc_args'],
  ...['body_loc_key', 'body_loc_args', 'multi_lang_key'],
]);

/** A message that passed. */
export interface ReadMessage {
  readonly tokens: readonly string[];
  /** All but the push tokens. */
  readonly payload: Fields;
  /** Judged only, and delivered to nobody. */
  readonly isTrial: boolean;
  readonly isMarketing: boolean;
  readonly isTest: boolean;
  readonly pushType: string;
  /** What receipts repeat. */
  readonly tag: string;
}

/** In the order in which Huawei's pages give the checks. */
export function readV1(body: unknown, mayHurry: boolean): ReadMessage | Complaint {
  if (!isFields(body) || strangeKey(body, ROOT) !== undefined) return saying('80100003');
  const { message, validate_only } = body;
  if (!isFields(message) || strangeKey(message, MESSAGE) !== undefined) return saying('80100003');
  const { token, ...rest } = message;
  if (['token', 'topic', 'condition'].filter((key) => message[key] !== undefined).length !== 1) {
    return saying('80100001', 'Exactly one of token, topic and condition should be set');
  }
  const tokens = textList(token);
  if (tokens === undefined) return saying('80100001', 'token should be an array of strings');
  if (tokens.length === 0 || tokens.length > TOKENS_MAX) return saying('80300010');
  const payload = { ...body, message: rest };
  if (Buffer.byteLength(JSON.stringify(payload)) > BODY_BYTES_MAX) return saying('80300008');
  const { android, notification, data } = rest;
  if (!isFit(rest, 'data', isText) || !isFields(android)) return saying('80100003');
  const complaint = ofAndroid(android, isFields(notification) ? notification : {}, mayHurry);
  if (complaint !== undefined) return complaint;
  const isShown = android.notification !== undefined || notification !== undefined;
  if (!isShown && data === undefined && android.data === undefined) return saying('80100003');
  return {
    ...{ tokens, payload, pushType: isShown ? '0' : '6', tag: String(android.bi_tag ?? '') },
    isTrial: validate_only === true,
    isMarketing: isShown && (android.category === undefined || android.category === 'MARKETING'),
    isTest: android.target_user_type === 1,
  };
}

function ofAndroid(android: Fields, shared: Fields, mayHurry: boolean): Complaint | undefined {
  const strange = strangeKey(android, ANDROID);
  if (strange !== undefined) return saying('80100003', `message.android.${strange} is not known`);
  if (!isFit(android, 'ttl', isTtl)) return saying('80100004');
  if (!isFit(android, 'collapse_key', (key) => isWhole(key, -1, 100))) return saying('80100013');
  const { urgency, category, notification } = android;
  if (urgency !== undefined && urgency !== 'HIGH' && urgency !== 'NORMAL')
    return saying('80100001', 'urgency is wrong');
  if (urgency === 'HIGH' && !mayHurry) return saying('80300011');
  if (category !== undefined && !CATEGORIES.has(category)) return saying('80100001', 'category is wrong');
  if (!isFit(android, 'bi_tag', isText)) return saying('80100001', 'bi_tag is wrong');
  if (!isFit(android, 'target_user_type', (type) => type === 0 || type === 1)) return saying('80100001');
  if (notification === undefined) return undefined;
  return isFields(notification) ? ofNotification(notification, shared) : saying('80100003');
}

function isTtl(value: unknown): boolean {
  const [, seconds] = /^(\d{1,8})s$/.exec(typeof value === 'string' ? value : '') ?? [];
  return seconds !== undefined && isWhole(Number(seconds), 1, TTL_SECONDS_MAX);
}

function ofNotification(notification: Fields, shared: Fields): Complaint | undefined {
  const strange = strangeKey(notification, NOTIFICATION);
  if (strange !== undefined) return saying('80100003', `notification.${strange} is not known`);
  const { title = shared.title, body = shared.body, click_action, badge, group, notify_id, color } = notification;
  const wrong = (what: string) => saying('80100001', `notification.${what}`);
  if (!isText(title)) return wrong('title should be set');
  if (!isText(body)) return wrong('body should be set');
  if (!isFields(click_action)) return wrong('click_action should be set');
  const { type, intent, action, url } = click_action;
  if (type === 1 ? !isText(intent) && !isText(action) : type === 2 ? !isHttps(url) : type !== 3) {
    return wrong('click_action is wrong');
  }
  if (!isFit(notification, 'notify_id', (id) => isWhole(id, -1, 2_147_483_647))) return wrong('notify_id is wrong');
  if (group !== undefined && notify_id !== undefined) return wrong('notify_id cannot stand beside group');
  if (badge !== undefined) {
    if (!isFields(badge) || !isText(badge.class)) return wrong('badge.class should be set');
    if (!isFit(badge, 'add_num', (n) => isWhole(n, 1, 99))) return wrong('badge.add_num should be 1 to 99');
    if (!isFit(badge, 'set_num', (n) => isWhole(n, 0, 99))) return wrong('badge.set_num should be 0 to 99');
  }
  if (color !== undefined && !/^#[0-9a-fA-F]{6}$/.test(String(color))) return wrong('color is wrong');
  if (!isFit(notification, 'image', isHttps)) return wrong('image should be an https URL');
  const importances: readonly unknown[] = ['LOW', 'NORMAL', 'HIGH'];
  return isFit(notification, 'importance', (one) => importances.includes(one))
    ? undefined
    : wrong('importance is wrong');
}
