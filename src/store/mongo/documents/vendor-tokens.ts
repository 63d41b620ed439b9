import type { EpochMs } from '../../../domain/time.js';
import { collection } from '../engine/collection.js';

/** `_id` is `app|provider|key`. */
export interface VendorTokenDoc {
  readonly _id: string;
  /** Who may ask for another; '' is nobody. */
  readonly claim: string;
  /** Nobody is given the right to ask before. */
  readonly claimedUntil: EpochMs;
  /** Sealed; absent where none was ever kept. */
  readonly token?: Uint8Array;
  readonly issuedAt?: EpochMs;
  /** 0 where there is no token. */
  readonly expiresAt: EpochMs;
}

export const VENDOR_TOKENS = collection<VendorTokenDoc>(
  'vendor_tokens',
  { claim: String, claimedUntil: Number, token: Buffer, issuedAt: Number, expiresAt: Number },
  [{ name: 'by_end', keys: { expiresAt: 1 } }],
);
