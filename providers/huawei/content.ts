/** Parts of a message that both generations of Push Kit take alike. */
import type { Json, JsonObject, Message, Misfit, Notification } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { appData, misfitError, misfitWarning } from '../shared/message-parts.js';
import { categoryOf } from './categories.js';
import type { MessageSettings } from './options.js';

/** Of a body without its push tokens. */
export const PAYLOAD_BYTES_MAX = 4_096;
/** 15 days. */
export const TTL_SECONDS_MAX = 1_296_000;
const BADGE_MAX = 99;

/** The caller's data and our block, as the one text that Huawei carries. */
export function dataText(message: Message): string {
  return JSON.stringify(appData(message));
}

/** Seconds that Huawei may keep it. */
export function ttlOf({ ttlSeconds }: Message, { ttl_seconds_min }: MessageSettings): number {
  return Math.min(Math.max(Math.floor(ttlSeconds), ttl_seconds_min), TTL_SECONDS_MAX);
}

/** Huawei wants a title and a body: the one stands for the other where it is missing. Undefined where there is neither. */
export function titleAndBody(notification: Notification | undefined): { title: string; body: string } | undefined {
  // One that is empty, as a template may make it, is none: Huawei refuses it.
  const title = notification?.title || notification?.body;
  const body = notification?.body || notification?.title;
  return title && body ? { title, body } : undefined;
}

export function badgeOf({ badge }: Notification): number | undefined {
  return badge === undefined ? undefined : Math.min(badge, BADGE_MAX);
}

export function isHttps(url: string | undefined): url is string {
  return url?.startsWith('https://') === true;
}

/** What does not fit, or is lost, with either generation. */
export function contentMisfits(message: Message, settings: MessageSettings): Misfit[] {
  const { notification, data, ttlSeconds } = message;
  const misfits: Misfit[] = [];
  if (Object.hasOwn(data ?? {}, 'pealbell')) {
    misfits.push(misfitError('data_key_reserved', '`pealbell` is ours: name the data key otherwise', '/data/pealbell'));
  }
  if (ttlSeconds > TTL_SECONDS_MAX) {
    misfits.push(misfitWarning('ttl_shortened', 'Huawei keeps a message for 15 days at most', '/ttl'));
  }
  const isShown = titleAndBody(notification) !== undefined;
  if (isShown) misfits.push(...categoryOf(message, settings).misfits);
  if (notification !== undefined) misfits.push(...notificationMisfits(notification, isShown));
  return misfits;
}

/** Of a message that shows nothing, and whose collapse key nothing stands for. */
export function collapseUnmapped(): Misfit {
  const detail = 'Huawei has nothing by which a silent message like this replaces another';
  return misfitWarning('collapse_key_unmapped', detail, '/collapse_key');
}

function notificationMisfits(notification: Notification, isShown: boolean): Misfit[] {
  const { title, body, image, badge, actions, thread } = notification;
  const misfits: Misfit[] = [];
  const warn = (code: string, detail: string, field: string) =>
    misfits.push(misfitWarning(code, detail, `/notification${field}`));
  if (badge !== undefined && !(Number.isInteger(badge) && badge >= 0)) {
    misfits.push(misfitError('badge_invalid', 'the badge is a whole number, 0 or more', '/notification/badge'));
  }
  if (!isShown) {
    const isEmpty = badge === undefined && notification.sound === undefined;
    const detail = 'Huawei shows what has a title or a body; without both it is sent as silent';
    if (isEmpty) misfits.push(misfitError('notification_empty', 'it needs a title or a body', '/notification'));
    else warn('notification_unmapped', detail, '');
    return misfits;
  }
  if (!title) warn('title_filled', 'Huawei wants a title: the body stands there as well', '/title');
  if (!body) warn('body_filled', 'Huawei wants a body: the title stands there as well', '/body');
  if (image !== undefined && !isHttps(image)) warn('image_unmapped', 'Huawei fetches https images only', '/image');
  if (badge !== undefined && badge > BADGE_MAX) warn('badge_lowered', `Huawei shows ${BADGE_MAX} at most`, '/badge');
  if (actions?.length) {
    warn('actions_unmapped', 'buttons of the app are named by the override: overrides.huawei', '/actions');
  }
  if (thread !== undefined) {
    warn('thread_unmapped', 'Huawei takes no group beside the id that replaces a copy', '/thread');
  }
  return misfits;
}

/** The object at a path, to read from; empty where there is none. */
export function objectAt(json: Json | undefined, ...path: readonly string[]): JsonObject {
  let value = json;
  for (const key of path) value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isJsonObject(value) ? value : {};
}
