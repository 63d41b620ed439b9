/** What an app's file says of OPPO's push service. Figures that its documents disagree on, or may change, are settings. */
import { z } from 'zod';
import { caOption, endpointOption, quotaOption, vendorSecret, vendorText } from '../shared/vendor-options.js';

const category = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'is a category of OPPO, such as ORDER');

export const oppoOptions = z.strictObject({
  app_key: vendorText('AppKey of the app in OPPO’s push console.', 'a1b2c3d4e5f6').meta({ secret: false }),
  master_secret: vendorSecret('MasterSecret of the app, not its AppSecret.'),
  granted_categories: z
    .array(category)
    .max(100)
    .optional()
    .meta({
      description: 'Categories of the service class that OPPO has granted; all when absent, and OPPO’s answer decides.',
      examples: [['ORDER', 'IM']],
    }),
  transactional_category: category
    .optional()
    .meta({ description: 'Of transactional messages whose channel names none.', examples: ['ORDER'] }),
  marketing_category: category
    .optional()
    .meta({ description: 'Of marketing messages whose channel names none.', examples: ['MARKETING'] }),
  channel_id: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .meta({ description: 'The notification channel of messages whose channel names none.', examples: ['news'] }),
  title: z
    .string()
    .min(1)
    .max(50)
    .optional()
    .meta({ description: 'Stands above messages without a title, which OPPO does not take.', examples: ['Shop'] }),
  send: z
    .enum(['unicast_batch', 'broadcast'])
    .default('unicast_batch')
    .meta({ description: 'broadcast: the content is saved first, then sent to many by its id.' }),
  broadcast_from: z.int().min(1).max(1_000).default(10).meta({
    description: 'With broadcast: fewer devices than this in a request get it as unicast_batch all the same.',
  }),
  batch: z.int().min(1).max(1_000).default(1_000).meta({ description: 'Devices in one request at most.' }),
  request_bytes_max: z
    .int()
    .min(20_000)
    .max(10_000_000)
    .default(1_000_000)
    .meta({ description: 'Bytes of one request at most: fewer devices are put into it.' }),
  auth_token_in: z.enum(['form', 'header']).default('form').meta({ description: 'Where the access token goes.' }),
  verify_registration_id: z
    .boolean()
    .default(true)
    .meta({ description: 'Asks for a check of each registration id; off, dead ones may count as accepted.' }),
  duplicate: z
    .enum(['accepted', 'uncertain'])
    .default('accepted')
    .meta({ description: 'What OPPO’s answer “duplicate” means of a repeated send.' }),
  receipts: z.boolean().default(true).meta({ description: 'Whether OPPO is asked to tell what arrived.' }),
  title_max: z.int().min(1).max(500).default(50).meta({ description: 'Characters of a title; more are cut off.' }),
  body_max: z.int().min(1).max(1_000).default(50).meta({ description: 'Characters of a text in the standard style.' }),
  long_body_max: z
    .int()
    .min(0)
    .max(5_000)
    .default(128)
    .meta({ description: 'Characters of a longer text, which goes in the long style; 0: it is cut to body_max.' }),
  click_url_max: z
    .int()
    .min(1)
    .max(5_000)
    .default(2_000)
    .meta({ description: 'Characters of a link; a longer one opens the app instead.' }),
  quota: quotaOption({ marketingPerDevice: 2 }),
  endpoint: endpointOption('In place of OPPO’s host for devices in China.'),
  endpoint_overseas: endpointOption('In place of its host for devices elsewhere.'),
  endpoint_feedback: endpointOption('In place of its host that tells of invalid registration ids.'),
  ca: caOption,
});

export type OppoOptions = z.output<typeof oppoOptions>;

/** For a look at a message without the settings of an app. */
export const OPPO_DEFAULTS: OppoOptions = Object.freeze(oppoOptions.parse({ app_key: 'none', master_secret: 'none' }));
