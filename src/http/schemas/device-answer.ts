import { z } from 'zod';
import { attributesAnswer } from './attributes-answer.js';
import { environment, platform, time } from './words.js';

const slot = { provider: z.string(), token_hash: z.string(), environment, purpose: z.string() };

/** A device as callers see it; never a push token. */
export const deviceAnswer = z.object({
  id: z.string(),
  object: z.literal('device'),
  app: z.string(),
  user: z.string().nullable(),
  platform,
  manufacturer: z.string().optional(),
  locale: z.string().optional(),
  timezone: z.string().optional(),
  app_version: z.string().optional(),
  os_version: z.string().optional(),
  model: z.string().optional(),
  notifications: z.enum(['on', 'off']).optional(),
  tags: z.array(z.string()),
  topics: z.array(z.string()),
  attributes: attributesAnswer,
  registrations: z.array(
    z.object({
      ...slot,
      bundle_id: z.string().optional(),
      region: z.string().optional(),
      registered_at: time,
      confirmed_at: time,
    }),
  ),
  retired: z
    .array(
      z.object({
        ...slot,
        reason: z.string(),
        explanation: z.string().meta({ description: 'Why, as a sentence' }),
        cure: z.string().nullable().meta({ description: 'What to do about it; null where nothing is to be mended' }),
        retired_at: time,
      }),
    )
    .meta({
      description: 'Registrations taken out of use, with the reason',
    }),
  online: z.boolean().meta({ description: 'Connected over realtime when it was asked' }),
  last_seen_at: time
    .nullable()
    .meta({ description: 'The last registration, or beginning or end of a connection; to within 10 s' }),
  created_at: time,
  updated_at: time,
});

export type DeviceAnswer = z.infer<typeof deviceAnswer>;
