/** What a message brings along that vivo cannot take, or not as it is. */
import type { JsonObject, Message, Misfit } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { misfitError, misfitWarning, SILENT_REFUSED } from '../shared/message-parts.js';
import type { VivoOptions } from './options.js';
import { lengthOf, looksLikeTrial, textOf } from './text.js';

const UNMAPPED = [
  ['image', 'vivo shows no images; the app finds it in `pealbell` when the notification is opened'],
  ['sound', 'vivo plays what the person chose; `notify` of the channel says whether it rings or vibrates'],
  ['badge', 'vivo sets no number on the icon; the app can'],
  ['actions', 'vivo has no buttons'],
  ['thread', 'vivo does not group'],
] as const;

export function contentMisfits(message: Message, options: VivoOptions): Misfit[] {
  const { notification, data, ttlSeconds } = message;
  if (notification === undefined) {
    const detail =
      'vivo shows every message, so its devices get no silent one: give it a title or a body, or use another road';
    return [misfitError(SILENT_REFUSED, detail, '/notification')];
  }
  const title = textOf(notification.title);
  const body = textOf(notification.body);
  if (title === undefined && body === undefined) {
    return [misfitError('notification_empty', 'a visible message needs a title or a body', '/notification')];
  }
  const misfits: Misfit[] = [];
  const { limits } = options;
  for (const [key, text, max] of [
    ['title', title, limits.title],
    ['body', body, limits.body],
  ] as const) {
    if (text === undefined || lengthOf(text, limits.wide) <= max) continue;
    misfits.push(misfitWarning(`${key}_cut`, `vivo shows ${max} characters of it`, `/notification/${key}`));
  }
  if (title === undefined && options.title_fallback === undefined) {
    const detail = 'vivo wants a title: the body stands in its place too, unless `title_fallback` is set';
    misfits.push(misfitWarning('title_missing', detail, '/notification'));
  }
  if (body === undefined) {
    const detail = 'vivo wants a body: the title stands in its place too';
    misfits.push(misfitWarning('body_missing', detail, '/notification'));
  }
  if (options.push_mode === 'formal' && [title, body].some((text) => text !== undefined && looksLikeTrial(text))) {
    const detail =
      'vivo refuses formal messages whose title or body has digits, letters and signs alone, or the word 测试';
    misfits.push(misfitWarning('text_like_trial', detail, '/notification'));
  }
  for (const [key, detail] of UNMAPPED) {
    const value = notification[key];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    misfits.push(misfitWarning(`${key}_unmapped`, detail, `/notification/${key}`));
  }
  for (const key of Object.keys(data ?? {})) {
    if (key !== 'pealbell') continue;
    misfits.push(misfitError('data_key_reserved', '`pealbell` is ours: name the data key otherwise', '/data/pealbell'));
  }
  return [...misfits, ...ttlMisfits(ttlSeconds, options)];
}

function ttlMisfits(ttlSeconds: number, { limits, batch }: VivoOptions): Misfit[] {
  if (ttlSeconds > limits.ttl_max) {
    return [misfitWarning('ttl_shortened', `vivo keeps a message for ${limits.ttl_max} s at most`, '/ttl')];
  }
  if (ttlSeconds <= 0) return [];
  if (ttlSeconds < limits.ttl_min) {
    return [misfitWarning('ttl_raised', `vivo keeps a message for ${limits.ttl_min} s at least`, '/ttl')];
  }
  if (batch > 1 && ttlSeconds < limits.ttl_min_of_lists) {
    const detail = `vivo keeps what goes to several devices for ${limits.ttl_min_of_lists} s at least`;
    return [misfitWarning('ttl_raised', detail, '/ttl')];
  }
  return [];
}

/** What an override names that is not the caller's to set, and what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['appId', 'regId', 'regIds', 'alias', 'aliases', 'taskId'].map((key) => [
      key,
      'the address comes from the registration',
    ]),
  ),
  requestId: 'it is the id of our own call',
  notifyId: 'use `collapse_key`: it keeps a message from being shown twice',
  timeToLive: 'use `ttl`: the house counts it over all attempts',
  sendOnline: 'use `ttl: 0`',
  classification: 'use `class`: vivo punishes whoever calls promotion a system message',
  pushMode: 'set `push_mode` in the app’s file',
  extra: 'it carries where receipts go',
  profileId: 'it is for single sends only',
};

export function overrideMisfits(override: JsonObject): Misfit[] {
  const misfits = Object.keys(override).flatMap((key) => {
    const detail = Object.hasOwn(REFUSED, key) ? REFUSED[key] : undefined;
    return detail === undefined ? [] : [misfitError('override_refused', detail, `/overrides/vivo/${key}`)];
  });
  const map = override.clientCustomMap;
  if (map === undefined) return misfits;
  const pointer = '/overrides/vivo/clientCustomMap';
  if (!isJsonObject(map)) return [...misfits, misfitError('override_invalid', 'it maps text to text', pointer)];
  for (const [key, value] of Object.entries(map)) {
    if (key === 'pealbell') {
      misfits.push(
        misfitError('override_refused', '`pealbell` tells the app whose message it is', `${pointer}/pealbell`),
      );
    } else if (value !== null && typeof value !== 'string') {
      misfits.push(misfitError('override_invalid', 'it maps text to text', pointer));
    }
  }
  return misfits;
}
