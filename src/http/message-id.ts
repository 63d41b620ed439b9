import type { KeyedCall } from './operation.js';
import { Refusal } from './refusal.js';

const MESSAGE_ID = /^msg_[0-9a-hjkmnp-tv-z]{26}$/;

/**
 * What no message can be called is not asked for: it never reaches the store.
 *
 * @throws Refusal 404
 */
export function readMessageId(call: Pick<KeyedCall, 'path'>): string {
  const id = call.path.id ?? '';
  if (!isMessageId(id)) throw noMessage();
  return id;
}

/** Whether a message can be called so. */
export function isMessageId(id: string): boolean {
  return MESSAGE_ID.test(id);
}

export function noMessage(why = 'this app has no message with this id'): Refusal {
  return new Refusal('message_not_found', why);
}
