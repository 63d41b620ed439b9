/** What an app's file says of vivo: what the console gives, and every figure that vivo has changed before or documents twice. */
import { z } from 'zod';
import { parseDayStart } from '../shared/vendor-day.js';
import { caOption, endpointOption, quotaOption, vendorSecret, vendorText } from '../shared/vendor-options.js';

/** vivo server API, document 362 (2.9.2): 2 to 1,000 in a list. */
export const LIST_TARGETS_MAX = 1_000;

const categoryWord = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'is a word in capitals, such as ORDER');

const timeOfDay = z
  .string()
  .refine((text) => parseDayStart(text) !== undefined, 'is a time of day with its zone, such as 07:00+08:00');

function figure(fallback: number, max: number, description: string, min = 0) {
  return z.int().min(min).max(max).default(fallback).meta({ description });
}

export const vivoOptions = z.strictObject({
  app_id: vendorText('The App ID in the developer console of vivo.', '100004567', 64),
  app_key: vendorText('The App Key there.', '0a1b2c3d4e5f', 128).meta({ secret: false }),
  app_secret: vendorSecret('The App Secret there; it signs the request for an access token.'),
  categories: z
    .strictObject({
      transactional: z
        .array(categoryWord)
        .max(64)
        .default(['IM', 'ACCOUNT', 'TODO', 'DEVICE_REMINDER', 'ORDER', 'SUBSCRIPTION'])
        .meta({ description: 'Of system messages.' }),
      marketing: z
        .array(categoryWord)
        .max(64)
        .default(['NEWS', 'CONTENT', 'MARKETING', 'SOCIAL'])
        .meta({ description: 'Of operation messages.' }),
    })
    .prefault({})
    .meta({
      description:
        'Categories that vivo granted this app, for each class of messages; another one is refused before it is sent. All that are documented when absent.',
    }),
  default_category: z
    .strictObject({
      transactional: categoryWord.optional().meta({ description: 'Without it such messages go out as marketing.' }),
      marketing: categoryWord.default('MARKETING'),
    })
    .prefault({})
    .meta({ description: 'Of messages whose channel names no category.', examples: [{ marketing: 'MARKETING' }] }),
  push_mode: z.enum(['formal', 'test']).default('formal').meta({
    description: 'test: reaches devices that are registered as test devices in the console, and no others.',
  }),
  network: z
    .enum(['any', 'wifi'])
    .default('any')
    .meta({ description: 'wifi: a device gets messages over Wi-Fi only.' }),
  deep_links: z.enum(['intent', 'as_is']).default('intent').meta({
    description: 'How a deep link is handed to vivo: as the intent text of Android, or as it is written.',
  }),
  title_fallback: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'Title of messages that have a body only; vivo wants both.', examples: ['Shop'] }),
  receipts: z.boolean().default(true).meta({ description: 'Whether vivo is asked to tell what became of messages.' }),
  callback_id: vendorText(
    'The id of the callback address that is entered in the console: for receipts of lists too.',
    '1234',
    64,
  ).optional(),
  receipts_of_lists: z.boolean().default(false).meta({
    description:
      'Give vivo the callback address with lists as well, without callback_id. It documents single sends only.',
  }),
  receipt_status: z
    .array(z.string().min(1).max(64))
    .max(16)
    .default(['ackType', 'status', 'subStatus', 'code', 'subCode'])
    .meta({
      description:
        'Names under which receipts may say how it ended. vivo documents none; without one a receipt means delivered.',
    }),
  stale: z.enum(['keep', 'retire']).default('keep').meta({
    description: 'What becomes of addresses that vivo calls inactive: for 90 days in an answer, for 14 in a receipt.',
  }),
  marketing_hours: z
    .strictObject({ from: timeOfDay.default('07:00+08:00'), to: timeOfDay.default('23:00+08:00') })
    .prefault({})
    .meta({ description: 'When vivo takes operation messages; what it refuses outside waits until then.' }),
  token_renew_minutes: figure(90, 23 * 60, 'How old an access token gets; vivo asks for 60 to 120 of its 24 hours.', 1),
  batch: figure(
    LIST_TARGETS_MAX,
    LIST_TARGETS_MAX,
    'Devices in one list at most; 1: every device by a request of its own.',
    1,
  ),
  list_from: figure(
    2,
    LIST_TARGETS_MAX,
    'From how many devices on a list is used; fewer get single sends, which alone have receipts without callback_id.',
    2,
  ),
  limits: z
    .strictObject({
      title: figure(40, 1_000, 'Characters of a title.', 1),
      body: figure(100, 10_000, 'Characters of a body.', 1),
      wide: figure(1, 2, 'How many of those a Chinese character counts; 2 in older documents.', 1),
      link: figure(2_048, 65_536, 'Characters of what a tap opens.', 1),
      data_pairs: figure(10, 1_000, 'Data keys, ours among them.', 1),
      data_characters: figure(1_024, 65_536, 'Characters of all data, ours among them.', 1),
      ttl_min: figure(60, 86_400, 'Seconds.'),
      ttl_min_of_lists: figure(900, 86_400, 'Seconds.'),
      ttl_max: figure(86_400, 30 * 86_400, 'Seconds; 604,800 in older documents.', 60),
      callback: figure(128, 4_096, 'Characters of the callback address.', 1),
    })
    .prefault({})
    .meta({ description: 'vivo’s own limits, where it has changed them.', examples: [{ title: 40, body: 100 }] }),
  quota: quotaOption({ marketingPerDevice: 2 }),
  endpoint: endpointOption('Another host in place of vivo’s, for a simulator or a proxy.'),
  ca: caOption,
});

export type VivoOptions = z.output<typeof vivoOptions>;

/** Settings of a file that says nothing but whose it is: what counts where no app's options are known. */
export const VIVO_DEFAULTS: VivoOptions = Object.freeze(
  vivoOptions.parse({ app_id: '-', app_key: '-', app_secret: '-' }),
);
