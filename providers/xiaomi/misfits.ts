/** What of a message Xiaomi cannot take, or takes only in part. Pure. */
import type { Json, JsonObject, Message, Misfit, Notification } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { cutText, intentOf, misfitError, misfitWarning } from '../shared/message-parts.js';
import type { Way } from './channel.js';
import type { Shaping } from './options.js';
import { hasOddSound, hasText, isBlank, textsOf } from './texts.js';

const INT32_MAX = 2_147_483_647;
/** dev.mi.com, document 1559: members of `extra` that are the app's own. */
const OWN_EXTRAS_MAX = 10;
const OWN_EXTRAS_CHARS_MAX = 1_024;

export function contentMisfits(message: Message, way: Way, shaping: Shaping): Misfit[] {
  const { notification, data, ttlSeconds } = message;
  const misfits = classMisfits(way);
  if (Object.hasOwn(data ?? {}, 'pealbell')) {
    const detail = '`pealbell` carries what keeps a message from being shown twice: name the data key otherwise';
    misfits.push(misfitError('data_key_reserved', detail, '/data/pealbell'));
  }
  const max = shaping.ttl_seconds_max[way.class];
  if (ttlSeconds > max) {
    const detail = `Xiaomi keeps a ${way.class} message for ${max} seconds at most`;
    misfits.push(misfitWarning('ttl_shortened', detail, '/ttl'));
  }
  if (message.isPriorityOwn === true && message.priority !== 'normal') {
    const detail = 'Xiaomi has no priorities: the channel says how much a message interrupts';
    misfits.push(misfitWarning('priority_unmapped', detail, '/priority'));
  }
  const isShown = notification !== undefined && hasText(notification);
  if (message.collapseKey !== undefined && !isShown) {
    const detail = 'Xiaomi replaces notifications only: data comes as often as it is sent';
    misfits.push(misfitWarning('collapse_unmapped', detail, '/collapse_key'));
  }
  if (notification === undefined) return misfits;
  if (isShown) misfits.push(...shownMisfits(notification, message, shaping));
  else misfits.push(...unseenMisfits(notification));
  return misfits;
}

function classMisfits({ isTooHigh, isLowered }: Way): Misfit[] {
  if (isTooHigh === true) {
    const detail =
      'this channel is the one for transactional messages at Xiaomi, which punishes marketing on it: say class transactional, or name another channel';
    return [misfitError('channel_not_for_class', detail, '/channel')];
  }
  if (isLowered === true) {
    const detail =
      'no channel for transactional messages at Xiaomi is named, by its channel or by channels.transactional of the app’s file: it is sent, and counted, as marketing';
    return [misfitWarning('class_lowered', detail, '/class')];
  }
  return [];
}

function unseenMisfits({ badge, sound }: Notification): Misfit[] {
  if (badge === undefined && sound === undefined) {
    const detail = 'a visible message needs a title or a body';
    return [misfitError('notification_empty', detail, '/notification')];
  }
  const detail = 'without a title or a body Xiaomi shows nothing: it goes to the app as data';
  return [misfitWarning('notification_unmapped', detail, '/notification')];
}

function shownMisfits(notification: Notification, message: Message, shaping: Shaping): Misfit[] {
  const misfits: Misfit[] = [];
  const warn = (code: string, detail: string, part: string) =>
    misfits.push(misfitWarning(code, detail, `/notification/${part}`));
  const { title, body } = textsOf(notification);
  if (isBlank(notification.title)) warn('title_filled', 'Xiaomi needs a title: the body stands in its place', 'title');
  else if (cutText(title, shaping.title_max) !== title) {
    warn('title_cut', `Xiaomi takes ${shaping.title_max} characters of a title`, 'title');
  }
  if (isBlank(notification.body)) warn('body_filled', 'Xiaomi needs a body: the title stands in its place', 'body');
  else if (cutText(body, shaping.body_max) !== body) {
    warn('body_cut', `Xiaomi takes ${shaping.body_max} characters of a body`, 'body');
  }
  const { badge, click } = notification;
  if (badge !== undefined && !(Number.isInteger(badge) && badge >= 0 && badge <= INT32_MAX)) {
    misfits.push(misfitError('badge_invalid', 'the badge is a whole number, 0 or more', '/notification/badge'));
  } else if (badge !== undefined && !shaping.badge) {
    warn('badge_unmapped', 'the app’s file switches badges off for Xiaomi, which counts by itself', 'badge');
  }
  if (notification.image !== undefined) {
    warn('image_unmapped', 'Xiaomi shows no picture by its address; the app finds it in `pealbell`', 'image');
  }
  if (notification.actions?.length) {
    warn('actions_unmapped', 'Xiaomi has no buttons that open anything but the app', 'actions');
  }
  if (notification.thread !== undefined) warn('thread_unmapped', 'Xiaomi groups by app only', 'thread');
  if (hasOddSound(message)) {
    warn('sound_unmapped', 'the name of a sound is that of a raw resource of the app, such as chime', 'sound');
  }
  const link = click?.deepLink ?? click?.url;
  const opens = link === undefined || /^(?:https?:\/\/|intent:)/i.test(link) || intentOf(link) !== undefined;
  if (!opens) {
    const part = click?.deepLink === undefined ? 'click/url' : 'click/deep_link';
    warn('click_unmapped', 'Xiaomi opens links of the form scheme://…; a tap opens the app', part);
  }
  return misfits;
}

