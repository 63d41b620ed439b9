import { z } from 'zod';
import { webhookLevel, webhookOrder } from './webhook-request.js';
import { time } from './words.js';

export const CALL_STATES = ['waiting', 'delivered', 'parked', 'skipped'] as const;
const count = z.int().min(0);
const headers = z.record(z.string(), z.string());

const endpoint = {
  id: z.string(),
  object: z.literal('webhook_endpoint'),
  app: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()),
  level: webhookLevel,
  order: webhookOrder,
  max_events: z.int(),
  max_wait: z.string().meta({ examples: ['1s'] }),
  source: z
    .enum(['api', 'file'])
    .meta({ description: "`file`: it stands in the app's file, and is changed there alone" }),
  name: z.string().nullable().meta({ description: "Its name in the app's file" }),
  state: z.enum(['active', 'paused', 'disabled']).meta({
    description:
      '`paused`: by you. `disabled`: the receiver answered 410, or failed for days. What happens meanwhile waits; `resume` goes on from there',
  }),
  state_reason: z.string().nullable().meta({ description: 'A sentence, of a state that nobody chose' }),
  failing_since: time.nullable(),
  held_until: time.nullable().meta({ description: 'Nothing is sent before: the receiver fails, or asked for time' }),
  last_success_at: time.nullable(),
  endpoint_seq: count.meta({ description: 'Number of its newest call' }),
  lost: z
    .object({ events: count, at: time })
    .nullable()
    .meta({ description: 'Events that waited longer than events are kept, how many and when last' }),
  created_at: time,
  updated_at: time,
};

export const webhookAnswer = z.object(endpoint);

const secret = z.string().meta({ description: 'Shown now and never again', examples: ['whsec_…'] });
/** What makes an endpoint, and nothing else, shows its secret. */
export const createdWebhookAnswer = z.object({ ...endpoint, secret });
export const rotatedAnswer = z.object({
  ...endpoint,
  secret,
  overlap_until: time.meta({ description: 'Until then what signed before signs as well' }),
});

const delivery = {
  id: z.string().meta({ description: 'The header `webhook-id`: the same in every attempt' }),
  object: z.literal('webhook_delivery'),
  endpoint: z.string(),
  endpoint_seq: z.int(),
  state: z.enum(CALL_STATES).meta({
    description:
      '`parked`: tried as often as it is tried, and can be replayed. `skipped`: the receiver asked for it not to come again',
  }),
  test: z.boolean(),
  event_count: count,
  attempt_count: count,
  created_at: time,
  next_attempt_at: time.nullable().meta({ description: 'Of one that waits' }),
  settled_at: time.nullable(),
  replay_of: z.string().nullable(),
};

/** One call to an endpoint. */
export const webhookDeliveryAnswer = z.object(delivery);

const attempt = z.object({
  n: z.int().min(1),
  at: time,
  ms: count,
  request_headers: headers.meta({ description: 'As they were sent, without the signature' }),
  status: z.int().nullable().meta({ description: '`null` where no answer came' }),
  response_headers: headers,
  response_body: z.string().nullable().meta({ description: 'Its beginning, at most 4 kB' }),
  error: z.string().nullable().meta({ description: 'A sentence, where it failed' }),
});

/** The same with everything that was said. */
export const webhookDeliveryDetail = z.object({
  ...delivery,
  url: z.string().meta({ description: 'Where the endpoint is now' }),
  request_body: z
    .string()
    .nullable()
    .meta({ description: 'The same bytes in every attempt; `null` once its events are kept no longer' }),
  attempts: z.array(attempt).meta({ description: 'Oldest first' }),
});

export const replayAnswer = z.object({
  replayed: count.meta({ description: 'Calls that are made anew, as new deliveries at the end' }),
  passed_over: count.meta({ description: 'Named ones that wait still, or are none of this endpoint' }),
  gone: count.meta({ description: 'Calls whose events are kept no longer' }),
  has_more: z.boolean(),
  next_cursor: z.string().nullable().meta({ description: 'Where there are more: the same call with this as `cursor`' }),
});
