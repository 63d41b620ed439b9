import { createHash } from 'node:crypto';
import { ERASED_USER } from '../../domain/chunk.js';
import { BARE_KEY_PREFIX, type Delivery } from '../../domain/delivery.js';
import type { AtRest } from '../at-rest.js';

/**
 * Of deliveries whose `track` keeps no record a chunk remembers 8 bytes each, a keyed hash: enough to tell, when a
 * receipt comes, that this device of this user was sent the message, and nothing to anybody else.
 */
const REMEMBERED_BYTES = 8;
export const REMEMBERED_STATES = ['sent', 'delivered'] as const;
export type RememberedState = (typeof REMEMBERED_STATES)[number];

type Remembered = Pick<Delivery, 'message' | 'key' | 'user' | 'provider'> & { readonly state: string };

export function fingerprint(pepper: string, { message, key, user, provider, state }: Remembered): Buffer {
  const digest = createHash('sha256')
    .update(JSON.stringify([pepper, message, key, user, provider, state]))
    .digest();
  return digest.subarray(0, REMEMBERED_BYTES);
}

export function unkeptPepper(atRest: AtRest): string {
  return atRest.pepper('unkept deliveries');
}

/** What a chunk remembers of these; of one that can be told no receipt of, nothing. */
export function remember(pepper: string, unkept: readonly Delivery[]): Buffer {
  const told = unkept.filter(
    ({ state, user, key }) =>
      (state === 'sent' || state === 'delivered') && user !== ERASED_USER && !key.startsWith(BARE_KEY_PREFIX),
  );
  return Buffer.concat(told.map((delivery) => fingerprint(pepper, delivery)));
}

export function remembers(memory: Uint8Array, mark: Buffer): boolean {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    if (at % REMEMBERED_BYTES === 0) return true;
  }
  return false;
}
