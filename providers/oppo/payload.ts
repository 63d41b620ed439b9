/** A message to OPPO's notification, the same for every device that gets it. OPPO, “Notification messages”. Pure. */
import type { JsonObject, Message, Misfit } from '../contract.js';
import { collapseNumber } from '../shared/collapse-number.js';
import { isJsonObject, mergePatch } from '../shared/merge-patch.js';
import { appData, cutText, misfitError as error, misfitWarning as warning } from '../shared/message-parts.js';
import { classFields, isService } from './channel.js';
import { contentMisfits, overrideMisfits, TTL_SECONDS_MAX } from './misfits.js';
import { OPPO_DEFAULTS, type OppoOptions } from './settings.js';

/** `action_parameters`, which hold the data: characters of its JSON. */
export const PARAMETERS_MAX = 4_000;
const CALLBACK_URL_MAX = 200;
/** What the older documents take; the newer ones take 100. */
const CALLBACK_PARAMETER_MAX = 50;

export interface Compiled {
  /** All of OPPO's `notification` but `app_message_id`, which is the device's. */
  readonly notification: JsonObject;
  readonly message: string;
  /** It is transactional, and not known to be of OPPO's service class. */
  readonly isLowered: boolean;
}

export interface Compilation {
  /** Absent where a misfit of severity `error` is. */
  readonly compiled?: Compiled;
  readonly misfits: readonly Misfit[];
}

/** @param callbackUrl where receipts go; none are asked for without it */
export function compile(message: Message, options: OppoOptions = OPPO_DEFAULTS, callbackUrl?: string): Compilation {
  const override = message.override ?? {};
  const classed = classFields(message, options);
  const shown = textFields(message, options);
  const opened = clickFields(message, options);
  const misfits = [
    ...contentMisfits(message),
    ...shown.misfits,
    ...opened.misfits,
    ...classed.misfits,
    ...overrideMisfits(override),
  ];
  if (misfits.some(isError)) return { misfits };
  const { pealbell, ...data } = appData(message);
  const base: JsonObject = {
    ...shown.fields,
    ...opened.fields,
    action_parameters: data,
    ...classed.fields,
  };
  // An object merged into an object is one.
  const merged = mergePatch(base, override) as JsonObject;
  if (![merged.title, merged.content].every((text) => typeof text === 'string' && text !== '')) {
    misfits.push(error('override_invalid', 'OPPO takes no notification without title and content', '/overrides/oppo'));
    return { misfits };
  }
  const category = typeof merged.category === 'string' ? merged.category : undefined;
  const serves = category !== undefined && isService(category, options);
  if (serves && message.class !== 'transactional') {
    const detail = `${category} is of OPPO’s service class and this is a marketing message: say class transactional`;
    misfits.push(error('override_refused', detail, '/overrides/oppo/category'));
    return { misfits };
  }
  const parameters = JSON.stringify({
    ...(isJsonObject(merged.action_parameters) ? merged.action_parameters : {}),
    pealbell,
  });
  if (parameters.length > PARAMETERS_MAX) {
    const detail = `the data has ${parameters.length} characters as JSON; OPPO takes ${PARAMETERS_MAX}: let the app fetch the rest`;
    misfits.push(error('payload_too_large', detail, '/data'));
    return { misfits };
  }
  const notification = {
    ...merged,
    action_parameters: parameters,
    ...lifeTime(message),
    notify_id: collapseNumber(message.collapseKey ?? message.id),
    ...receiptFields(message, callbackUrl),
  };
  const isLowered = message.class === 'transactional' && !serves;
  return { compiled: { notification, message: message.id, isLowered }, misfits };
}

/** Whether OPPO can be told of this address. */
export function fitsCallback(url: string): boolean {
  return url.length <= CALLBACK_URL_MAX;
}

function receiptFields({ id }: Message, url: string | undefined): JsonObject {
  if (url === undefined || !fitsCallback(url) || id.length > CALLBACK_PARAMETER_MAX) return {};
  return { call_back_url: url, call_back_parameter: id };
}

function lifeTime({ ttlSeconds }: Message): JsonObject {
  const seconds = Math.min(Math.floor(ttlSeconds), TTL_SECONDS_MAX);
  return seconds <= 0 ? { off_line: false } : { off_line: true, off_line_ttl: seconds };
}

/** OPPO counts code points. Where one of title and text is missing, the other stands in its place. */
function textFields({ notification = {} }: Message, options: OppoOptions) {
  const { title_max: titleMax, body_max: bodyMax, long_body_max: longMax } = options;
  const misfits: Misfit[] = [];
  const own = { title: notification.title ?? '', body: notification.body ?? '' };
  const title = own.title || options.title || own.body;
  const body = own.body || own.title;
  if (own.title === '' && options.title === undefined) {
    const detail = 'OPPO wants a title: the body stands in its place; give a title, or set one in the app’s file';
    misfits.push(warning('title_missing', detail, '/notification/title'));
  }
  if (own.body === '') {
    misfits.push(warning('body_missing', 'OPPO wants a text: the title stands in its place', '/notification/body'));
  }
  const length = [...body].length;
  const isLong = length > bodyMax && longMax > bodyMax;
  const most = isLong ? longMax : bodyMax;
  if ([...own.title].length > titleMax) {
    misfits.push(warning('title_cut', `OPPO shows ${titleMax} characters of a title`, '/notification/title'));
  }
  if (length > most) {
    misfits.push(warning('body_cut', `OPPO shows ${most} characters of a text`, '/notification/body'));
  }
  const fields = { style: isLong ? 2 : 1, title: cutText(title, titleMax), content: cutText(body, most) };
  return { fields, misfits };
}

/** 0: opens the app; 2: a web page; 5: a link of the app's own. */
function clickFields({ notification }: Message, options: OppoOptions) {
  const { url, deepLink } = notification?.click ?? {};
  const link = deepLink ?? url;
  if (link === undefined) return { fields: { click_action_type: 0 }, misfits: [] };
  if ([...link].length > options.click_url_max) {
    const detail = `OPPO takes ${options.click_url_max} characters of a link: a tap opens the app, which finds it in \`pealbell\``;
    return {
      fields: { click_action_type: 0 },
      misfits: [warning('click_unmapped', detail, '/notification/click')],
    };
  }
  const type = deepLink === undefined ? 2 : 5;
  return { fields: { click_action_type: type, click_action_url: link }, misfits: [] };
}

function isError({ severity }: Misfit): boolean {
  return severity === 'error';
}
