import { z } from 'zod';
import { CONVERSION_VALUE_MAX, CURRENCY, REACTION_NAME } from '../../domain/reaction.js';
import { closed } from './closed.js';
import { problemAnswer } from './common-answers.js';
import * as words from './words.js';

/** Events of one call. */
export const EVENTS_MAX = 1_000;
export const EVENT_WORDS = ['delivered', 'displayed', 'opened', 'dismissed', 'converted', 'feedback'] as const;

const NAME_FAULT = '1 to 64 of the characters A-Z a-z 0-9 . _ -';

const shape = {
  id: z
    .string()
    .min(1)
    .max(128)
    .meta({
      description:
        'Yours; stands at its result. An event under an id that you told within 30 days is `known`, whatever it says. Required for `converted` and `feedback`, which may happen more than once',
    })
    .optional(),
  message: z.string().max(64).meta({ description: 'Required, but for `feedback`' }).optional(),
  event: z.enum(EVENT_WORDS, "must be 'delivered', 'displayed', 'opened', 'dismissed', 'converted' or 'feedback'"),
  action: z
    .string()
    .regex(REACTION_NAME, `must be the id of an action: ${NAME_FAULT}`)
    .meta({ description: 'Of `opened`: the action that the person chose' })
    .optional(),
  name: z
    .string()
    .regex(REACTION_NAME, `must be ${NAME_FAULT}`)
    .meta({ description: 'Of `converted`, required: what it was', examples: ['purchase'] })
    .optional(),
  value: z
    .number()
    .min(-CONVERSION_VALUE_MAX)
    .max(CONVERSION_VALUE_MAX)
    .meta({ description: 'Of `converted`: what it was worth' })
    .optional(),
  currency: z
    .string()
    .regex(CURRENCY, 'must be three capital letters (ISO 4217), such as EUR')
    .meta({ description: 'Of `value`: ISO 4217' })
    .optional(),
  data: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Of `feedback`, required: what the person said; at most 4 KiB and 8 levels' })
    .optional(),
  at: words.givenTime.meta({ description: 'Now when absent; not older than 30 days' }).optional(),
};

/** What a server tells of one of its devices. */
export const eventItem = closed({ ...shape, device: words.deviceId });
/** What a device tells of itself; it may name itself, and nobody else. */
export const ownEventItem = closed({ ...shape, device: words.deviceId.optional() });

/** The body as it is published. */
export const eventsBody = closed({
  events: z
    .array(ownEventItem.meta({ description: '`device` is required with a server key' }))
    .min(1)
    .max(EVENTS_MAX),
});
/** What is asked of the call as a whole. */
export const eventsRequest = closed({ events: z.array(z.unknown()).min(1).max(EVENTS_MAX) });

const eventResult = z.object({
  id: z.string().optional(),
  status: z.int().meta({ description: '200, 404 or 422' }),
  result: z
    .enum(['recorded', 'known'])
    .optional()
    .meta({ description: '`known`: an earlier event said so; nothing is changed' }),
  problem: problemAnswer.optional().meta({ description: 'Its pointers begin at this event' }),
});

/** One result per event, in order. */
export const eventsAnswer = z.object({ results: z.array(eventResult) });

export type EventItem = z.infer<typeof ownEventItem>;
export type EventResult = z.infer<typeof eventResult>;
