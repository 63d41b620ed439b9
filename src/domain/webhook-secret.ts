import type { RandomBytes } from './ids.js';

/** Of a secret that the house makes. */
const BYTES = 32;
/** As Standard Webhooks 1.0 asks for. */
const BYTES_MIN = 24;
const BYTES_MAX = 64;
const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Said to whoever has none. */
export const MAKE_WEBHOOK_SECRET = 'make one with: echo "whsec_$(openssl rand -base64 32)"';

/** A new secret for signing calls: `whsec_` and the base64 of 32 random bytes. */
export function makeWebhookSecret(random: RandomBytes): string {
  return PREFIX + Buffer.from(random(BYTES)).toString('base64');
}

/** The bytes that a secret signs with; undefined for a text that is none (see {@link webhookSecretFault}). */
export function webhookSecretKey(text: string): Uint8Array | undefined {
  return webhookSecretFault(text) === undefined ? Buffer.from(text.slice(PREFIX.length), 'base64') : undefined;
}

/** What is wrong with a secret, to be read after "it", with nothing of it inside; undefined where nothing is. */
export function webhookSecretFault(text: string): string | undefined {
  const encoded = text.slice(PREFIX.length);
  if (!text.startsWith(PREFIX) || !BASE64.test(encoded)) return `must be ${PREFIX} and base64`;
  const { length } = Buffer.from(encoded, 'base64');
  if (length >= BYTES_MIN && length <= BYTES_MAX) return undefined;
  return `holds ${length} bytes; it must hold ${BYTES_MIN} to ${BYTES_MAX}`;
}
