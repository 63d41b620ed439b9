/** What an app's file says of Xiaomi. Figures that sources disagree about, or that nobody has verified, are settings. */
import { z } from 'zod';
import { caOption, endpointOption, quotaOption, vendorSecret, vendorText } from '../shared/vendor-options.js';
import { REGIONS } from './regions.js';

/** 1,000 in common use; no document names a bound. */
export const REQUEST_TARGETS_MAX = 1_000;
/** One source names 4 KB. */
export const PAYLOAD_BYTES_MAX = 4_096;
/** Delivered, clicked, invalid, switched off, filtered out, over quota, expired. */
export const RECEIPT_TYPES = 1 + 2 + 16 + 32 + 64 + 128 + 1_024;
const DAY_SECONDS = 86_400;
const TTL_SECONDS_MAX = 14 * DAY_SECONDS;

const channelId = (description: string, example: string) => vendorText(description, example, 128).optional();

export const xiaomiOptions = z.strictObject({
  package_name: vendorText('The package name of the Android app.', 'com.example.shop'),
  app_secret: vendorSecret('The AppSecret of the app in Xiaomi’s console; not its AppKey.'),
  region: z
    .enum(REGIONS)
    .default('cn')
    .meta({ description: 'Of registrations that name none: cn, ru, in, eu (with the UK) or global (the rest).' }),
  channels: z
    .strictObject({
      transactional: channelId('Of kind 私信, for which Xiaomi grants the right.', '118001'),
      marketing: channelId('Of kind 公信.', '118002'),
    })
    .prefault({})
    .meta({ description: 'Channel ids by class, for messages whose channel names none.' }),
  receipts: z.boolean().default(true).meta({ description: 'Whether Xiaomi is asked to tell what became of messages.' }),
  receipt_types: z.int().min(1).max(65_535).default(RECEIPT_TYPES).meta({
    description:
      'Which receipts: the sum of 1 delivered, 2 clicked, 16 dead, 32 off, 64 filtered, 128 quota, 1024 expired.',
  }),
  recall: z.boolean().default(false).meta({
    description: 'Whether a recall is passed on (/revoke/message); nobody has verified what Xiaomi does then.',
  }),
  quota: quotaOption({ marketingPerDevice: 5 }),
  api_version: z.enum(['v2', 'v3', 'v4']).default('v3').meta({ description: 'Of /message/regid.' }),
  batch: z
    .int()
    .min(1)
    .max(REQUEST_TARGETS_MAX)
    .default(REQUEST_TARGETS_MAX)
    .meta({ description: 'Push tokens in one request at most.' }),
  title_max: z.int().min(1).max(1_000).default(49).meta({ description: 'Characters of a title; the rest is cut off.' }),
  body_max: z.int().min(1).max(4_000).default(127).meta({ description: 'Characters of a body; the rest is cut off.' }),
  payload_bytes_max: z
    .int()
    .min(64)
    .max(65_536)
    .default(PAYLOAD_BYTES_MAX)
    .meta({ description: 'Bytes of data that a message may have.' }),
  ttl_seconds_max: z
    .strictObject({
      transactional: z
        .int()
        .min(1)
        .max(TTL_SECONDS_MAX)
        .default(10 * DAY_SECONDS),
      marketing: z.int().min(1).max(TTL_SECONDS_MAX).default(DAY_SECONDS),
    })
    .prefault({})
    .meta({ description: 'How long Xiaomi keeps messages of each class.' }),
  jobkey_length: z
    .int()
    .min(8)
    .max(20)
    .default(20)
    .meta({ description: 'Characters of the key by which a device knows a copy; older documents say 12.' }),
  badge: z
    .boolean()
    .default(true)
    .meta({ description: 'Whether a badge is sent as extra.badge; nobody has verified it.' }),
  sending_failed: z.enum(['unregistered', 'deferred']).default('unregistered').meta({
    description: 'What the answer 20301 to a single push token means; nobody has verified it.',
  }),
  pause_ms: z
    .int()
    .min(0)
    .max(600_000)
    .default(2_000)
    .meta({ description: 'How long nothing is sent after the answer that it was too fast.' }),
  hosts: z
    .strictObject({
      cn: endpointOption('China.'),
      ru: endpointOption('Russia.'),
      in: endpointOption('India.'),
      eu: endpointOption('The European Economic Area and the UK.'),
      global: endpointOption('All other countries.'),
    })
    .optional()
    .meta({ description: 'Other hosts in place of Xiaomi’s, for a simulator or a proxy.' }),
  ca: caOption,
});

export type XiaomiOptions = z.output<typeof xiaomiOptions>;

/** What of the app's settings makes a form look as it does. */
export type Shaping = Pick<
  XiaomiOptions,
  | 'package_name'
  | 'channels'
  | 'receipt_types'
  | 'title_max'
  | 'body_max'
  | 'payload_bytes_max'
  | 'ttl_seconds_max'
  | 'jobkey_length'
  | 'badge'
>;
