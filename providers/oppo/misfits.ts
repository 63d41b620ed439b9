/** What OPPO cannot take, or has no place for. */
import type { JsonObject, Message, Misfit } from '../contract.js';
import { isJsonObject } from '../shared/merge-patch.js';
import { misfitError as error, SILENT_REFUSED, misfitWarning as warning } from '../shared/message-parts.js';

/** OPPO keeps a message for ten days at most. */
export const TTL_SECONDS_MAX = 864_000;

export function contentMisfits(message: Message): Misfit[] {
  const { notification, data, ttlSeconds } = message;
  const misfits: Misfit[] = [];
  if (notification === undefined) {
    const detail =
      'OPPO shows every message, so its devices get no silent one: give it a title or a body, or use another road';
    return [error(SILENT_REFUSED, detail, '/notification')];
  }
  if ((notification.title ?? '') === '' && (notification.body ?? '') === '') {
    misfits.push(error('notification_empty', 'a visible message needs a title or a body', '/notification'));
  }
  if (data !== undefined && Object.hasOwn(data, 'pealbell')) {
    const detail = '`pealbell` carries what keeps a message from being shown twice: name the data key otherwise';
    misfits.push(error('data_key_reserved', detail, '/data/pealbell'));
  }
  if (ttlSeconds > TTL_SECONDS_MAX) {
    misfits.push(warning('ttl_shortened', 'OPPO keeps a message for 10 days at most', '/ttl'));
  }
  const unmapped = (key: string, detail: string) =>
    misfits.push(warning(`${key}_unmapped`, detail, `/notification/${key}`));
  if (notification.image !== undefined)
    unmapped('image', 'OPPO shows uploaded pictures only; the app finds it in `pealbell`');
  if (notification.media?.length)
    unmapped('media', 'OPPO shows uploaded pictures only; the app finds them in `pealbell`');
  if (notification.sound !== undefined) unmapped('sound', 'at OPPO the notification channel of the app says the sound');
  if (notification.badge !== undefined) unmapped('badge', 'OPPO has no field for a number on the icon');
  if (notification.actions?.length) unmapped('actions', 'OPPO shows no buttons');
  if (notification.thread !== undefined) unmapped('thread', 'OPPO does not group notifications');
  return misfits;
}

/** Fields of the notification that are not the caller's to set, and what to do instead. */
const REFUSED: Readonly<Record<string, string>> = {
  app_message_id: 'it keeps a message from being shown twice',
  notify_id: 'use `collapse_key`: it becomes the notify_id',
  off_line: 'use `ttl`: the house counts it over all attempts',
  off_line_ttl: 'use `ttl`: the house counts it over all attempts',
  call_back_url: 'receipts come to the address that the gateway names',
  call_back_parameter: 'receipts are matched by it',
  target_type: 'the address comes from the registration',
  target_value: 'the address comes from the registration',
  verify_registration_id: 'set it in the app’s file',
};

const OBJECTS = ['action_parameters', 'private_title_parameters', 'private_content_parameters'];

export function overrideMisfits(override: JsonObject): Misfit[] {
  const misfits: Misfit[] = [];
  for (const [key, value] of Object.entries(override)) {
    const pointer = `/overrides/oppo/${escapePointer(key)}`;
    const why = Object.hasOwn(REFUSED, key) ? REFUSED[key] : undefined;
    if (why !== undefined) misfits.push(error('override_refused', why, pointer));
    else if (OBJECTS.includes(key)) {
      if (value !== null && !isJsonObject(value)) {
        misfits.push(error('override_invalid', `${key} is an object`, pointer));
      } else if (isJsonObject(value) && Object.hasOwn(value, 'pealbell')) {
        const detail = '`pealbell` carries what keeps a message from being shown twice';
        misfits.push(error('override_refused', detail, `${pointer}/pealbell`));
      }
    } else if (typeof value === 'object' && value !== null) {
      misfits.push(error('override_invalid', `${key} is text, a number or a yes or no`, pointer));
    }
  }
  return misfits;
}

function escapePointer(key: string): string {
  return key.replace(/~/g, '~0').replace(/\//g, '~1');
}
