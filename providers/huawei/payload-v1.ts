/** A message to the `message` of `messages:send` over /v1 and /v2. Source: Huawei, "HTTPS downlink message API". */
import type { JsonObject, Message, Misfit } from '../contract.js';
import { collapseNumber } from '../shared/collapse-number.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import { appData, intentOf, misfitError, misfitWarning } from '../shared/message-parts.js';
import { categoryOf, isLowered } from './categories.js';
import { channelOf, soundOf } from './channel.js';
import {
  badgeOf,
  collapseUnmapped,
  contentMisfits,
  dataText,
  isHttps,
  objectAt,
  PAYLOAD_BYTES_MAX,
  titleAndBody,
  ttlOf,
} from './content.js';
import type { MessageSettings } from './options.js';
import { overrideMisfits, patchOf } from './override.js';

export interface CompiledV1 {
  /** All but the addresses. */
  readonly message: JsonObject;
  /** A transactional message that goes as marketing. */
  readonly isLowered: boolean;
}

export interface Compilation<Compiled> {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: Compiled;
  readonly misfits: readonly Misfit[];
}

/** Pure. */
export function compileV1(message: Message, settings: MessageSettings): Compilation<CompiledV1> {
  const misfits = [
    ...contentMisfits(message, settings),
    ...ownMisfits(message, settings),
    ...overrideMisfits(message, 'v1'),
  ];
  if (misfits.some(({ severity }) => severity === 'error')) return { misfits };
  const merged = mergePatch(baseMessage(message, settings), patchOf(message, 'v1'));
  const whole = complete(objectAt(merged), message, settings);
  const { notification, category } = objectAt(whole, 'android');
  const compiled = { message: whole, isLowered: notification !== undefined && isLowered(message, category) };
  const bytes = encodeV1(compiled, [], true).byteLength;
  if (bytes > PAYLOAD_BYTES_MAX) {
    misfits.push(misfitError('payload_too_large', `it has ${bytes} bytes; Huawei takes ${PAYLOAD_BYTES_MAX}`));
    return { misfits };
  }
  return { compiled, misfits };
}

/** The body of one request. */
export function encodeV1({ message }: Pick<CompiledV1, 'message'>, tokens: readonly string[], isTest: boolean): Buffer {
  const android = { ...objectAt(message, 'android'), ...(isTest ? { target_user_type: 1 } : {}) };
  return Buffer.from(JSON.stringify({ validate_only: false, message: { ...message, android, token: tokens } }));
}

function baseMessage(message: Message, settings: MessageSettings): JsonObject {
  const { priority, collapseKey } = message;
  const { collapse_group } = channelOf(message);
  const isHigh = priority === 'high' && settings.high_urgency;
  const notification = notificationOf(message, settings);
  const { category } = notification === undefined ? {} : categoryOf(message, settings);
  return {
    data: dataText(message),
    android: {
      urgency: isHigh ? 'HIGH' : 'NORMAL',
      ...(collapseKey === undefined || collapse_group === undefined ? {} : { collapse_key: collapse_group }),
      ...(category === undefined ? {} : { category }),
      ...(settings.receipt_id === undefined ? {} : { receipt_id: settings.receipt_id }),
      ...(notification === undefined ? {} : { notification }),
    },
  };
}

function notificationOf(message: Message, settings: MessageSettings): JsonObject | undefined {
  const { notification, priority } = message;
  const words = titleAndBody(notification);
  if (notification === undefined || words === undefined) return undefined;
  const { channel_id, importance, icon, color } = channelOf(message);
  const sound = soundOf(message);
  const badge = badgeOf(notification);
  return {
    ...words,
    ...(isHttps(notification.image) ? { image: notification.image } : {}),
    ...(icon === undefined ? {} : { icon }),
    ...(color === undefined ? {} : { color }),
    ...(sound === undefined ? {} : sound === 'default' ? { default_sound: true } : { sound }),
    ...(channel_id === undefined ? {} : { channel_id }),
    importance: importance ?? (priority === 'low' ? 'LOW' : 'NORMAL'),
    ...(badge === undefined || settings.badge_class === undefined
      ? {}
      : { badge: { set_num: badge, class: settings.badge_class } }),
    click_action: clickAction(message, settings),
  };
}

