/** What an app's channel says to FCM. FCM v1 reference, "AndroidNotification"; Apple's keys for devices reached over FCM. */
import { z } from 'zod';
import type { JsonObject, Message } from '../contract.js';

export const fcmChannel = z.strictObject({
  channel_id: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'The notification channel that the Android app made.', examples: ['orders'] }),
  sound: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({
      description: 'Goes before the sound of the channel; from Android 8 on that of channel_id counts.',
      examples: ['chime'],
    }),
  icon: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'A drawable resource of the Android app.', examples: ['ic_order'] }),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'is a colour such as #1a73e8')
    .optional()
    .meta({ description: 'Of the icon on Android.', examples: ['#1a73e8'] }),
  visibility: z
    .enum(['PRIVATE', 'PUBLIC', 'SECRET'])
    .optional()
    .meta({ description: 'What a locked Android screen shows.' }),
  notification_priority: z
    .enum(['PRIORITY_MIN', 'PRIORITY_LOW', 'PRIORITY_DEFAULT', 'PRIORITY_HIGH', 'PRIORITY_MAX'])
    .optional()
    .meta({ description: 'How prominent it is before Android 8.' }),
  interruption_level: z
    .enum(['passive', 'active', 'time-sensitive', 'critical'])
    .optional()
    .meta({ description: 'As for APNs, on Apple’s devices that are reached over FCM.' }),
  category: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'As for APNs, on Apple’s devices that are reached over FCM.', examples: ['ORDER'] }),
});

export type FcmChannel = z.infer<typeof fcmChannel>;

/** The entry of the message's channel; empty where it has none. */
export function channelOf({ channel }: Message): FcmChannel {
  return (channel?.settings ?? {}) as FcmChannel; // passed `fcmChannel` when the configuration was read
}

/** The message's own, else the channel's. */
export function soundOf(message: Message): string | undefined {
  return message.notification?.sound ?? channelOf(message).sound ?? message.channel?.sound;
}

export function androidChannel(message: Message): JsonObject {
  const { channel_id, icon, color, visibility, notification_priority } = channelOf(message);
  return {
    ...(channel_id === undefined ? {} : { channel_id }),
    ...(icon === undefined ? {} : { icon }),
    ...(color === undefined ? {} : { color }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(notification_priority === undefined ? {} : { notification_priority }),
  };
}

export function apsChannel(message: Message): JsonObject {
  const { interruption_level, category } = channelOf(message);
  return {
    ...(interruption_level === undefined ? {} : { 'interruption-level': interruption_level }),
    ...(category === undefined ? {} : { category }),
  };
}
