import { z } from 'zod';
import { attributesAnswer } from './attributes-answer.js';
import { time } from './words.js';

/** A user as callers see it. */
export const userAnswer = z.object({
  id: z.string(),
  object: z.literal('user'),
  app: z.string(),
  attributes: attributesAnswer,
  tags: z.array(z.string()),
  locale: z.string().nullable(),
  timezone: z.string().nullable(),
  consent: z.object({ marketing: z.boolean(), at: time, source: z.string().optional() }).nullable(),
  devices: z.int().min(0).meta({ description: 'How many devices are theirs' }),
  created_at: time.nullable().meta({ description: 'null for a user who is known by devices only' }),
  updated_at: time.nullable(),
});

/** What was removed with a user. */
export const erasedAnswer = z.object({
  id: z.string(),
  devices: z.int().min(0),
  deliveries: z.int().min(0).meta({ description: 'Recorded ones; what was pending is only counted by its message' }),
});

export type UserAnswer = z.infer<typeof userAnswer>;
