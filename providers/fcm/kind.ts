/** Firebase Cloud Messaging, HTTP v1: settings, push tokens, limits, and how a provider is opened. */
import { z } from 'zod';
import {
  type Interpreting,
  InvalidInputError,
  type Previewable,
  type ProviderKind,
  type ProviderLimits,
  type PushToken,
  type Simulated,
} from '../contract.js';
import { TTL_SECONDS_MAX } from './blocks.js';
import { fcmChannel } from './channel.js';
import { interpret } from './cures.js';
import { openGoogleCredential } from './google-credential.js';
import { compile, PAYLOAD_BYTES_MAX } from './payload.js';
import { FcmProvider } from './provider.js';
import { readServiceAccount } from './service-account.js';
import { simulatedOptions } from './simulated.js';

/** Firebase, "Send a message using FCM HTTP v1 API". */
const ENDPOINT = 'https://fcm.googleapis.com';

const httpsUrl = z.url({ protocol: /^https$/, error: 'is an https URL, such as https://localhost:8443' });

export const fcmOptions = z
  .strictObject({
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
      .meta({ secret: true, description: 'The text of the JSON key file of a service account.' }),
    credential: z
      .literal('application_default')
      .optional()
      .meta({
        secret: false,
        description: 'In place of a key: what the environment offers, workload identity among it.',
        examples: ['application_default'],
      }),
    project_id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.:-]{0,62}$/, 'is the id of the Firebase project, such as shop-1a2b3')
      .optional()
      .meta({ description: 'The Firebase project; that of the key file when absent.' }),
    endpoint: httpsUrl
      .refine((url) => ['/', ''].includes(pathOf(url)), 'names a host and a port only, no path')
      .optional()
      .meta({ description: 'Another host in place of Google’s, for a simulator or a proxy.' }),
    token_endpoint: httpsUrl
      .optional()
      .meta({ description: 'Another place to get access tokens for the service account, for a simulator.' }),
    ca: z
      .string()
      .includes('-----BEGIN CERTIFICATE-----', { error: 'is PEM text of a certificate' })
      .optional()
      .meta({ description: 'PEM of the authority to trust at both in place of the system’s, for a simulator.' }),
  })
  .superRefine(({ service_account, credential, project_id, token_endpoint }, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (service_account === undefined && credential === undefined) {
      fault('service_account', 'is needed, unless credential: application_default is set');
    }
    if (service_account !== undefined && credential !== undefined) {
      fault('credential', 'cannot stand beside service_account: take out one of them');
    }
    if (service_account === undefined && credential !== undefined && project_id === undefined) {
      fault('project_id', 'is needed with credential: application_default');
    }
    if (service_account === undefined && token_endpoint !== undefined) {
      fault('token_endpoint', 'is for service_account; application default credentials name their own');
    }
  });

export type FcmOptions = z.infer<typeof fcmOptions>;

export const FCM_LIMITS: ProviderLimits = Object.freeze({
  batchTargetsMax: 500, // one request each; the figure bounds how much one call holds
  payloadBytesMax: PAYLOAD_BYTES_MAX,
  ttlSecondsMax: TTL_SECONDS_MAX,
});

export const fcmKind: ProviderKind<FcmOptions> & Previewable & Interpreting & Simulated<FcmOptions> = {
  name: 'fcm',
  options: fcmOptions,
  channel: fcmChannel,
  limits: FCM_LIMITS,
  // Browsers and Apple's devices have roads of their own, shorter by one vendor.
  nativeFor: ['android'],
  vendor: 'FCM',
  interpret,
  check: (message) => compile(message, 0).misfits,
  parsePushToken,
  simulatedOptions,
  preview(message, _purpose, now) {
    const { compiled } = compile(message, now);
    return compiled === undefined ? undefined : { message: compiled.message };
  },
  open: async (options, env) => {
    const account = options.service_account === undefined ? undefined : readServiceAccount(options.service_account);
    const projectId = options.project_id ?? account?.projectId;
    if (projectId === undefined) throw new Error('fcm needs a project_id'); // the schema asks for it
    const tokens = await openGoogleCredential({
      serviceAccount: account?.json,
      tokenEndpoint: options.token_endpoint,
      ca: options.ca,
    });
    const endpoint = options.endpoint ?? ENDPOINT;
    return new FcmProvider({ tokens, projectId, endpoint, ca: options.ca, limits: FCM_LIMITS }, env);
  },
};

/**
 * As it is: Firebase documents neither length nor shape. Seen are an instance id, a colon and a long
 * base64url text; a Firebase installation id, which has 22 characters, may stand in its place.
 */
function parsePushToken(raw: unknown): PushToken {
  if (typeof raw !== 'string') throw new InvalidInputError('an FCM push token is a string');
  if (raw.length < 20 || raw.length > 4096) {
    throw new InvalidInputError('an FCM push token has 20 to 4096 characters');
  }
  if (!/^[A-Za-z0-9_:-]+$/.test(raw)) {
    throw new InvalidInputError(
      'an FCM push token has letters, digits, `_`, `-` and `:` only; is this of another provider?',
    );
  }
  return raw as PushToken; // the brand is given here and nowhere else
}

function pathOf(url: string): string {
  try {
    const { pathname, search, hash } = new URL(url);
    return pathname + search + hash;
  } catch {
    return '?';
  }
}
