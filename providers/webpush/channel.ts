/** What an app's channel says to Web Push: RFC 8030 §5.3, and options of the browsers' `showNotification`. */
import { z } from 'zod';
import type { JsonObject, Message } from '../contract.js';

export const webpushChannel = z.strictObject({
  urgency: z
    .enum(['very-low', 'low', 'normal', 'high'])
    .optional()
    .meta({ description: 'Unless the message names a priority; a device low on battery fetches only what is urgent.' }),
  icon: z
    .url({ protocol: /^https$/, error: 'is an https URL' })
    .optional()
    .meta({ description: 'Shown beside the text.', examples: ['https://shop.example/icon.png'] }),
  require_interaction: z.boolean().optional().meta({ description: 'It stays until somebody acts on it.' }),
  silent: z.boolean().optional().meta({ description: 'No sound and no vibration.' }),
});

export type WebPushChannel = z.infer<typeof webpushChannel>;

/** The entry of the message's channel; empty where it has none. */
export function channelOf({ channel }: Message): WebPushChannel {
  return (channel?.settings ?? {}) as WebPushChannel; // passed `webpushChannel` when the configuration was read
}

/** Members of the notification that a service worker hands to `showNotification`. */
export function channelMembers(message: Message): JsonObject {
  const { icon, require_interaction: requireInteraction, silent } = channelOf(message);
  return {
    ...(icon === undefined ? {} : { icon }),
    ...(requireInteraction === undefined ? {} : { requireInteraction }),
    ...(silent === undefined ? {} : { silent }),
  };
}
