import type { AccessScope } from '../domain/realtime.js';
import type { EpochMs } from '../domain/time.js';

/** What an access token says, once it is known to be true. */
export interface Access {
  readonly kind: 'access';
  readonly app: string;
  readonly device: string;
  /** `null`: nobody is logged in. Whether it is still the device's user is asked where the device is. */
  readonly user: string | null;
  readonly scopes: ReadonlySet<AccessScope>;
  /** May have fractions of a second in tokens that the gateway made. */
  readonly issuedAt: EpochMs;
  /** Clocks may differ: it is good for `ACCESS_LEEWAY_MS` longer. */
  readonly expiresAt: EpochMs;
  readonly jti?: string;
  /** Thumbprint of the key that signed it. */
  readonly keyId: string;
}

export interface Refused {
  readonly kind: 'refused';
  readonly code: 'token_refused' | 'token_expired' | 'no_realtime' | 'access_revoked';
  /** A sentence for whoever made the token; it holds nothing of any key. */
  readonly detail: string;
}

/** Judges access tokens of devices. */
export interface AccessTokens {
  /**
   * The app is found by `aud`, and then everything is checked. Revocations count at once, whoever recorded them.
   *
   * @throws GatewayError `overloaded` where the keys an app publishes cannot be fetched, and what a store throws: the
   * token may be good, and whoever has it comes back
   */
  verify(token: string, now: EpochMs): Promise<Access | Refused>;
  /**
   * Whether what was verified before still stands, asking nobody: the app still has its realtime road, the key is still
   * there, and the time is not up. For connections that are open, every few seconds; revocations reach them by the bus.
   *
   * @returns what it fails for, or `undefined`
   */
  check(access: Access, now: EpochMs): Refused | undefined;
}

/** What a token that the gateway makes is to say. */
export interface WantedAccess {
  readonly app: string;
  readonly device: string;
  readonly user: string | null;
  readonly scopes: readonly AccessScope[];
  readonly ttlMs: number;
}

/** Makes access tokens for apps whose server signs none itself. */
export interface AccessIssuer {
  /** `expiresAt` is a whole second, never later than asked for. */
  issue(wanted: WantedAccess, now: EpochMs): Promise<{ readonly token: string; readonly expiresAt: EpochMs }>;
}