const OPEN_PAGE = 1;
const OPEN_WEB = 2;
const OPEN_APP = 3;

function clickAction(message: Message, settings: MessageSettings): JsonObject {
  const { url, deepLink } = message.notification?.click ?? {};
  const intent = deepLink === undefined || settings.deep_links === 'app' ? undefined : intentOf(deepLink);
  if (intent !== undefined) {
    // The page gets our block with the intent: `data` goes to the app only where the app itself is opened.
    const extra = `S.pealbell=${encodeURIComponent(appData(message).pealbell ?? '')};end`;
    return { type: OPEN_PAGE, intent: intent.replace(/end$/, extra) };
  }
  // Which of the two is meant where both are there is the app's to say: it finds them in `pealbell`.
  if (isHttps(url) && deepLink === undefined) return { type: OPEN_WEB, url };
  return { type: OPEN_APP };
}

function ownMisfits(message: Message, settings: MessageSettings): Misfit[] {
  const { notification, collapseKey } = message;
  const misfits = priorityMisfits(message, settings);
  if (notification === undefined || titleAndBody(notification) === undefined) {
    const isKept = collapseKey === undefined || channelOf(message).collapse_group !== undefined;
    return isKept ? misfits : [...misfits, collapseUnmapped()];
  }
  const { click, badge } = notification;
  if (badge !== undefined && settings.badge_class === undefined) {
    const detail = 'on Android Huawei wants the launcher class beside the badge: set badge_class';
    misfits.push(misfitWarning('badge_unmapped', detail, '/notification/badge'));
  }
  if (click?.url !== undefined && click.deepLink === undefined && !isHttps(click.url)) {
    const detail = 'Huawei opens https links only; the app, which is opened, finds it in `pealbell`';
    misfits.push(misfitWarning('click_unmapped', detail, '/notification/click/url'));
  }
  const hasData = Object.keys(message.data ?? {}).length > 0;
  if (hasData && click?.deepLink !== undefined && settings.deep_links === 'page' && intentOf(click.deepLink)) {
    const detail =
      'the page that a deep link opens gets `pealbell` alone: put it into the link, or set deep_links: app';
    misfits.push(misfitWarning('data_unmapped', detail, '/data'));
  }
  if (click?.deepLink !== undefined && settings.deep_links === 'page' && intentOf(click.deepLink) === undefined) {
    const detail = 'it is no scheme://…; the app, which is opened, finds it in `pealbell`';
    misfits.push(misfitWarning('click_unmapped', detail, '/notification/click/deep_link'));
  }
  return misfits;
}

/** Of a priority that the caller chose: what nobody chose may be lost without a word. */
function priorityMisfits(message: Message, { high_urgency }: MessageSettings): Misfit[] {
  const { priority, isPriorityOwn, notification } = message;
  if (isPriorityOwn !== true) return [];
  if (priority === 'high' && !high_urgency) {
    const detail = 'it goes with normal urgency: set high_urgency, once Huawei has granted it';
    return [misfitWarning('priority_unmapped', detail, '/priority')];
  }
  if (priority === 'low' && titleAndBody(notification) === undefined) {
    return [misfitWarning('priority_unmapped', 'Huawei has no low urgency for what is not shown', '/priority')];
  }
  return [];
}

/** Puts back what an override must not take away. */
function complete(merged: JsonObject, message: Message, settings: MessageSettings): JsonObject {
  const android = objectAt(merged, 'android');
  const notification = android.notification;
  return {
    ...merged,
    data: dataText(message),
    android: {
      ...android,
      ttl: `${ttlOf(message, settings)}s`,
      bi_tag: message.id,
      ...(settings.test_messages ? { target_user_type: 1 } : {}),
      ...(isJsonObject(notification)
        ? { notification: { notify_id: collapseNumber(message.collapseKey ?? message.id), ...notification } }
        : {}),
    },
  };
}
