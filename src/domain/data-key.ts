import { GatewayError } from './errors.js';
import type { RandomBytes } from './ids.js';

/** Bytes of every key in the file: HMAC-SHA-256 and AES-256-GCM both take 256 bits. */
export const DATA_KEY_BYTES = 32;

/**
 * What protects push tokens and message content at rest. `hashKey` finds a push token again and never
 * rotates; `keys` encrypt, `current` for what is written, the others for what was written before.
 */
export interface DataKey {
  readonly version: 1;
  /** {@link DATA_KEY_BYTES} bytes. */
  readonly hashKey: Uint8Array;
  /** Id of the key that encrypts from now on; always one of `keys`. */
  readonly current: string;
  /** By key id, {@link DATA_KEY_BYTES} bytes each. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

const KEY_ID = /^[a-z0-9][a-z0-9_-]{0,31}$/;
/** Padded base64 of exactly 32 bytes: 42 characters, one whose low bits are zero, and one `=` (RFC 4648 §4). */
const BASE64_32 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const FIELDS = ['version', 'hash_key', 'current', 'keys'];

/**
 * The text of a new data-key file, ending in a newline. Losing the file loses every stored push token.
 *
 * @param random a cryptographic source (`crypto.randomBytes`).
 */
export function makeDataKey(random: RandomBytes): string {
  const key = (): string => Buffer.from(random(DATA_KEY_BYTES)).toString('base64');
  return `${JSON.stringify({ version: 1, hash_key: key(), current: 'k1', keys: { k1: key() } }, null, 2)}\n`;
}

/**
 * Reads the text of a data-key file. The arrays in the answer are the caller's own.
 *
 * @throws GatewayError `config_invalid` naming the first fault; the text never holds key material.
 */
export function parseDataKey(text: string): DataKey {
  const file = asObject(parseJson(text), 'the file');
  const stray = Object.keys(file).find((name) => !FIELDS.includes(name));
  if (stray !== undefined) throw invalid(`it has an unknown field ${JSON.stringify(stray.slice(0, 40))}`);
  if (file.version !== 1) throw invalid('"version" must be 1; a newer Pealbell may have written it');
  const hashKey = parseKey(file.hash_key, '"hash_key"');
  const listed = Object.entries(asObject(file.keys, '"keys"'));
  const odd = listed.find(([id]) => !KEY_ID.test(id));
  if (odd !== undefined) throw invalid('"keys" has a key id that is not 1 to 32 of a-z, 0-9, "_" and "-"');
  const keys = new Map(listed.map(([id, value]) => [id, parseKey(value, `"keys.${id}"`)]));
  const current = file.current;
  if (typeof current !== 'string' || !keys.has(current)) {
    throw invalid('"current" must name one of "keys", the one that encrypts from now on');
  }
  return { version: 1, hashKey, current, keys };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // V8's own message quotes the text, which is key material: it is left out on purpose, also as the cause.
    throw invalid('it is not JSON');
  }
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${what} must be a JSON object`);
  }
  return value as Readonly<Record<string, unknown>>; // narrowed by the line above
}

function parseKey(value: unknown, what: string): Uint8Array {
  if (typeof value !== 'string' || !BASE64_32.test(value)) {
    throw invalid(`${what} must be ${DATA_KEY_BYTES} bytes in base64, which is 44 characters ending in "="`);
  }
  return new Uint8Array(Buffer.from(value, 'base64'));
}

function invalid(what: string): GatewayError {
  return new GatewayError(
    'config_invalid',
    `The data key cannot be used: ${what}. Restore the file from its backup, or make one with \`pealbell config data-key\` if nothing was stored yet.`,
  );
}
