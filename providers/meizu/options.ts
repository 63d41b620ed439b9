/** Settings of a Meizu provider. What Meizu has not documented clearly is one of them. */
import { z } from 'zod';
import { caOption, endpointOption, quotaOption, vendorSecret, vendorText } from '../shared/vendor-options.js';

export const MEIZU_ENDPOINT = 'https://server-api-push.meizu.com';
/** Meizu's own description of its API, 2025-04; others speak of 1,000 without a source. */
export const REQUEST_TARGETS = 100;

export const meizuOptions = z.strictObject({
  app_id: vendorText('The App ID in the console of Flyme Push.', '100999').regex(
    /^[A-Za-z0-9]+$/,
    'has letters and digits only',
  ),
  app_secret: vendorSecret('The App Secret beside it; it signs every request and is never sent.'),
  service_class: z.boolean().default(false).meta({
    description: 'Meizu has granted private messages (私信): transactional messages go as such, without a daily bound.',
  }),
  receipts: z.boolean().default(true).meta({
    description: 'Asks for receipts; their address must also be registered in the console.',
  }),
  receipt_token: vendorSecret(
    'The token that the console shows for receipts; calls without it are turned away.',
  ).optional(),
  batch: z.int().min(1).max(1_000).default(REQUEST_TARGETS).meta({ description: 'Push tokens in one request.' }),
  title_max: z.int().min(1).max(4_096).default(32).meta({ description: 'Characters of a title; more are cut off.' }),
  body_max: z.int().min(1).max(4_096).default(100).meta({ description: 'Characters of a text; more are cut off.' }),
  payload_max: z
    .int()
    .min(512)
    .max(65_536)
    .default(4_096)
    .meta({ description: 'Bytes of a message as JSON, which Meizu does not document.' }),
  quota: quotaOption({ marketingPerDevice: 3 }),
  endpoint: endpointOption('Another host in place of Meizu’s, for a simulator or a proxy.'),
  ca: caOption,
});

export type MeizuOptions = z.output<typeof meizuOptions>;
