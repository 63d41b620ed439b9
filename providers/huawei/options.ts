/** Settings of a Huawei provider: the credentials of one generation of Push Kit, or of both. */
import { z } from 'zod';
import { caOption, endpointOption, quotaOption, vendorSecret, vendorText } from '../shared/vendor-options.js';
import { SERVICE_CATEGORIES } from './channel.js';
import { readServiceAccount } from './service-account.js';

/** Targets that one request takes. */
export const BATCH_MAX = 1_000;

export const huaweiOptions = z
  .strictObject({
    app_id: vendorText('The App ID from AppGallery Connect. Needed with client_secret.', '100000001').optional(),
    client_id: vendorText('The OAuth client id; app_id when absent.', '100000001').optional(),
    client_secret: vendorSecret(
      'The secret of that client: reaches devices with HMS Core and HarmonyOS up to 4.',
    ).optional(),
    service_account: z
      .string()
      .superRefine((text, context) => {
        try {
          readServiceAccount(text);
        } catch (error) {
          context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' });
        }
      })
      .optional()
      .meta({ secret: true, description: 'The text of a service account’s key file: reaches HarmonyOS NEXT.' }),
    project_id: vendorText(
      'Sends to HMS Core over /v2 and this project, in place of /v1 and the app.',
      '990000001',
    ).optional(),
    categories: z
      .array(z.enum(SERVICE_CATEGORIES))
      .max(SERVICE_CATEGORIES.length)
      .default([])
      .meta({
        description: 'Categories of service and communication that Huawei has granted.',
        examples: [['EXPRESS']],
      }),
    category: z
      .enum(SERVICE_CATEGORIES)
      .optional()
      .meta({
        description: 'Of transactional messages whose channel names none; one of categories.',
        examples: ['EXPRESS'],
      }),
    high_urgency: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether Huawei has granted urgency HIGH, for messages of high priority.' }),
    badge_class: vendorText(
      'The launcher class of the Android app, for its badge.',
      'com.shop.MainActivity',
    ).optional(),
    deep_links: z.enum(['page', 'app']).default('page').meta({
      description:
        'What a tap on a message with a deep link opens: that page, or the app, which finds the link in pealbell.',
    }),
    test_messages: z
      .boolean()
      .default(false)
      .meta({ description: 'Marks all messages as tests; those to registrations of the sandbox always are.' }),
    ttl_seconds_min: z
      .int()
      .min(0)
      .max(86_400)
      .default(1)
      .meta({ description: 'The shortest time to live that is sent: Huawei documents no 0.' }),
    batch: z.int().min(1).max(BATCH_MAX).default(BATCH_MAX).meta({ description: 'Targets in one request.' }),
    quota: quotaOption({ marketingPerDevice: 2 }),
    receipt_id: vendorText('The receipt configuration of the console that messages name.', 'RCP1').optional(),
    receipt_user: vendorText(
      'The user name of the receipt configuration; receipts are then verified.',
      'ops',
    ).optional(),
    receipt_key: vendorSecret('The key of the receipt configuration. Needed with receipt_user.').optional(),
    receipt_seconds: z
      .int()
      .min(1)
      .max(86_400)
      .nullable()
      .default(600)
      .meta({ description: 'How old the signature of a receipt may be; null: however old.' }),
    endpoint: endpointOption('Another host in place of push-api.cloud.huawei.com, for a simulator or a proxy.'),
    token_endpoint: z
      .url({ protocol: /^https$/, error: 'is an https URL, such as https://localhost:8443/oauth2/v3/token' })
      .optional()
      .meta({ description: 'Another place to get access tokens, such as Huawei’s older /oauth2/v2/token.' }),
    ca: caOption,
  })
  .superRefine((options, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const { app_id, client_secret, service_account, project_id, category, categories } = options;
    if (client_secret === undefined && service_account === undefined) {
      fault('client_secret', 'is needed, unless service_account is set');
    }
    if (client_secret !== undefined && app_id === undefined) fault('app_id', 'is needed with client_secret');
    if (client_secret === undefined && project_id !== undefined) {
      fault('project_id', 'is for client_secret; a service account names its own project');
    }
    if (category !== undefined && !categories.includes(category)) {
      fault('category', 'is one of categories: add it there, if Huawei has granted it');
    }
    if ((options.receipt_user === undefined) !== (options.receipt_key === undefined)) {
      const missing = options.receipt_user === undefined ? 'receipt_user' : 'receipt_key';
      fault(missing, 'is needed: receipt_user and receipt_key stand together in the console');
    }
  });

export type HuaweiOptions = z.infer<typeof huaweiOptions>;

/** What messages depend on, apart from credentials. */
export type MessageSettings = Pick<
  HuaweiOptions,
  | 'categories'
  | 'category'
  | 'high_urgency'
  | 'badge_class'
  | 'deep_links'
  | 'test_messages'
  | 'ttl_seconds_min'
  | 'receipt_id'
>;

/** The kind's defaults: a message is checked against these where nobody's options are known. */
export const MESSAGE_DEFAULTS: MessageSettings = Object.freeze({
  categories: [],
  high_urgency: false,
  deep_links: 'page',
  test_messages: false,
  ttl_seconds_min: 1,
});

/**
 * The two of Push Kit: `v1` reaches HMS Core and HarmonyOS up to 4, over /v1 or /v2; `v3` HarmonyOS NEXT. Their
 * push tokens differ, and neither takes the other's.
 */
export type Generation = 'v1' | 'v3';

/** Those whose credentials are there. */
export function generationsOf({
  client_secret,
  service_account,
}: Pick<HuaweiOptions, 'client_secret' | 'service_account'>): readonly Generation[] {
  return [
    ...(client_secret === undefined ? [] : (['v1'] as const)),
    ...(service_account === undefined ? [] : (['v3'] as const)),
  ];
}
