/** What the house lends a provider. */

import type { LookupFunction } from 'node:net';
import type { EpochMs } from '../../src/domain/time.js';
import type { LiveRoad } from './live-road.js';

/** What the house lends a provider for as long as it is open. */
export interface ProviderEnv {
  /** The provider's name in this app's file. */
  readonly name: string;
  readonly app: string;
  now(): EpochMs;
  readonly log: ProviderLog;
  observe(observation: ProviderObservation): void;
  readonly egress: EgressGuard;
  /** The house's own connections to devices; absent where the app has no realtime road. */
  readonly live?: LiveRoad;
  /** Absent where the provider is opened for a look only: it keeps its access tokens to itself then. */
  readonly tokens?: SharedTokens;
  /**
   * Where this provider's vendor can tell of receipts, with the secret in it; absent where the gateway has no public
   * address, or the kind reads none.
   */
  readonly callbackUrl?: string;
}

export interface ProviderLog {
  info(fields: Readonly<Record<string, unknown>>, event: string): void;
  warn(fields: Readonly<Record<string, unknown>>, event: string): void;
  error(fields: Readonly<Record<string, unknown>>, event: string): void;
}

/** One thing worth counting. Labels have few values; never a token. */
export type ProviderObservation =
  | { readonly kind: 'request'; readonly code: string; readonly ms: number }
  | { readonly kind: 'connections'; readonly state: 'open' | 'draining'; readonly count: number };

/**
 * The house's guard for addresses that others chose, such as the endpoint in a Web Push subscription. Addresses that
 * the operator wrote into the configuration need no guard.
 */
export interface EgressGuard {
  /** To be asked before the first connection to an origin. @throws an `Error` whose text may be told, for one refused. */
  checkUrl(url: URL): void;
  /** For every connection, in place of the system's look-up: gives checked addresses only. Not asked about IP literals. */
  readonly lookup: LookupFunction;
}

/** An access token of a vendor as all processes share it. */
export interface SharedToken {
  readonly value: string;
  readonly issuedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** The right to ask a vendor for a new access token; where it was not given, when to look again. */
export type TokenClaim =
  | { readonly granted: true; readonly claim: string }
  | { readonly granted: false; readonly lookAgainAt: EpochMs };

/**
 * Access tokens of one app at one provider, shared by all processes, so that each is fetched once. What is kept is sealed.
 * `key` names the credential that a token belongs to, and must not tell it: a digest, such as `tokenKey` makes.
 */
export interface SharedTokens {
  /** The newest token that was kept under this key; it may have ended. */
  read(key: string): Promise<SharedToken | undefined>;
  /** Nobody else is granted it until `release`, or for `forMs` where that never comes. */
  claim(key: string, forMs: number): Promise<TokenClaim>;
  /** Keeps the token, if there is one, and lets the claim go; nobody is granted another before `notBefore`. */
  release(
    key: string,
    claim: string,
    result: { readonly token: SharedToken } | { readonly notBefore: EpochMs },
  ): Promise<void>;
}
