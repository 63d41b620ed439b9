import { z } from 'zod';
import { REASONS } from '../../domain/reason.js';
import { time } from './words.js';

/** How an app's account at a provider fares. */
export const providerAnswer = z.object({
  name: z.string().meta({ description: "Its name in the app's file" }),
  kind: z.string(),
  state: z.enum(['ok', 'untried', 'paused', 'blocked']).meta({
    description:
      '`blocked`: the vendor refuses the credentials; `paused`: it asked for time or does not answer; `untried`: it never took a message of this app',
  }),
  reason: z.enum(REASONS).nullable().meta({ description: 'Why it is paused or blocked' }),
  since: time.nullable(),
  until: time.nullable().meta({ description: 'When one message is tried again' }),
  parked: z
    .array(
      z.object({ class: z.enum(['transactional', 'marketing']), reason: z.enum(REASONS), since: time, until: time }),
    )
    .meta({ description: 'Classes of messages that the vendor takes none of until then; the others go on' }),
  quotas: z
    .array(
      z.object({
        class: z.enum(['transactional', 'marketing']),
        per: z.enum(['device', 'account']),
        max: z.int().nullable().meta({ description: 'In a day of the vendor; null: only the vendor knows' }),
        used: z.int().nullable().meta({ description: 'What the vendor took since its day began; null per device' }),
        left: z.int().nullable().meta({ description: 'null per device, of which each has its own' }),
        resets_at: time,
        parked_until: time.nullable().meta({ description: 'Until then nothing of the class is sent' }),
      }),
    )
    .meta({ description: 'What the vendor lets through in a day, as far as it is known' }),
  last_accepted_at: time.nullable().meta({ description: 'Up to ten seconds behind' }),
  native_for: z.array(z.string()).meta({ description: 'Platforms that it is the own road of' }),
  limits: z.object({
    batch: z.int(),
    payload_bytes: z.int(),
    ttl: z.string().meta({ description: 'Longest that the vendor keeps a message', examples: ['28d'] }),
  }),
  callback_url: z.string().optional().meta({
    description:
      'Where its vendor tells of receipts. Only of one provider, for keys of scope `admin`, where the vendor tells any; whoever knows it can tell receipts',
  }),
});

/** What a vendor said of the credentials. */
export const providerTestAnswer = z.object({
  provider: z.string(),
  kind: z.string(),
  verdict: z.enum(['accepted', 'refused', 'unreachable', 'not_askable']),
  detail: z.string(),
  ms: z.int(),
  vendor: z.object({ status: z.int(), code: z.string(), text: z.string() }).partial().optional(),
  cure: z.string().optional().meta({ description: 'What to do; always there for `refused`' }),
});
