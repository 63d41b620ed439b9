import type { EpochMs } from '../domain/time.js';

/** An access token that a vendor gave, while it lives and after. */
export interface VendorToken {
  readonly value: string;
  readonly issuedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** A credential of one app at one provider; `key` is a digest of it. A twin is an app of its own. */
export interface VendorCredential {
  readonly app: string;
  readonly provider: string;
  readonly key: string;
}

/** Access tokens of vendors, sealed, and the right to ask for another: one at a time for each credential. */
export interface VendorTokenStore {
  /** The newest that was kept, also one that has ended. What does not open with the data key counts as none. */
  read(of: VendorCredential): Promise<VendorToken | undefined>;
  /**
   * Takes the right to ask until `until`, unless somebody has it at `now`, or nobody may have it yet.
   *
   * @param claim names who asks; another each time
   * @returns undefined when it was taken, else when it will be free at the latest
   */
  claim(of: VendorCredential, claim: string, now: EpochMs, until: EpochMs): Promise<EpochMs | undefined>;
  /** Keeps the token and gives the right back. Nothing happens if `claim` no longer has it. */
  keep(of: VendorCredential, claim: string, token: VendorToken): Promise<void>;
  /** Gives the right back; nobody is given it before `notBefore`. Nothing happens if `claim` no longer has it. */
  giveUp(of: VendorCredential, claim: string, notBefore: EpochMs): Promise<void>;
  /** Removes tokens that ended before `before` and that nobody asks for, at most `limit`. @returns how many */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
