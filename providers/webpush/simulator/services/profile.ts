import type { Complaint } from '../complaint.js';

/** Status and the service's own word for it; `null` where it says nothing. */
export interface Refusal {
  readonly status: number;
  readonly word: string | null;
}

/** What goes over the wire beside the status. */
export interface Rendered {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How one push service differs from the others. Pure. */
export interface PushServiceProfile {
  /** Path of the endpoint of a subscription; `id` is base64url. */
  pathOf(id: string): string;
  /** Largest body, as encrypted. RFC 8030 §7.2: never below 4096. */
  readonly bodyBytesMax: number;
  /** A longer TTL is shortened to it, or refused where `refusesLongTtl`. */
  readonly ttlSecondsMax: number;
  readonly refusesLongTtl: boolean;
  /** TTL 0 contradicts the service's default `X-WNS-Cache-Policy` and needs `no-cache` beside it. */
  readonly zeroTtlNeedsNoCache: boolean;
  /** A contact at localhost does not count (`sub` of the JWT). */
  readonly refusesLocalhost: boolean;
  readonly refusals: Readonly<Record<Complaint, Refusal>>;
  /** The word given most often with a status, for faults that name only the status. */
  readonly usualWord: Readonly<Record<number, string>>;
  /** `id`: of the message just taken. */
  renderAccepted(id: string): Rendered;
  renderRefusal(refusal: Refusal): Rendered;
}

/** All complaints answered alike but for those named. */
export function refusalTable(
  other: Readonly<Record<'request' | 'credential' | 'dead', Refusal>>,
  named: Partial<Record<Complaint, Refusal>>,
): Readonly<Record<Complaint, Refusal>> {
  const { request, credential, dead } = other;
  return {
    method: { ...request, status: 405 },
    unknown_subscription: { ...dead, status: 404 },
    gone: dead,
    no_authorization: credential,
    bad_authorization: credential,
    bad_key: credential,
    bad_jwt: credential,
    bad_audience: credential,
    no_expiry: credential,
    jwt_expired: credential,
    expiry_too_far: credential,
    bad_subject: credential,
    other_key: credential,
    no_ttl: request,
    bad_ttl: request,
    negative_ttl: request,
    ttl_too_long: request,
    ttl_conflict: request,
    bad_urgency: request,
    bad_topic: request,
    bad_encoding: request,
    too_large: request,
    undecryptable: request,
    ...named,
  };
}
