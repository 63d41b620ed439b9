/** What an app's channel says to Huawei: a category, such as `huawei: EXPRESS`, or an object with more. */
import { z } from 'zod';
import type { Message } from '../contract.js';

export const MARKETING = 'MARKETING';

/** Those of service and communication: each needs a right that Huawei grants to the app. */
export const SERVICE_CATEGORIES = [
  ...(['IM', 'VOIP', 'MISS_CALL', 'SUBSCRIPTION', 'TRAVEL', 'HEALTH', 'WORK', 'ACCOUNT', 'EXPRESS'] as const),
  ...(['FINANCE', 'DEVICE_REMINDER', 'MAIL', 'PLAY_VOICE'] as const),
] as const;
export type ServiceCategory = (typeof SERVICE_CATEGORIES)[number];

const category = z.enum([...SERVICE_CATEGORIES, MARKETING]);
const name = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description, examples: [example] });

const fields = z.strictObject({
  category: category.optional().meta({ description: 'The category of transactional messages, one that is granted.' }),
  channel_id: name('The notification channel that the Android app made.', 'orders'),
  importance: z
    .enum(['LOW', 'NORMAL', 'HIGH'])
    .optional()
    .meta({ description: 'How prominent it is on Android; of the message’s priority when absent.' }),
  sound: name('Goes before the sound of the channel; a file of the app, or default.', '/raw/chime'),
  icon: name('A resource of the Android app.', '/raw/ic_order'),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'is a colour such as #1a73e8')
    .optional()
    .meta({ description: 'Of the icon on Android.', examples: ['#1a73e8'] }),
  collapse_group: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .meta({
      description: 'Of messages with a collapse key that wait for a device, the newest of a group is kept; 0: of all.',
      examples: [1],
    }),
});

export const huaweiChannel = z.union([category, fields]).meta({
  description: 'A category, or an object with category, channel_id, importance, sound, icon, color and collapse_group.',
  examples: ['EXPRESS'],
});

export type HuaweiChannel = z.infer<typeof fields>;

/** The entry of the message's channel; empty where it has none. */
export function channelOf({ channel }: Message): HuaweiChannel {
  const settings = (channel?.settings ?? {}) as z.infer<typeof huaweiChannel>; // passed it when the configuration was read
  return typeof settings === 'string' ? { category: settings } : settings;
}

/** The message's own, else the channel's. */
export function soundOf(message: Message): string | undefined {
  return message.notification?.sound ?? channelOf(message).sound ?? message.channel?.sound;
}
