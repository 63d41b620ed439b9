import { z } from 'zod';
import { closed } from './closed.js';

/** A counter of events is named so. */
export const streamName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -');
const count = z.int().min(1).meta({ description: 'Its place in the stream, from 1, without holes' });
const messageId = z.string().min(1).max(64);

/** What the person did with a message. What it holds is judged one by one, and answered under `errors`. */
const event = closed({
  n: count,
  id: messageId.optional().meta({ description: 'The message; `feedback` may go without one' }),
  event: z
    .string()
    .max(64)
    .meta({ description: '`displayed`, `opened`, `dismissed`, `converted` or `feedback`', examples: ['opened'] }),
  action: z.string().max(256).optional().meta({ description: 'Of `opened`: the action that was chosen' }),
  name: z
    .string()
    .max(256)
    .optional()
    .meta({ description: 'Of `converted`: what it was', examples: ['purchase'] }),
  value: z.number().optional().meta({ description: 'Of `converted`' }),
  currency: z
    .string()
    .max(16)
    .optional()
    .meta({ description: 'Of `converted`: ISO 4217', examples: ['EUR'] }),
  data: z.record(z.string(), z.unknown()).optional().meta({ description: 'Of `feedback`: at most 4 KiB' }),
  at: z.string().max(64).meta({ description: 'When it was, RFC 3339', format: 'date-time' }),
});

const upstream = closed({
  n: count,
  topic: z.string().max(256),
  data: z.record(z.string(), z.unknown()).meta({ description: 'At most 16 KiB' }),
});

const DONE_MAX = 100;
const UPWARD_MAX = 100;

/** What a device says that got its frames by SSE or long poll. */
export const acksRequest = closed({
  session: z.string().min(1).max(100).optional().meta({ description: 'Of the welcome; needed for `got`' }),
  got: z.int().min(0).optional().meta({ description: 'All pushes up to this `seq` of the session have arrived' }),
  done: z.array(messageId).max(DONE_MAX).optional().meta({ description: 'Messages that the app has dealt with' }),
  stream: streamName
    .optional()
    .meta({ description: 'Names the counter `n`; needed for `up`, and for the events `converted` and `feedback`' }),
  events: z.array(event).max(UPWARD_MAX).optional(),
  up: z.array(upstream).max(UPWARD_MAX).optional().meta({ description: "Messages to the app's server" }),
});
export type AcksRequest = z.infer<typeof acksRequest>;

export const acksAnswer = z.object({
  ok: z.int().optional().meta({ description: 'All `event` and `up` up to this `n` are safe' }),
  errors: z
    .array(z.object({ n: z.int(), code: z.string(), detail: z.string() }))
    .meta({ description: 'Those that can never be taken; they count as safe' }),
});

/** Frames are in docs/realtime-protocol.md; kinds and fields that a client does not know it passes over. */
export const frameAnswer = z.looseObject({ t: z.string().meta({ description: 'Its kind', examples: ['push'] }) });

export const pollAnswer = z.object({
  frames: z.array(frameAnswer),
  cursor: z.string().meta({ description: 'Asking with it says `got` and `done` for every push in this answer' }),
});

export const ticketAnswer = z.object({
  ticket: z.string().meta({ description: 'For `?ticket=`' }),
  expires_at: z.string().meta({ format: 'date-time' }),
});
