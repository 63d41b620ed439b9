import type { Message, Misfit } from '../contract.js';
import { misfitError, misfitWarning } from '../shared/message-parts.js';
import type { OverrideRules } from '../shared/override-rules.js';

export const TTL_SECONDS_MAX = 1_296_000;
export const BADGE_MAX = 99;

/** What Honor has no field for, or a narrower one. Told where it is not the importance, which `channel.ts` tells. */
export function contentMisfits(message: Message, settings: { readonly badge_class?: string | undefined }): Misfit[] {
  const { notification, data, ttlSeconds, isPriorityOwn, collapseKey } = message;
  const misfits: Misfit[] = [];
  const warn = (code: string, detail: string, pointer: string) => misfits.push(misfitWarning(code, detail, pointer));
  if (data !== undefined && Object.hasOwn(data, 'pealbell')) {
    const detail = 'Pealbell keeps this name for itself: name the data key otherwise';
    misfits.push(misfitError('data_key_reserved', detail, '/data/pealbell'));
  }
  if (ttlSeconds > TTL_SECONDS_MAX) warn('ttl_shortened', 'Honor keeps a message for 15 days at most', '/ttl');
  if (isPriorityOwn === true) warn('priority_unmapped', 'Honor has no priority', '/priority');
  if (notification === undefined || !hasText(notification)) {
    if (collapseKey !== undefined) warn('collapse_key_unmapped', 'Honor replaces notifications only', '/collapse_key');
  }
  if (notification === undefined) return misfits;
  const { title, body, badge, click } = notification;
  if (!hasText(notification)) {
    const isEmpty = badge === undefined && notification.sound === undefined;
    misfits.push(
      isEmpty
        ? misfitError('notification_empty', 'a visible message needs a title or a body', '/notification')
        : misfitWarning('notification_unmapped', 'without a title or a body Honor shows nothing', '/notification'),
    );
    return misfits;
  }
  if (!title) warn('title_missing', 'Honor wants a title: it gets the body as one', '/notification/title');
  if (!body) warn('body_missing', 'Honor wants a body: it gets the title as one', '/notification/body');
  if (badge !== undefined && !(Number.isInteger(badge) && badge >= 0)) {
    misfits.push(misfitError('badge_invalid', 'the badge is a whole number, 0 or more', '/notification/badge'));
  } else if (badge !== undefined && settings.badge_class === undefined) {
    warn('badge_unmapped', 'Honor sets badges where badge_class stands in the app’s file', '/notification/badge');
  } else if (badge !== undefined && badge > BADGE_MAX) {
    warn('badge_capped', `Honor shows ${BADGE_MAX} at most`, '/notification/badge');
  }
  if (notification.sound !== undefined || message.channel?.sound !== undefined) {
    warn('sound_unmapped', 'Honor plays the sound of the device', '/notification/sound');
  }
  if (notification.actions?.length) {
    warn('actions_unmapped', 'buttons are set with overrides.honor.android.notification', '/notification/actions');
  }
  if (click?.deepLink !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*:\/\/\S*$/.test(click.deepLink)) {
    const detail = 'a deep link is scheme://… without blanks here; the app finds it in `pealbell`';
    warn('click_unmapped', detail, '/notification/click/deep_link');
  }
  if (click?.url !== undefined && !click.url.startsWith('https://') && click.deepLink === undefined) {
    warn('click_unmapped', 'Honor opens https links only; the app finds it in `pealbell`', '/notification/click/url');
  }
  return misfits;
}

/** An empty text, as a template may make it, is none: Honor refuses it. */
export function hasText({ title, body }: NonNullable<Message['notification']>): boolean {
  return Boolean(title) || Boolean(body);
}

const REFUSED: OverrideRules['refused'] = [
  { path: ['token'], detail: 'the address comes from the registration' },
  { path: ['data'], detail: 'use `data` of the message' },
  { path: ['android', 'data'], detail: 'use `data` of the message' },
  { path: ['android', 'biTag'], detail: 'receipts are known by it' },
  { path: ['android', 'ttl'], detail: 'use `ttl`: the house counts it over all attempts' },
  { path: ['android', 'notification', 'notifyId'], detail: 'use `collapse_key`: copies are known by it' },
];
const OBJECTS: OverrideRules['objects'] = [
  { path: ['notification'], isOurs: true },
  { path: ['android'], isOurs: true },
  { path: ['android', 'notification'], isOurs: false },
  { path: ['android', 'notification', 'clickAction'], isOurs: false },
];

export const OVERRIDE_RULES: OverrideRules = { name: 'honor', refused: REFUSED, objects: OBJECTS };
