import { z } from 'zod';
import { DELIVERY_STATES } from '../../domain/delivery.js';
import { REASONS } from '../../domain/reason.js';
import { statCounts } from './stats-answer.js';
import { time } from './words.js';

const status = z.enum(['scheduled', 'queued', 'sending', 'completed', 'canceled', 'blocked']);
const messageClass = z.enum(['transactional', 'marketing']);
const state = z.enum(DELIVERY_STATES);
const reason = z.enum(REASONS);
const count = z.int().min(0);

const audience = z.object({
  state: z.enum(['resolving', 'resolved']),
  users: count.optional(),
  devices: count.optional(),
  by_platform: z.record(z.string(), count).optional(),
  no_device: z.array(z.string()).optional(),
});
const warnings = z.array(z.object({ code: z.string(), provider: z.string().optional(), detail: z.string() }));

/** What a send is answered with. */
export const acceptedAnswer = z.object({
  id: z.string(),
  object: z.literal('message'),
  app: z.string(),
  status,
  created_at: time,
  audience,
  warnings,
});

/** What became of a message. */
export const messageAnswer = z.object({
  id: z.string(),
  object: z.literal('message'),
  app: z.string(),
  class: messageClass,
  channel: z.string().optional(),
  route: z.string().optional().meta({ description: 'As the send named it' }),
  status,
  created_at: time,
  expires_at: time,
  completed_at: time.nullable(),
  recalled_at: time.optional().meta({ description: 'When it was first called back' }),
  devices: count,
  settled: count.meta({ description: 'The gateway will do nothing more for these by itself' }),
  counts: z
    .object({
      queued: count,
      sent: count,
      delivered: count,
      displayed: count,
      opened: count,
      failed: count,
      expired: count,
      suppressed: count,
      canceled: count,
      recalled: count,
    })
    .meta({ description: 'Current states; sums to devices' }),
  reached: z
    .object({ sent: count, delivered: count, displayed: count, opened: count })
    .meta({ description: 'How many came at least so far' }),
  funnel: z
    .object({
      planned: count,
      sent: count,
      delivered: count,
      displayed: count,
      opened: count,
      dismissed: count,
      converted: count,
    })
    .meta({ description: 'How many came how far, each among the one before it up to `opened`' }),
  providers: z
    .array(z.object({ provider: z.string().nullable(), ...statCounts.shape }))
    .meta({ description: 'The same, and the ends, by provider; null: ended before any road was found' }),
  reasons: z.partialRecord(reason, count),
  blocked: z.array(z.object({ provider: z.string(), reason, devices: count, since: time.optional() })),
  metadata: z.record(z.string(), z.unknown()).optional(),
  tags: z.array(z.string()).optional(),
});

/** What a recall is answered with. */
export const recalledAnswer = messageAnswer.extend({
  warnings: warnings.meta({ description: 'What could not be called back, by provider' }),
});

const attempt = z.object({
  provider: z.string(),
  at: time,
  outcome: z.enum(['accepted', 'unregistered', 'rejected', 'deferred', 'misconfigured', 'uncertain']).optional().meta({
    description:
      'A provider’s word. Absent over `realtime` where there is none: with a reason the device was not there or did not answer, without one its answer is awaited',
  }),
  reason: reason.optional(),
  detail: z.string().optional(),
  vendor_id: z.string().optional(),
  ms: count.optional(),
  vendor: z.object({ status: z.int().optional(), code: z.string().optional(), text: z.string().optional() }).optional(),
  cure: z.string().optional().meta({ description: 'What to do about it, where something is to be mended' }),
});

/** One message to one device. */
export const deliveryAnswer = z.object({
  message: z.string(),
  device: z.string().nullable().meta({ description: 'null for a bare push token' }),
  token_hash: z.string().optional().meta({ description: 'Of a bare push token' }),
  user: z.string().nullable(),
  state,
  reason: reason.nullable(),
  provider: z.string().nullable(),
  attempts: z.array(attempt),
  times: z.partialRecord(state, time),
  action: z.string().optional().meta({ description: 'What the person chose on opening it' }),
  next_attempt_at: time.optional(),
});

/** What a send is answered with that was waited for. */
export const settledAnswer = acceptedAnswer.extend({
  deliveries: z.array(deliveryAnswer).meta({ description: 'In device order; only what `track` keeps' }),
});

/** What a send would do. */
export const planAnswer = z.object({
  object: z.literal('message_plan'),
  app: z.string(),
  class: messageClass,
  audience,
  providers: z.array(
    z.object({
      provider: z.string(),
      devices: count.optional().meta({ description: 'Absent for more than 10,000 devices in all' }),
      sample_device: z.string().nullable().meta({ description: 'null for a bare push token, or for nobody' }),
      payload: z.unknown().optional().meta({
        description: 'What this provider would send, its address and ids aside; absent where it cannot be shown',
      }),
      vendor: z
        .object({ verdict: z.enum(['accepted', 'refused', 'unreachable', 'not_askable']), detail: z.string() })
        .optional()
        .meta({ description: 'With `providers=true`, of vendors that can judge a message without sending it (FCM)' }),
    }),
  ),
  steps: z.array(z.object({ via: z.string(), provider: z.string().nullable(), devices: count.optional() })).meta({
    description: 'The route: how many devices begin at each step; one whose road ends goes on at a later one',
  }),
  no_registration: count.optional().meta({ description: 'Devices that no provider reaches' }),
  warnings,
});

export type PlanAnswer = z.infer<typeof planAnswer>;
export type AcceptedAnswer = z.infer<typeof acceptedAnswer>;
export type RecalledAnswer = z.infer<typeof recalledAnswer>;
export type MessageAnswer = z.infer<typeof messageAnswer>;
export type SettledAnswer = z.infer<typeof settledAnswer>;
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;
