/** Checks the `realtime` section of an app's file. */
import { z } from 'zod';
import type { RealtimeSettings } from '../src/domain/realtime.js';
import { readAccessKeys } from './access-keys.js';
import { type Complaint, explain, unknownKey } from './explain.js';
import type { SettingSchema } from './schema.js';
import { duration } from './setting-types.js';
import type { Path } from './yaml-source.js';

export interface RealtimeReading {
  /** Absent: the app has no realtime road, or its section is faulty. */
  readonly realtime?: RealtimeSettings;
  readonly complaints: readonly Complaint[];
}

const PATH: Path = ['realtime'];
const ORIGINS_MAX = 100;
/** The heartbeat that every client may have (docs/realtime-protocol.md). */
const PING_MIN_MS = 5_000;
const PING_MAX_MS = 30 * 60_000;

/** What of the section is no key. */
export const realtimeFields = z.strictObject({
  jwks: z
    .string()
    .refine(isPlainHttps, 'must be an https:// URL without user, password or fragment')
    .optional()
    .meta({
      description: 'Or where your server publishes its public keys (a JWKS); a private address needs egress.allow.',
      examples: ['https://shop.example/.well-known/jwks.json'],
    }),
  issuer: z
    .string()
    .min(1)
    .max(256)
    .refine((text) => text !== 'pealbell', 'is the issuer of the gateway’s own tokens: choose another')
    .optional()
    .meta({ description: 'What `iss` in your server’s tokens says. Needed with keys or jwks.', examples: ['shop'] }),
  origins: z
    .array(z.string())
    .transform((origins, context) => {
      if (origins.length > ORIGINS_MAX) {
        context.addIssue({ code: 'custom', message: `must have at most ${ORIGINS_MAX} entries` });
      }
      return origins.map((text, index) => {
        const origin = originOf(text);
        const message = 'must be an origin such as https://shop.example, with no path and no / at its end, or *';
        if (origin === undefined) context.addIssue({ code: 'custom', message, path: [index] });
        return origin ?? text;
      });
    })
    .prefault([])
    .meta({
      description: 'Whose pages may connect, or "*" for all; what sends no Origin (an app on a phone) always may.',
      examples: [['https://shop.example']],
    }),
  ping_max: duration('4m', 'The longest heartbeat that a client is granted: a phone asks for more to save battery.', {
    min: PING_MIN_MS,
    max: PING_MAX_MS,
  }),
  max_in_flight: z
    .int()
    .min(1)
    .max(1_000)
    .prefault(32)
    .meta({ description: 'Messages that a connection may have unfinished; the rest waits in the mailbox.' }),
  clear_on_open: z
    .boolean()
    .prefault(true)
    .meta({ description: 'Opening a notification on one device takes it off the user’s other screens.' }),
  compression: z
    .enum(['off', 'on'])
    .prefault('off')
    .meta({ description: 'permessage-deflate for WebSockets that offer it: less traffic, more memory each.' }),
});

/** Says what a key may be; the keys themselves are read by `readAccessKeys`. */
export const KEYS_DESCRIPTION =
  'Keys with which your own server signs access tokens: PEM or JWK public keys (P-256 for ES256, Ed25519 for EdDSA), or secrets of at least 32 bytes for HS256; kid where tokens name one.';
/** In the order of the example. */
export const REALTIME_SETTINGS: readonly string[] = ['keys', ...Object.keys(realtimeFields.shape)];

/** @param value of `realtime` in the app's file, its references replaced */
export function readRealtime(value: unknown): RealtimeReading {
  if (value === undefined) return { complaints: [] };
  if (!isRecord(value)) {
    const suggestion = 'write realtime: {} for the road with its defaults';
    return { complaints: [{ path: PATH, at: 'value', what: 'must be a group of settings', suggestion }] };
  }
  const { keys: written, ...fields } = value;
  const strangers = Object.keys(fields).filter((key) => !Object.hasOwn(realtimeFields.shape, key));
  const complaints = strangers.map((key) => unknownKey([...PATH, key], REALTIME_SETTINGS));
  const known = Object.fromEntries(Object.entries(fields).filter(([key]) => !strangers.includes(key)));
  const parsed = realtimeFields.safeParse(known);
  for (const issue of parsed.error?.issues ?? []) {
    complaints.push(...explain(issue, known, undefined).map((found) => ({ ...found, path: [...PATH, ...found.path] })));
  }
  const { keys, complaints: ofKeys } = readAccessKeys(written, [...PATH, 'keys']);
  complaints.push(...ofKeys);
  const signs = (Array.isArray(written) && written.length > 0) || fields.jwks !== undefined;
  if (signs && fields.issuer === undefined) {
    const suggestion = 'say what your server puts into iss, such as issuer: shop';
    complaints.push({ path: [...PATH, 'issuer'], at: 'value', what: 'is missing', suggestion });
  }
  if (!parsed.success || complaints.length > 0) return { complaints };
  const { jwks, issuer, origins, ping_max, max_in_flight, clear_on_open, compression } = parsed.data;
  const realtime: RealtimeSettings = {
    keys,
    ...(jwks === undefined ? {} : { jwks }),
    ...(issuer === undefined ? {} : { issuer }),
    origins,
    pingMaxMs: ping_max,
    maxInFlight: max_in_flight,
    clearOnOpen: clear_on_open,
    compression,
  };
  return { realtime, complaints };
}

/** For the app's JSON Schema and its example file. */
export function realtimeSchema(): SettingSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(realtimeFields, { io: 'input' }) as SettingSchema & {
    $schema?: string;
  };
  const example = [{ kid: '2026-11', key: '${file:/run/secrets/shop-access.pub.pem}' }];
  const keys: SettingSchema = { type: 'array', description: KEYS_DESCRIPTION, examples: [example] };
  return { ...schema, properties: { keys, ...schema.properties } };
}

/** As browsers send it (RFC 6454 §6.2): scheme, host in lower case, a port that is not the scheme's own. */
function originOf(text: string): string | undefined {
  if (text === '*') return text;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { origin } = new URL(text);
  return text.toLowerCase() === origin || text.toLowerCase() === `${origin}:${defaultPort(origin)}`
    ? origin
    : undefined;
}

function defaultPort(origin: string): string {
  return origin.startsWith('https:') ? '443' : '80';
}

function isPlainHttps(text: string): boolean {
  if (!/^https:\/\//i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.hash === '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
