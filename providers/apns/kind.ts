/** Apple Push Notification service: settings, push tokens, limits, and how a provider is opened. */
import { z } from 'zod';
import {
  type CredentialEnding,
  type Interpreting,
  InvalidInputError,
  type Json,
  type Previewable,
  type ProviderKind,
  type ProviderLimits,
  type PushToken,
  type Simulated,
} from '../contract.js';
import { BROADCAST, parseChannelId } from './broadcast.js';
import { apnsChannel } from './channel.js';
import { CertificateError, readClientCertificate } from './client-certificate.js';
import { interpret } from './cures.js';
import { compile, PAYLOAD_BYTES_MAX, TTL_SECONDS_MAX } from './payload.js';
import { ApnsProvider } from './provider.js';
import type { Credential } from './provider-options.js';
import { ProviderToken, readSigningKey } from './provider-token.js';
import { simulatedOptions } from './simulated.js';

/** Apple, "Sending notification requests to APNs". Port 2197 answers as well. */
const ENDPOINTS = { production: 'https://api.push.apple.com', sandbox: 'https://api.sandbox.push.apple.com' } as const;

/** Apple, "Sending channel management requests to APNs". */
const CHANNEL_ENDPOINTS = {
  production: 'https://api-manage-broadcast.push.apple.com:2196',
  sandbox: 'https://api-manage-broadcast.sandbox.push.apple.com:2195',
} as const;

const TEN_CHARACTERS = /^[A-Z0-9]{4,32}$/;

const endpoint = z
  .url({ protocol: /^https$/, error: 'is an https URL, such as https://localhost:2197' })
  .refine((url) => ['/', ''].includes(pathOf(url)), 'names a host and a port only, no path');

const TOKEN_SETTINGS = ['key', 'key_id', 'team_id'] as const;

const fields = z.strictObject({
  key: z
    .string()
    .superRefine((pem, context) => {
      try {
        readSigningKey(pem);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' });
      }
    })
    .optional()
    .meta({
      secret: true,
      description: 'Token authentication: the text of the AuthKey_….p8 file from Apple (an EC key on P-256).',
    }),
  key_id: z
    .string()
    .regex(TEN_CHARACTERS, 'is the id of the key, capital letters and digits, such as ABC123DEFG')
    .optional()
    .meta({ description: 'The id of that key, shown beside it in the developer account. Needed with key.' }),
  team_id: z
    .string()
    .regex(TEN_CHARACTERS, 'is the id of the team, capital letters and digits, such as DEF123GHIJ')
    .optional()
    .meta({ description: 'The id of the developer team. Needed with key.' }),
  certificate: z.string().optional().meta({
    secret: true,
    description: 'Or certificate authentication: PEM of a push certificate, its chain after it; its key may follow.',
  }),
  certificate_key: z.string().optional().meta({
    secret: true,
    description: 'PEM of the private key of that certificate, unless it stands in certificate.',
  }),
  bundle_id: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,155}$/, 'is the bundle id of the app: letters, digits, dots and hyphens')
    .meta({ description: 'The bundle id of the app; the topic of its notifications.' }),
  endpoints: z
    .strictObject({
      production: endpoint.optional(),
      sandbox: endpoint.optional(),
      channels_production: endpoint.optional(),
      channels_sandbox: endpoint.optional(),
    })
    .optional()
    .meta({ description: 'Other hosts in place of Apple’s, for a simulator or a proxy.' }),
  ca: z
    .string()
    .includes('-----BEGIN CERTIFICATE-----', { error: 'is PEM text of a certificate' })
    .optional()
    .meta({ description: 'PEM of the authority to trust in place of the system’s, for a simulator.' }),
});

/** Token authentication (`key`, `key_id`, `team_id`) or certificate authentication (`certificate`): one of the two. */
export const apnsOptions = fields.superRefine((options, context) => {
  const refuse = (setting: keyof typeof options, message: string) =>
    context.addIssue({ code: 'custom', path: [setting], message });
  const { certificate, certificate_key: certificateKey } = options;
  if (certificate === undefined) {
    for (const setting of TOKEN_SETTINGS) {
      if (options[setting] === undefined) {
        refuse(setting, 'is missing: set key, key_id and team_id, or certificate in place of all three');
      }
    }
    if (certificateKey !== undefined) refuse('certificate_key', 'is of no use without certificate');
    return;
  }
  for (const setting of TOKEN_SETTINGS) {
    if (options[setting] !== undefined) {
      refuse(setting, 'cannot stand beside certificate: keep the key or the certificate, not both');
    }
  }
  try {
    readClientCertificate(certificate, certificateKey);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    refuse(error.setting, error.message);
  }
});

export type ApnsOptions = z.infer<typeof apnsOptions>;

export const APNS_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 500, // one request each; the figure bounds how much one call holds
  payloadBytesMax: PAYLOAD_BYTES_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

export const apnsKind: ProviderKind<ApnsOptions> &
  Previewable &
  Interpreting &
  CredentialEnding<ApnsOptions> &
  Simulated<ApnsOptions> = {
  name: 'apns',
  options: apnsOptions,
  channel: apnsChannel,
  limits: APNS_LIMITS,
  nativeFor: ['ios', 'macos', 'watch', 'tv'],
  vendor: 'Apple',
  interpret,
  check: (message) => compile(message, 0).misfits,
  credentialEnd({ certificate, certificate_key: key }) {
    if (certificate === undefined) return undefined;
    return { credential: 'certificate', endsAt: readClientCertificate(certificate, key).expiresAt };
  },
  parsePushToken,
  simulatedOptions,
  preview(message, purpose, now) {
    const { compiled } = compile(message, now, purpose);
    if (compiled === undefined) return undefined;
    return { headers: compiled.headers, payload: JSON.parse(compiled.body.toString('utf8')) as Json };
  },
  open: async (options, env) => {
    return new ApnsProvider(
      {
        credential: credentialOf(options, () => env.now()),
        bundleId: options.bundle_id,
        endpoints: {
          production: options.endpoints?.production ?? ENDPOINTS.production,
          sandbox: options.endpoints?.sandbox ?? ENDPOINTS.sandbox,
        },
        channelEndpoints: {
          production: options.endpoints?.channels_production ?? CHANNEL_ENDPOINTS.production,
          sandbox: options.endpoints?.channels_sandbox ?? CHANNEL_ENDPOINTS.sandbox,
        },
        ca: options.ca,
        limits: APNS_LIMITS,
      },
      env,
    );
  },
};

/** @throws Error when the options never went through `apnsOptions`. */
function credentialOf(options: ApnsOptions, now: () => number): Credential {
  const { key, key_id: keyId, team_id: teamId, certificate, certificate_key: certificateKey } = options;
  if (certificate !== undefined) {
    return { kind: 'certificate', certificate: readClientCertificate(certificate, certificateKey) };
  }
  if (key === undefined || keyId === undefined || teamId === undefined) {
    throw new Error('apns needs key, key_id and team_id, or certificate');
  }
  const token = new ProviderToken(readSigningKey(key), keyId, teamId, now);
  token.current(); // a key that cannot sign shows here, not at the first message
  return { kind: 'token', token };
}

/**
 * Lower-case hexadecimal. Takes what `NSData`'s description printed (`<0a1b 2c3d …>`) as well. Apple
 * asks not to assume a length: devices have 64 digits today, other purposes more.
 */
function parsePushToken(raw: unknown, _options?: ApnsOptions, purpose?: string): PushToken {
  if (purpose === BROADCAST) return parseChannelId(raw);
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
