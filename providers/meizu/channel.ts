/** What an app's channel says to Meizu: how the message counts there. */
import { z } from 'zod';
import type { Message, Misfit } from '../contract.js';
import { misfitError, misfitWarning } from '../shared/message-parts.js';

export const meizuChannel = z.enum(['private', 'public']).meta({
  description: 'private is a message of the person’s own (私信), public is said to many (公信).',
  examples: ['private'],
});

/** `noticeMsgType`. */
export const PUBLIC = 0;
export const PRIVATE = 1;
export type MessageType = typeof PUBLIC | typeof PRIVATE;

/** The class is never raised by guessing: a message that calls itself nothing, or marketing, goes as public. */
export function messageTypeOf(
  message: Message,
  hasServiceClass: boolean,
): { readonly type: MessageType; readonly misfits: readonly Misfit[] } {
  // Passed `meizuChannel` when the configuration was read.
  const asked = message.channel?.settings as z.output<typeof meizuChannel> | undefined;
  if (message.class !== 'transactional') {
    const detail = 'a marketing message goes as public whatever the channel says: send it with class transactional';
    const misfits = asked === 'private' ? [misfitWarning('channel_unmapped', detail, '/channel')] : [];
    return { type: PUBLIC, misfits };
  }
  if (asked === 'public') return { type: PUBLIC, misfits: [] };
  if (hasServiceClass) return { type: PRIVATE, misfits: [] };
  if (asked === 'private') {
    const detail =
      'the channel asks for private, which the app’s file does not have: set service_class: true once Meizu has granted it';
    return { type: PUBLIC, misfits: [misfitError('category_not_granted', detail, '/channel')] };
  }
  const detail = 'without service_class in the app’s file it counts as marketing at Meizu';
  return { type: PUBLIC, misfits: [misfitWarning('class_lowered', detail, '/class')] };
}
