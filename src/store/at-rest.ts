import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { DataKey } from '../domain/data-key.js';
import { GatewayError } from '../domain/errors.js';
import type { TokenHasher } from '../ports/token-hasher.js';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals what must not lie open in a store: AES-256-GCM under a rotating key.
 *
 * Layout: format (1 byte), length of the key id (1), key id, nonce (12, random), tag (16), ciphertext. The place a
 * value belongs to is authenticated with it, so that a sealed value cannot be moved to another row.
 */
export class AtRest {
  readonly #key: DataKey;

  constructor(key: DataKey) {
    this.#key = key;
  }

  /** @param place where the value belongs, such as `messages|msg_…|content` */
  seal(plain: string, place: string): Buffer {
    const keyId = this.#key.current;
    const secret = this.#key.keys.get(keyId);
    if (secret === undefined) throw new Error(`the data key names '${keyId}' as current, but does not hold it`);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce);
    cipher.setAAD(Buffer.from(place));
    const body = cipher.update(plain, 'utf8');
    const tail = cipher.final();
    const header = Buffer.concat([Buffer.from([FORMAT, keyId.length]), Buffer.from(keyId, 'latin1')]);
    return Buffer.concat([header, nonce, cipher.getAuthTag(), body, tail]);
  }

  /** A secret of this store's own for hashes that a statement makes; the same for the same purpose, never rotated. */
  pepper(purpose: string): string {
    return createHmac('sha256', this.#key.hashKey).update(`pepper|${purpose}`).digest('base64url');
  }

  /** @throws GatewayError `store_corrupt` when the value was changed, moved, or sealed with a key that is gone. */
  open(sealed: Uint8Array, place: string): string {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const keyIdEnd = 2 + (bytes[1] ?? 0);
    const keyId = bytes.toString('latin1', 2, keyIdEnd);
    const secret = this.#key.keys.get(keyId);
    if (bytes[0] !== FORMAT || secret === undefined) {
      throw new GatewayError(
        'store_corrupt',
        `stored data was sealed with the data key '${keyId}', which security.data_key does not hold; put that key back into the file`,
      );
    }
    const nonceEnd = keyIdEnd + NONCE_BYTES;
    try {
      // Also what was cut short ends in the catch: the cipher refuses a nonce or tag of another length by throwing.
      const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(keyIdEnd, nonceEnd), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(nonceEnd, nonceEnd + TAG_BYTES));
      return decipher.update(bytes.subarray(nonceEnd + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new GatewayError(
        'store_corrupt',
        `stored data does not open with the data key '${keyId}'; is security.data_key the file this store was made with?`,
        { cause },
      );
    }
  }
}

/** Keyed hashes for look-up and uniqueness; 160 bits of HMAC-SHA256 in base64url, 27 characters. */
export function createTokenHasher(key: DataKey): TokenHasher {
  const digest = (text: string) =>
    createHmac('sha256', key.hashKey).update(text).digest().subarray(0, 20).toString('base64url');
  return {
    pushToken: (app, provider, token) => digest(`push|${app}|${provider}|${token}`),
    serverKey: (text) => digest(`key|${text}`),
    callback: (app, provider) => digest(`callback|${app}|${provider}`),
  };
}
