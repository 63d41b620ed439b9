/**
 * What a push service, or the browser behind it, can find wrong with a request. Each service has its own status and
 * words for them.
 */
export type Complaint =
  | 'method'
  | 'unknown_subscription'
  | 'gone'
  | 'no_authorization'
  /** Not `vapid t=…, k=…`. */
  | 'bad_authorization'
  /** `k` is no uncompressed P-256 point. */
  | 'bad_key'
  /** Malformed, not ES256, or signed with another key than `k`. */
  | 'bad_jwt'
  | 'bad_audience'
  | 'no_expiry'
  | 'jwt_expired'
  | 'expiry_too_far'
  | 'bad_subject'
  /** The subscription was made with another application server key. */
  | 'other_key'
  | 'no_ttl'
  | 'bad_ttl'
  | 'negative_ttl'
  | 'ttl_too_long'
  /** Windows only: TTL and X-WNS-Cache-Policy contradict each other. */
  | 'ttl_conflict'
  | 'bad_urgency'
  | 'bad_topic'
  | 'bad_encoding'
  | 'too_large'
  | 'undecryptable';
