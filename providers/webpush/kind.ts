/** Web Push: settings, push tokens, limits, and how a provider is opened. */
import { z } from 'zod';
import type { Interpreting, Json, Previewable, ProviderKind, ProviderLimits, Simulated } from '../contract.js';
import { webpushChannel } from './channel.js';
import { interpret } from './cures.js';
import { PLAINTEXT_BYTES_MAX } from './encryption.js';
import { compile, TTL_SECONDS_MAX } from './payload.js';
import { WebPushProvider } from './provider.js';
import { isServiceEntry, pushServices } from './push-service.js';
import { simulatedOptions } from './simulated.js';
import { parseSubscription } from './subscription.js';
import { readVapidKeys, VapidHeaders } from './vapid.js';

const standIn = z.url({ protocol: /^https$/, error: 'is an https URL, such as https://localhost:8443' }).optional();

export const webpushOptions = z.strictObject({
  subject: z
    .string()
    .refine(isContact, 'is a contact that push services can reach: mailto:ops@example.com or an https URL')
    .meta({
      description: 'Whom a push service may write to: a mailto: address or an https URL; Safari’s refuses localhost.',
      examples: ['mailto:ops@example.com'],
    }),
  keys: z
    .string()
    .superRefine((text, context) => {
      try {
        readVapidKeys(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' });
      }
    })
    .meta({
      secret: true,
      description:
        'JSON text {"publicKey": "…", "privateKey": "…"}: the VAPID keys, base64url. Subscriptions die with them.',
    }),
  push_services: z
    .array(
      z
        .string()
        .refine(
          isServiceEntry,
          'is a host in lower case, or host:port, such as push.example.org or apple=localhost:8443',
        ),
    )
    .optional()
    .meta({
      description: 'Hosts of push services beside those of the big browsers, such as a UnifiedPush server of your own.',
      examples: [['push.example.org']],
    }),
  stand_ins: z
    .strictObject({ google: standIn, mozilla: standIn, apple: standIn, windows: standIn, other: standIn })
    .optional()
    .meta({
      description:
        'Base URLs in place of the push services, for a simulator: where one is set, nothing goes anywhere else.',
    }),
  ca: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'is PEM text of a certificate' })
    .optional()
    .meta({ description: 'PEM of the authority to trust in place of the system’s, for a simulator.' }),
});

export type WebPushOptions = z.infer<typeof webpushOptions>;

export const WEBPUSH_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 500, // one request each; the figure bounds how much one call holds
  payloadBytesMax: PLAINTEXT_BYTES_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

export const webpushKind: ProviderKind<WebPushOptions> & Previewable & Interpreting & Simulated<WebPushOptions> = {
  name: 'webpush',
  options: webpushOptions,
  channel: webpushChannel,
  limits: WEBPUSH_LIMITS,
  nativeFor: ['web'],
  vendor: 'the push service',
  interpret,
  check: (message) => compile(message).misfits,
  parsePushToken: (raw, options) => parseSubscription(raw, pushServices(options?.push_services, options?.stand_ins)),
  simulatedOptions,
  preview(message) {
    const { compiled } = compile(message);
    if (compiled === undefined) return undefined;
    return { headers: compiled.headers, payload: JSON.parse(compiled.plaintext.toString('utf8')) as Json };
  },
  open: async (options, env) => {
    const vapid = new VapidHeaders(readVapidKeys(options.keys), options.subject, () => env.now());
    return new WebPushProvider(
      {
        vapid,
        serviceOf: pushServices(options.push_services, options.stand_ins),
        ca: options.ca,
        limits: WEBPUSH_LIMITS,
      },
      env,
    );
  },
};

function isContact(text: string): boolean {
  if (!/^[\x21-\x7e]{1,512}$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, pathname, hostname } = new URL(text);
  if (protocol === 'mailto:') return /^[^@]+@[^@]+$/.test(pathname) && !/@localhost$/i.test(pathname);
  return protocol === 'https:' && hostname !== 'localhost';
}
