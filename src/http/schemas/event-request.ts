import { z } from 'zod';
import { closed, NOT_HONOURED } from './closed.js';
import { problemAnswer } from './common-answers.js';
import * as words from './words.js';

/** Events of one call. */
export const EVENTS_MAX = 1_000;
/** What a caller may tell; `delivered` comes from the realtime road itself. */
const TOLD: readonly string[] = ['displayed', 'opened'];
const LATER: readonly string[] = ['delivered', 'dismissed', 'converted', 'feedback'];

const event = z
  .string()
  .refine((name) => !LATER.includes(name), {
    error: ({ input }) => `'${input}' is ${NOT_HONOURED}; tell 'displayed' and 'opened'`,
    params: { code: 'not_in_this_version' },
    abort: true,
  })
  .refine((name) => TOLD.includes(name), {
    error: "must be 'displayed' or 'opened'",
    params: { code: 'invalid_value' },
  })
  .meta({ enum: TOLD });

const shape = {
  id: z.string().min(1).max(128).meta({ description: 'Yours; stands at its result' }).optional(),
  message: z.string().max(64),
  event,
  action: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be the id of an action: 1 to 64 of the characters A-Z a-z 0-9 . _ -')
    .meta({ description: 'Of `opened`: the action that the person chose' })
    .optional(),
  at: words.givenTime.meta({ description: 'Now when absent; not older than 30 days' }).optional(),
};

/** What a server tells of one of its devices. */
export const eventItem = closed({ ...shape, device: words.deviceId }, ['name', 'value']);
/** What a device tells of itself; it may name itself, and nobody else. */
export const ownEventItem = closed({ ...shape, device: words.deviceId.optional() }, ['name', 'value']);

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
