/** A message to `messages:send` over /v3, for HarmonyOS NEXT. Source: Huawei, "Scenario-based push API, request parameters". */
import type { JsonObject, Message, Misfit } from '../contract.js';
import { collapseNumber, collapseText } from '../shared/collapse-number.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import { appData, misfitError, misfitWarning } from '../shared/message-parts.js';
import { categoryOf, isLowered } from './categories.js';
import { channelOf, MARKETING, soundOf } from './channel.js';
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
import type { Compilation } from './payload-v1.js';

/** `push-type`: what is shown, and what runs in the background. */
export type PushType = '0' | '6';

export interface CompiledV3 {
  readonly pushType: PushType;
  /** All but the addresses. */
  readonly body: JsonObject;
  /** By which it can be called back; absent for what is not shown. */
  readonly notifyId?: number;
  /** A transactional message that goes as marketing. */
  readonly isLowered: boolean;
}

/** Of `appMessageId`. */
const APP_MESSAGE_ID_MAX = 64;

/** Pure. */
export function compileV3(message: Message, settings: MessageSettings): Compilation<CompiledV3> {
  const misfits = [...contentMisfits(message, settings), ...ownMisfits(message), ...overrideMisfits(message, 'v3')];
  if (misfits.some(({ severity }) => severity === 'error')) return { misfits };
  const merged = mergePatch(baseBody(message, settings), patchOf(message, 'v3'));
  const body = complete(objectAt(merged), message, settings);
  const bytes = encodeV3({ body }, [], true).byteLength;
  if (bytes > PAYLOAD_BYTES_MAX) {
    misfits.push(misfitError('payload_too_large', `it has ${bytes} bytes; Huawei takes ${PAYLOAD_BYTES_MAX}`));
    return { misfits };
  }
  const { notifyId, category } = objectAt(body, 'payload', 'notification');
  const compiled: CompiledV3 =
    typeof notifyId === 'number'
      ? { pushType: '0', body, notifyId, isLowered: isLowered(message, category) }
      : { pushType: '6', body, isLowered: false };
  return { compiled, misfits };
}

/** The body of one request. */
export function encodeV3({ body }: Pick<CompiledV3, 'body'>, tokens: readonly string[], isTest: boolean): Buffer {
  const pushOptions = { ...objectAt(body, 'pushOptions'), ...(isTest ? { testMessage: true } : {}) };
  return Buffer.from(JSON.stringify({ ...body, pushOptions, target: { token: tokens } }));
}

function baseBody(message: Message, settings: MessageSettings): JsonObject {
  const notification = notificationOf(message, settings);
  const { collapse_group } = channelOf(message);
  const isGrouped = notification !== undefined && message.collapseKey !== undefined && collapse_group !== undefined;
  return {
    payload: notification === undefined ? { extraData: dataText(message) } : { notification },
    pushOptions: {
      ...(isGrouped ? { collapseKey: collapse_group } : {}),
      ...(settings.receipt_id === undefined ? {} : { receiptId: settings.receipt_id }),
    },
  };
}

const OPEN_APP = 0;
const OPEN_PAGE = 1;

function notificationOf(message: Message, settings: MessageSettings): JsonObject | undefined {
  const { notification } = message;
  const words = titleAndBody(notification);
  if (notification === undefined || words === undefined) return undefined;
  const sound = soundOf(message);
  const badge = badgeOf(notification);
  const deepLink = settings.deep_links === 'page' ? notification.click?.deepLink : undefined;
  return {
    // Here Huawei wants one in every case.
    category: categoryOf(message, settings).category ?? MARKETING,
    ...words,
    ...(isHttps(notification.image) ? { image: notification.image } : {}),
    ...(sound === undefined || sound === 'default' ? {} : { sound }),
    ...(badge === undefined ? {} : { badge: { setNum: badge } }),
    clickAction: deepLink === undefined ? { actionType: OPEN_APP } : { actionType: OPEN_PAGE, uri: deepLink },
  };
}

function ownMisfits({ notification, collapseKey, priority, isPriorityOwn }: Message): Misfit[] {
  const misfits: Misfit[] = [];
  if (isPriorityOwn === true && priority !== 'normal') {
    misfits.push(misfitWarning('priority_unmapped', 'HarmonyOS NEXT has no priority', '/priority'));
  }
  if (titleAndBody(notification) === undefined)
    return collapseKey === undefined ? misfits : [...misfits, collapseUnmapped()];
  const { url, deepLink } = notification?.click ?? {};
  if (url === undefined || deepLink !== undefined) return misfits;
  const detail = 'HarmonyOS NEXT opens pages of the app only; the app, which is opened, finds it in `pealbell`';
  return [...misfits, misfitWarning('click_unmapped', detail, '/notification/click/url')];
}

/** Puts back what an override must not take away. */
function complete(merged: JsonObject, message: Message, settings: MessageSettings): JsonObject {
  const payload = objectAt(merged, 'payload');
  const { notification } = payload;
  return {
    ...merged,
    payload: isJsonObject(notification)
      ? { ...payload, notification: known(notification, message) }
      : { ...payload, extraData: dataText(message) },
    pushOptions: {
      ...objectAt(merged, 'pushOptions'),
      ttl: ttlOf(message, settings),
      biTag: message.id,
      ...(settings.test_messages ? { testMessage: true } : {}),
    },
  };
}

/** The id that replaces a copy, the one that hides it for a day, and what the app is handed with the tap. */
function known(notification: JsonObject, message: Message): JsonObject {
  const { id, collapseKey } = message;
  const { notifyId } = notification;
  const clickAction = objectAt(notification, 'clickAction');
  return {
    ...notification,
    notifyId: typeof notifyId === 'number' ? notifyId : collapseNumber(collapseKey ?? id),
    appMessageId: id.length <= APP_MESSAGE_ID_MAX ? id : collapseText(id, 43),
    clickAction: { ...clickAction, data: { ...objectAt(clickAction, 'data'), ...appData(message) } },
  };
}
