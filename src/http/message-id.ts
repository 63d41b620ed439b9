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
  if (!MESSAGE_ID.test(id)) throw noMessage();
  return id;
}

export function noMessage(): Refusal {
  return new Refusal('message_not_found', 'this app has no message with this id');
}
