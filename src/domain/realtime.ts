/** Ways of signing an access token, by the names of RFC 7518 and RFC 8037. There is no other. */
export const ACCESS_ALGORITHMS = ['HS256', 'ES256', 'EdDSA'] as const;
export type AccessAlgorithm = (typeof ACCESS_ALGORITHMS)[number];

/** What an access token may allow its device. */
export const ACCESS_SCOPES = ['receive', 'events', 'register', 'upstream'] as const;
export type AccessScope = (typeof ACCESS_SCOPES)[number];

/** An access token is good for at most this long after it was issued. */
export const ACCESS_LIFE_MS_MAX = 24 * 3_600_000;
/** By how much the clock of whoever signs may be off, either way. */
export const ACCESS_LEEWAY_MS = 30_000;
/** Starts the ids of the gateway's own keys; an app's keys cannot have such an id. */
export const OWN_KEY_PREFIX = 'pealbell-';
/** The issuer of tokens that the gateway makes. */
export const OWN_ISSUER = 'pealbell';

/**
 * A push that is not `done` so long after it was sent holds up no other; a handler that takes so long after `got` is taken
 * for one that died, and the message's route goes on.
 */
export const DONE_WITHIN_MS = 60_000;
/** Providers know no values of the domain: theirs is held equal by its type. */
export type DoneWithinMs = typeof DONE_WITHIN_MS;

/** A shared secret of at least 32 bytes, as JSON Web Key (RFC 7518 §6.4). */
export interface SecretJwk {
  readonly kty: 'oct';
  readonly k: string;
}
/** A public key on P-256 (RFC 7518 §6.2) or of Ed25519 (RFC 8037 §2). */
export type PublicJwk =
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

/** A key with which an app's own server signs access tokens. The key decides the algorithm, never the token. */
export type AccessKey = {
  /** The key's thumbprint (RFC 7638, SHA-256): two keys are the same when these are. */
  readonly id: string;
  /** Tokens whose header names another are not checked with this key. */
  readonly kid?: string;
} & (
  | { readonly algorithm: 'HS256'; readonly jwk: SecretJwk }
  | { readonly algorithm: 'ES256' | 'EdDSA'; readonly jwk: PublicJwk }
);

/** An app's `realtime` section: it has the realtime road because it has one. */
export interface RealtimeSettings {
  /** Secrets are among them: never print them. */
  readonly keys: readonly AccessKey[];
  /** Where more public keys are fetched: an https URL. */
  readonly jwks?: string;
  /** What `iss` of the tokens of the app's own server must be; there wherever `keys` or `jwks` is. */
  readonly issuer?: string;
  /** Origins of pages that may connect, such as `https://shop.example`; `*` for all. */
  readonly origins: readonly string[];
  /** The longest heartbeat that a client is granted. */
  readonly pingMaxMs: number;
  /** Pushes that a connection may have unfinished. */
  readonly maxInFlight: number;
  /** Whether opening a notification on one device of a user takes it off the screens of the others. */
  readonly clearOnOpen: boolean;
  /** permessage-deflate, where the client offers it. */
  readonly compression: 'off' | 'on';
}

/** Whether a page of this origin may use the realtime road; a request without `Origin` comes from no page. */
export function isAllowedOrigin(settings: Pick<RealtimeSettings, 'origins'>, origin: string | undefined): boolean {
  return origin === undefined || settings.origins.includes('*') || settings.origins.includes(origin.toLowerCase());
}