/** What an override names that is not the caller's to set, and what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['registration_id', 'alias', 'user_account', 'topic', 'topics', 'restricted_package_name'].map((name) => [
      name,
      'the address comes from the registration and the app’s file',
    ]),
  ),
  time_to_live: 'use `ttl`: the house counts it over all attempts',
  time_to_send: 'the house says when a message goes out',
};
const REFUSED_EXTRAS: Readonly<Record<string, string>> = {
  jobkey: 'it keeps a message from being shown twice',
  only_send_once: 'use `ttl`: "0s" is now or never',
  callback: 'receipts go to the house',
  'callback.param': 'receipts go to the house',
  'callback.type': 'receipts go to the house',
};

export function overrideMisfits(override: JsonObject): Misfit[] {
  const misfits: Misfit[] = [];
  const refuse = (detail: string, ...path: string[]) =>
    misfits.push(misfitError('override_refused', detail, pointerOf(path)));
  const invalid = (detail: string, ...path: string[]) =>
    misfits.push(misfitError('override_invalid', detail, pointerOf(path)));
  for (const name of Object.keys(override)) {
    const why = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
    if (why !== undefined) refuse(why, name);
    else if (name.startsWith('extra.')) invalid('write it as a member of `extra`', name);
  }
  const { extra, payload } = override;
  if (extra !== undefined && extra !== null && !isJsonObject(extra)) invalid('extra is an object', 'extra');
  for (const name of isJsonObject(extra) ? Object.keys(extra) : []) {
    const why = Object.hasOwn(REFUSED_EXTRAS, name) ? REFUSED_EXTRAS[name] : undefined;
    if (why !== undefined) refuse(why, 'extra', name);
  }
  if (payload !== undefined && payload !== null && !isJsonObject(payload)) {
    invalid('payload is an object: what the app shall find beside `pealbell`', 'payload');
  } else if (isJsonObject(payload) && Object.hasOwn(payload, 'pealbell')) {
    refuse('`pealbell` carries what keeps a message from being shown twice', 'payload', 'pealbell');
  }
  return misfits;
}

const KNOWN_EXTRAS = new Set([
  ...['channel_id', 'channel_name', 'channel_description', 'notify_effect', 'intent_uri', 'web_uri', 'badge'],
  ...['notify_foreground', 'sound_uri', 'ticker', 'flow_control', 'locale', 'locale_not_in', 'model', 'connpt'],
  ...['model_not_in', 'app_version', 'app_version_not_in', ...Object.keys(REFUSED_EXTRAS)],
]);

/** What an override made of the form that Xiaomi answers with an error for each device. */
export function formMisfits(form: JsonObject, { title_max, body_max }: Shaping): Misfit[] {
  const misfits: Misfit[] = [];
  const invalid = (detail: string, ...path: string[]) =>
    misfits.push(misfitError('override_invalid', detail, pointerOf(path)));
  const { payload: _, extra, ...rest } = form;
  const extras = isJsonObject(extra) ? extra : {};
  for (const [name, value] of Object.entries(rest))
    if (!isScalar(value)) invalid('is one value, no list or object', name);
  for (const [name, value] of Object.entries(extras)) {
    if (!isScalar(value)) invalid('is one value, no list or object', 'extra', name);
  }
  const own = Object.entries(extras).filter(([name]) => !KNOWN_EXTRAS.has(name));
  const chars = own.reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
  if (own.length > OWN_EXTRAS_MAX || chars > OWN_EXTRAS_CHARS_MAX) {
    const detail = `Xiaomi takes ${OWN_EXTRAS_MAX} members of your own in extra, ${OWN_EXTRAS_CHARS_MAX} characters together; use \`data\``;
    invalid(detail, 'extra');
  }
  if (String(form.pass_through) === '1') return misfits;
  for (const [name, max] of [
    ['title', title_max],
    ['description', body_max],
  ] as const) {
    const value = String(form[name] ?? '');
    if (value.trim() === '') invalid(`a notification needs a ${name} that is not blank`, name);
    else if (cutText(value, max) !== value) invalid(`has ${max} characters at most`, name);
  }
  return misfits;
}

function isScalar(value: Json): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function pointerOf(path: readonly string[]): string {
  const names = path.map((name) => name.replace(/~/g, '~0').replace(/\//g, '~1'));
  return ['/overrides/xiaomi', ...names].join('/');
}
