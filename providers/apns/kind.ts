/** Apple Push Notification service: settings, push tokens, limits, and how a provider is opened. */
import { z } from 'zod';
import { InvalidInputError, type ProviderKind, type ProviderLimits, type PushToken } from '../contract.js';
import { compile, PAYLOAD_BYTES_MAX, TTL_SECONDS_MAX } from './payload.js';
import { ApnsProvider } from './provider.js';
import { ProviderToken, readSigningKey } from './provider-token.js';

/** Apple, "Sending notification requests to APNs". Port 2197 answers as well. */
const ENDPOINTS = { production: 'https://api.push.apple.com', sandbox: 'https://api.sandbox.push.apple.com' } as const;

const TEN_CHARACTERS = /^[A-Z0-9]{4,32}$/;

const endpoint = z
  .url({ protocol: /^https$/, error: 'is an https URL, such as https://localhost:2197' })
  .refine((url) => ['/', ''].includes(pathOf(url)), 'names a host and a port only, no path');

export const apnsOptions = z.strictObject({
  key: z
    .string()
    .superRefine((pem, context) => {
      try {
        readSigningKey(pem);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' });
      }
    })
    .meta({ secret: true, description: 'The text of the AuthKey_….p8 file from Apple (an EC key on P-256).' }),
  key_id: z
    .string()
    .regex(TEN_CHARACTERS, 'is the id of the key, capital letters and digits, such as ABC123DEFG')
    .meta({ description: 'The id of that key, shown beside it in the developer account.' }),
  team_id: z
    .string()
    .regex(TEN_CHARACTERS, 'is the id of the team, capital letters and digits, such as DEF123GHIJ')
    .meta({ description: 'The id of the developer team.' }),
  bundle_id: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,155}$/, 'is the bundle id of the app: letters, digits, dots and hyphens')
    .meta({ description: 'The bundle id of the app; the topic of its notifications.' }),
  endpoints: z
    .strictObject({ production: endpoint.optional(), sandbox: endpoint.optional() })
    .optional()
    .meta({ description: 'Other hosts in place of Apple’s, for a simulator or a proxy.' }),
  ca: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'is PEM text of a certificate' })
    .optional()
    .meta({ description: 'PEM of the authority to trust in place of the system’s, for a simulator.' }),
});

export type ApnsOptions = z.infer<typeof apnsOptions>;

export const APNS_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 500, // one request each; the figure bounds how much one call holds
  payloadBytesMax: PAYLOAD_BYTES_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

export const apnsKind: ProviderKind<ApnsOptions> = {
  name: 'apns',
  options: apnsOptions,
  limits: APNS_LIMITS,
  nativeFor: ['ios', 'macos', 'watch', 'tv'],
  check: (message) => compile(message, 0).misfits,
  parsePushToken,
  open: async (options, env) => {
    const token = new ProviderToken(readSigningKey(options.key), options.key_id, options.team_id, () => env.now());
    token.current(); // a key that cannot sign shows here, not at the first message
    return new ApnsProvider(
      {
        token,
        bundleId: options.bundle_id,
        endpoints: {
          production: options.endpoints?.production ?? ENDPOINTS.production,
          sandbox: options.endpoints?.sandbox ?? ENDPOINTS.sandbox,
        },
        ca: options.ca,
        limits: APNS_LIMITS,
      },
      env,
    );
  },
};

/**
 * Lower-case hexadecimal. Takes what `NSData`'s description printed (`<0a1b 2c3d …>`) as well. Apple
 * asks not to assume a length: devices have 64 digits today, other purposes more.
 */
function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('an APNs push token is a string of hexadecimal digits');
  if (raw.length > 1024) throw new InvalidInputError('an APNs push token has at most 400 hexadecimal digits');
  const digits = raw.replace(/[<>\s]/g, '').toLowerCase();
  if (!/^[0-9a-f]*$/.test(digits)) {
    throw new InvalidInputError('an APNs push token has hexadecimal digits only; is this a token of another provider?');
  }
  if (digits.length < 16 || digits.length > 400 || digits.length % 2 !== 0) {
    throw new InvalidInputError('an APNs push token has an even number of hexadecimal digits, 16 to 400');
  }
  return digits as PushToken; // the brand is given here and nowhere else
}

function pathOf(url: string): string {
  try {
    const { pathname, search, hash } = new URL(url);
    return pathname + search + hash;
  } catch {
    return '?';
  }
}
