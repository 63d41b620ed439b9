/** What an app's channel says to Honor: how the message counts there. */
import { z } from 'zod';
import type { Message, Misfit } from '../contract.js';
import { misfitError, misfitWarning } from '../shared/message-parts.js';

/** `LOW`: news and marketing. `NORMAL`: service and communication, which Honor grants to an app. */
export type Importance = 'LOW' | 'NORMAL';

export const honorChannel = z.enum(['NORMAL', 'LOW']).meta({
  description: 'NORMAL is service and communication, LOW is news and marketing.',
  examples: ['NORMAL'],
});

/** The class is never raised by guessing: a message that calls itself nothing, or marketing, goes as marketing. */
export function importanceOf(
  message: Message,
  hasServiceClass: boolean,
): { readonly importance: Importance; readonly misfits: readonly Misfit[] } {
  const { settings } = message.channel ?? {};
  const asked = settings as Importance | undefined; // passed `honorChannel` when the configuration was read
  if (message.class !== 'transactional') {
    const detail = 'a marketing message goes as LOW whatever the channel says: send it with class transactional';
    const misfits = asked === 'NORMAL' ? [misfitWarning('channel_unmapped', detail, '/channel')] : [];
    return { importance: 'LOW', misfits };
  }
  if (asked === 'LOW') return { importance: 'LOW', misfits: [] };
  if (hasServiceClass) return { importance: 'NORMAL', misfits: [] };
  if (asked === 'NORMAL') {
    const detail =
      'the channel asks for NORMAL, which the app’s file does not have: set service_class: true once Honor has granted it';
    return { importance: 'LOW', misfits: [misfitError('category_not_granted', detail, '/channel')] };
  }
  const detail = 'without service_class in the app’s file it counts as marketing at Honor';
  return { importance: 'LOW', misfits: [misfitWarning('class_lowered', detail, '/class')] };
}
