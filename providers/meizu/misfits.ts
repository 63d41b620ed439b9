import type { Message, Misfit } from '../contract.js';
import { misfitError, misfitWarning } from '../shared/message-parts.js';
import type { OverrideRules } from '../shared/override-rules.js';

export const TTL_HOURS_MAX = 72;
export const TTL_SECONDS_MAX = TTL_HOURS_MAX * 3_600;
/** Of an error that holds for this vendor's devices alone: before accept it is told, and refuses nothing. */
export const NOTHING_TO_SHOW = 'notification_unmapped';

/** What Meizu has no field for, or a narrower one. */
export function contentMisfits({ notification, data, channel, ttlSeconds, isPriorityOwn }: Message): Misfit[] {
  const misfits: Misfit[] = [];
  const warn = (code: string, detail: string, pointer: string) => misfits.push(misfitWarning(code, detail, pointer));
  if (data !== undefined && Object.hasOwn(data, 'pealbell')) {
    const detail = 'Pealbell keeps this name for itself: name the data key otherwise';
    misfits.push(misfitError('data_key_reserved', detail, '/data/pealbell'));
  }
  if (ttlSeconds > TTL_SECONDS_MAX) warn('ttl_shortened', 'Meizu keeps a message for 72 hours at most', '/ttl');
  if (ttlSeconds > 0 && ttlSeconds < 3_600) warn('ttl_raised', 'Meizu keeps a message for an hour at least', '/ttl');
  if (isPriorityOwn === true) warn('priority_unmapped', 'Meizu has no priority', '/priority');
  if (notification === undefined || !hasText(notification)) {
    const isEmpty = notification !== undefined && notification.badge === undefined && notification.sound === undefined;
    const detail = 'Meizu takes notifications with a text only: its devices do not get this message';
    misfits.push(
      isEmpty
        ? misfitError('notification_empty', 'a visible message needs a title or a body', '/notification')
        : misfitError(NOTHING_TO_SHOW, detail, '/notification'),
    );
    return misfits;
  }
  const { title, body, badge, click, image, thread } = notification;
  if (!title) warn('title_missing', 'Meizu wants a title: it gets the body as one', '/notification/title');
  if (!body) warn('body_missing', 'Meizu wants a body: it gets the title as one', '/notification/body');
  if (badge !== undefined) warn('badge_unmapped', 'Meizu sets no badges', '/notification/badge');
  if (notification.sound !== undefined || channel?.sound !== undefined) {
    warn('sound_unmapped', 'Meizu plays the sound of the device', '/notification/sound');
  }
  if (image !== undefined) {
    warn('image_unmapped', 'the app finds it in `pealbell`; Meizu shows none of others’ hosts', '/notification/image');
  }
  if (notification.actions?.length) warn('actions_unmapped', 'Meizu has no buttons', '/notification/actions');
  if (thread !== undefined) warn('thread_unmapped', 'Meizu groups nothing', '/notification/thread');
  if (click?.deepLink !== undefined && !isUri(click.deepLink)) {
    const detail = 'a deep link is scheme://… without blanks here; the app finds it in `pealbell`';
    warn('click_unmapped', detail, '/notification/click/deep_link');
  }
  return misfits;
}

/** An empty text, as a template may make it, is none: Meizu refuses it. */
export function hasText({ title, body }: NonNullable<Message['notification']>): boolean {
  return Boolean(title) || Boolean(body);
}

export function isUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/\S*$/.test(text);
}

const REFUSED: OverrideRules['refused'] = [
  { path: ['pushTimeInfo', 'offLine'], detail: 'use `ttl`: the house counts it over all attempts' },
  { path: ['pushTimeInfo', 'validTime'], detail: 'use `ttl`: the house counts it over all attempts' },
  { path: ['advanceInfo', 'notifyKey'], detail: 'use `collapse_key`: copies are known by it' },
  { path: ['clickTypeInfo', 'parameters'], detail: 'use `data` of the message' },
  { path: ['extra', 'callback'], detail: 'receipts go to the gateway' },
  { path: ['extra', 'callback.param'], detail: 'receipts are known by it' },
];
const OURS = ['noticeBarInfo', 'clickTypeInfo', 'pushTimeInfo', 'advanceInfo', 'extra'];
const OTHERS = ['noticeExpandInfo', 'vipInfo'];

export const OVERRIDE_RULES: OverrideRules = {
  name: 'meizu',
  refused: REFUSED,
  objects: [
    ...OURS.map((group) => ({ path: [group], isOurs: true })),
    ...OTHERS.map((group) => ({ path: [group], isOurs: false })),
  ],
};
