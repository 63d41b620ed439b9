import { z } from 'zod';
import { canonical, LOCALES_MAX } from '../../domain/locale.js';
import { PER_USER_RULES } from '../../domain/per-user.js';
import { except, only, to } from './audience-request.js';
import { closed, NOT_HONOURED } from './closed.js';
import * as words from './words.js';
import { secondsOf } from './words.js';

const THIRTY_DAYS = 30 * 86_400;
const METADATA_BYTES_MAX = 4_096;
const RELATIVE_BADGE = `a relative badge such as "+1" is ${NOT_HONOURED}; give a number`;

const action = closed({
  id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of the characters A-Z a-z 0-9 . _ -'),
  title: z.string().min(1).max(128),
  url: words.url(['https', 'http']).optional(),
});

/** What is not the same in every language. */
const localizable = {
  title: z.string().max(1_024).optional(),
  body: z.string().max(4_096).optional(),
  image: words.url(['https']).optional(),
  media: z
    .array(closed({ url: words.url(['https']), type: z.enum(['image', 'video', 'audio', 'file']) }))
    .max(10)
    .optional(),
  sound: z.string().min(1).max(256).optional(),
  click: closed({ url: words.url(['https', 'http']).optional(), deep_link: words.deepLink.optional() }).optional(),
  actions: z.array(action).max(10).optional(),
};

const locales = z
  .record(words.languageTag, closed(localizable))
  .refine((tags) => Object.keys(tags).length <= LOCALES_MAX, {
    error: `must have at most ${LOCALES_MAX} languages`,
    params: { code: 'too_many_items' },
  })
  .refine((tags) => new Set(Object.keys(tags).map(canonical)).size === Object.keys(tags).length, {
    error: 'names one language twice, in two spellings',
    params: { code: 'duplicate' },
  })
  .meta({
    description:
      "By language tag, what stands in place of the notification's own fields. Chosen by lookup (RFC 4647 §3.4) of the device's locale, then of its user's, when the target is planned",
  });

/** What a person sees. */
export const notification = closed({
  ...localizable,
  badge: z
    .int({ error: (issue) => (/^[+-]\d+$/.test(String(issue.input)) ? RELATIVE_BADGE : undefined) })
    .min(0)
    .max(2_147_483_647)
    .optional(),
  thread: z.string().min(1).max(256).optional(),
  locales: locales.optional(),
});

const route = z
  .string()
  .regex(
    /^[A-Za-z0-9._-]{1,64}$/,
    'must be the name of a route of the app, default, online_only, push_only or parallel',
  )
  .meta({
    description: "default, online_only, push_only, parallel, or an entry of the app's routes",
    default: 'default',
  });

const ackTimeout = words
  .duration(60, '60s')
  .refine((text) => secondsOf(text) !== 0, { error: 'must be at least 1s', params: { code: 'too_small' } })
  .meta({
    description:
      'How long the answer of a connected device is waited for before the route goes on. Goes before the `wait` of the app’s route; 8s where neither says',
    examples: ['8s'],
  });

const perUser = z.enum(PER_USER_RULES).meta({
  description:
    'To which of the audience’s devices of each user: all, the one that was heard of last, or those that are connected and else that one. Devices without user are each for themselves',
  default: 'all',
});

/** How a message is delivered. */
export const delivery = closed(
  {
    ttl: words.duration(THIRTY_DAYS, '30d').meta({ default: '24h' }).optional(),
    priority: z.enum(['high', 'normal', 'low']).optional(),
    collapse_key: words.headerText(64).optional(),
    on_uncertain: z.enum(['resend', 'drop']).meta({ default: 'resend' }).optional(),
    track: z.enum(['all', 'failures', 'none']).meta({ default: 'all' }).optional(),
    route: route.optional(),
    ack_timeout: ackTimeout.optional(),
    per_user: perUser.optional(),
  },
  ['order_key'],
);

const metadata = words.jsonObject
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= METADATA_BYTES_MAX, {
    error: `must be at most ${METADATA_BYTES_MAX} bytes of JSON`,
    params: { code: 'too_large' },
  })
  .meta({ type: 'object', description: 'Yours; given back with the message' });

/** The body of a send, with `to` as an object. */
export const messageRequest = closed(
  {
    to,
    only: only.optional(),
    except: except.optional(),
    max_devices: z.int().min(1).max(1_000_000_000).optional(),
    class: z.enum(['transactional', 'marketing']).optional(),
    channel: words.channelName.meta({ description: "An entry of the app's channels" }).optional(),
    notification: notification.optional(),
    data: z
      .record(z.string().min(1).max(256), z.string({ error: 'must be a string; put numbers and objects into quotes' }))
      .optional(),
    delivery: delivery.optional(),
    overrides: z
      .record(words.providerName, words.jsonObject)
      .meta({ description: "By provider: a JSON Merge Patch (RFC 7396) on that provider's own body" })
      .optional(),
    metadata: metadata.optional(),
    tags: z.array(z.string().min(1).max(64)).max(20).optional(),
  },
  ['template', 'schedule', 'limits', 'sensitive'],
);

/** The body of a send as it is published: `"to": "everyone"` is short for `{"everyone": true}`. */
export const messageBody = messageRequest.extend({ to: z.union([z.literal('everyone'), to]) });

export type MessageRequest = z.infer<typeof messageRequest>;
