import type { EpochMs } from '../domain/time.js';

/** What access is taken away: from a device, from a user on every device, or one token. */
export type RevokedPart = 'device' | 'user' | 'jti';

export interface Revocation {
  readonly app: string;
  readonly part: RevokedPart;
  /** Id of the device, of the user, or of the token. */
  readonly subject: string;
  /** Tokens of the device or user issued up to then are refused; of a token, whenever it was issued. */
  readonly upTo: EpochMs;
}

/** What a revocation is compared with. */
export interface RevocableAccess {
  readonly app: string;
  readonly device: string;
  readonly user: string | null;
  readonly jti?: string;
  readonly issuedAt: EpochMs;
}

/** Access tokens that are refused before their time is up. Kept until every token they are about has ended. */
export interface RevocationStore {
  /** Repeating is harmless; of two about the same, the later `upTo` counts. Durable once it resolves. */
  add(revocations: readonly Revocation[], now: EpochMs): Promise<void>;
  /** Which of these are revoked. One answer per access, in order. */
  find(accesses: readonly RevocableAccess[]): Promise<readonly boolean[]>;
  /**
   * Those recorded at `from` or later, in an order of their own, after `after` (the last one of the page before), at most
   * `limit`. Processes record side by side: who reads again and again lets `from` overlap by more than a write may take.
   */
  since(from: EpochMs, limit: number, after?: Revocation): Promise<readonly Revocation[]>;
  /** Removes those recorded before `before`, at most `limit`. @returns how many */
  sweep(before: EpochMs, limit: number): Promise<number>;
}
