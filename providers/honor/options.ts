/** Settings of an Honor provider. What Honor has not documented clearly is one of them. */
import { z } from 'zod';
import { caOption, endpointOption, quotaOption, vendorSecret, vendorText } from '../shared/vendor-options.js';
import { MEANINGS } from './receipt-meanings.js';

export const HONOR_ENDPOINT = 'https://push-api.cloud.honor.com';
export const HONOR_TOKEN_ENDPOINT = 'https://iam.developer.honor.com/auth/token';
export const REQUEST_TARGETS_MAX = 1_000;

export const honorOptions = z.strictObject({
  app_id: vendorText(
    'The App ID in the Honor developer console; it stands in the path of every call.',
    '104000001',
  ).regex(/^[A-Za-z0-9._-]+$/, 'has letters, digits, dots, - and _ only'),
  client_id: vendorText('The client id of the app’s credentials; it is not the App ID.', '220000001'),
  client_secret: vendorSecret('The client secret beside it.'),
  service_class: z.boolean().default(false).meta({
    description:
      'Honor has granted service and communication: transactional messages go as NORMAL, without a daily bound.',
  }),
  badge_class: vendorText(
    'Launcher activity of the Android app, which the badge counts for; without it badges are not sent.',
    'com.example.shop.MainActivity',
  ).optional(),
  receipt_id: vendorText(
    'Names a receipt configuration of the console, where there are several.',
    'RC001',
    128,
  ).optional(),
  test: z.boolean().default(false).meta({
    description: 'Sends test messages: 1,000 a day, which do not count as marketing on the device.',
  }),
  batch: z
    .int()
    .min(1)
    .max(REQUEST_TARGETS_MAX)
    .default(REQUEST_TARGETS_MAX)
    .meta({ description: 'Push tokens in one request.' }),
  title_max: z.int().min(1).max(4_096).default(40).meta({ description: 'Characters of a title; more are cut off.' }),
  body_max: z.int().min(1).max(4_096).default(256).meta({ description: 'Characters of a text; more are cut off.' }),
  ttl_zero: z
    .int()
    .min(0)
    .max(60)
    .default(1)
    .meta({ description: 'Seconds that are sent for a TTL of 0, which Honor does not document.' }),
  success_codes: z
    .array(z.int().min(0))
    .min(1)
    .max(8)
    .default([200, 80000000])
    .meta({ description: 'Codes with which Honor takes a message.' }),
  fail_tokens: z
    .enum(['dead', 'refused'])
    .default('dead')
    .meta({ description: 'What the failTokens of an answer are: dead push tokens, or refused for this message only.' }),
  token_seconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(3_600)
    .meta({ description: 'Life of an access token whose answer does not tell it.' }),
  receipt_codes: z
    .record(z.string().regex(/^\d{1,9}$/, 'is a number, such as 5'), z.enum(MEANINGS))
    .default({})
    .meta({
      description: `Meanings of a receipt’s status in place of the documented ones: ${MEANINGS.join(', ')}.`,
      examples: [{ '5': 'notifications_off' }],
    }),
  receipt_answer: z
    .string()
    .max(256)
    .default('{"code":"0","message":"success"}')
    .meta({ description: 'What Honor is answered when it told of receipts.' }),
  quota: quotaOption({ marketingPerDevice: 2 }),
  endpoint: endpointOption('Another host in place of Honor’s, for an older one, a simulator or a proxy.'),
  token_endpoint: z
    .url({ protocol: /^https$/, error: 'is an https URL, such as https://iam.developer.honor.com/auth/token' })
    .optional()
    .meta({ description: 'Another place to get access tokens, such as the older one of hihonor.com.' }),
  ca: caOption,
});

export type HonorOptions = z.output<typeof honorOptions>;
