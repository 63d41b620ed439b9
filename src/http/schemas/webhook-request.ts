import { z } from 'zod';
import { DEFAULT_EVENTS } from '../../domain/event.js';
import {
  WEBHOOK_DEFAULTS,
  WEBHOOK_EVENTS_MAX,
  WEBHOOK_PATTERNS_MAX,
  WEBHOOK_WAIT_MS_MAX,
} from '../../domain/webhook.js';
import { closed } from './closed.js';
import * as words from './words.js';

export const webhookLevel = z.enum(['events', 'summary']);
export const webhookOrder = z.enum(['loose', 'strict']);
/** The longest that an old secret signs beside a new one. */
const OVERLAP_SECONDS_MAX = 7 * 86_400;
/** Deliveries that a replay may name. */
const NAMED_MAX = 1_000;

const description = z.string().min(1).max(256).meta({ description: 'For people' });
const shape = {
  events: z
    .array(z.string().max(64))
    .min(1)
    .max(WEBHOOK_PATTERNS_MAX)
    .meta({
      description: 'Names of events, kinds such as `delivery.*`, or `*` for everything',
      default: [...DEFAULT_EVENTS],
    })
    .optional(),
  level: webhookLevel
    .meta({
      description: '`summary`: of deliveries how many of each kind, message by message, in place of each single one',
      default: WEBHOOK_DEFAULTS.level,
    })
    .optional(),
  order: webhookOrder
    .meta({
      description: '`strict`: one call at a time, in order; one that fails holds up all after it',
      default: WEBHOOK_DEFAULTS.order,
    })
    .optional(),
  max_events: z
    .int()
    .min(1)
    .max(WEBHOOK_EVENTS_MAX)
    .meta({ description: 'Events in one call', default: WEBHOOK_DEFAULTS.maxEvents })
    .optional(),
  max_wait: words
    .duration(WEBHOOK_WAIT_MS_MAX / 1_000, '60s')
    .meta({ description: 'How long a call waits for more events', default: `${WEBHOOK_DEFAULTS.maxWaitMs / 1_000}s` })
    .optional(),
};
/** What may stand in it is for `domain/webhook-url.ts` to say. */
const url = z.string().meta({
  format: 'uri',
  description: 'https; a private address only where `egress.allow` of the gateway lists it',
  examples: ['https://crm.example.com/pealbell'],
});

export const webhookRequest = closed({ url, description: description.optional(), ...shape });

/** What is absent stays. */
export const webhookChange = closed({
  url: url.optional(),
  description: description.nullable().meta({ description: '`null` removes it' }).optional(),
  ...shape,
});

export const rotateRequest = closed({
  overlap: words
    .duration(OVERLAP_SECONDS_MAX, '7d')
    .meta({ description: 'How long what signed before signs as well; `0s`: it ends now', default: '24h' })
    .optional(),
});

const call = z.string().max(64);
/** Either some, by their ids, or those of a time. */
export const replayRequest = closed({
  deliveries: z.array(call).min(1).max(NAMED_MAX).optional(),
  since: words.givenTime.meta({ description: 'Calls made from then on' }).optional(),
  until: words.givenTime.meta({ description: 'Calls made before then; now when absent' }).optional(),
  state: z
    .enum(['parked', 'skipped', 'delivered', 'any'])
    .meta({
      description: 'Only calls in this state; `any` but waiting ones, which come by themselves',
      default: 'parked',
    })
    .optional(),
  cursor: z.string().max(200).meta({ description: '`next_cursor` of the replay before' }).optional(),
}).superRefine(({ deliveries, since, until, state, cursor }, context) => {
  const ofTime = [until, state, cursor].some((field) => field !== undefined);
  const message =
    deliveries === undefined && since === undefined
      ? 'say which: deliveries with their ids, or since with a time'
      : deliveries !== undefined && (since !== undefined || ofTime)
        ? 'deliveries stand alone: leave since, until, state and cursor out'
        : undefined;
  if (message !== undefined) context.addIssue({ code: 'custom', message, params: { code: 'exactly_one' } });
  if (since !== undefined && until !== undefined && Date.parse(until) <= Date.parse(since)) {
    context.addIssue({
      code: 'custom',
      path: ['until'],
      message: 'must be later than since',
      params: { code: 'too_small' },
    });
  }
});

export type WebhookRequest = z.infer<typeof webhookRequest>;
export type WebhookChange = z.infer<typeof webhookChange>;
