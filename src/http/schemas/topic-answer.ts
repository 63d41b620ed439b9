import { z } from 'zod';
import { time } from './words.js';

export const subscriberAnswer = z.object({
  device: z.string(),
  user: z.string().nullable().meta({ description: 'Whose the device is now' }),
  subscribed_at: time,
});

export const subscribedAnswer = z.object({
  topic: z.string(),
  added: z.int().min(0).meta({ description: 'Devices that were not subscribed before' }),
  unknown: z
    .object({ devices: z.array(z.string()), users: z.array(z.string()) })
    .meta({ description: 'Devices that do not exist, and users nothing is known of' }),
});

export const unsubscribedAnswer = z.object({ topic: z.string(), removed: z.int().min(0) });
