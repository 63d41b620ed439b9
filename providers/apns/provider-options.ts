/** What a provider is opened with, and what its files share of it. */
import type { ProviderLimits } from '../contract.js';
import type { Http2PoolOptions } from '../shared/http2-pool.js';
import type { ClientCertificate } from './client-certificate.js';
import type { ProviderToken } from './provider-token.js';

export type Environment = 'production' | 'sandbox';

/** One of Apple's two ways to prove who is sending. */
export type Credential =
  | { readonly kind: 'token'; readonly token: ProviderToken }
  | { readonly kind: 'certificate'; readonly certificate: ClientCertificate };

export interface ApnsProviderOptions {
  readonly credential: Credential;
  readonly bundleId: string;
  readonly endpoints: Readonly<Record<Environment, string>>;
  /** The hosts that manage broadcast channels. */
  readonly channelEndpoints: Readonly<Record<Environment, string>>;
  readonly ca: string | undefined;
  readonly limits: ProviderLimits;
  /** Figures of the connections other than the pool's own. */
  readonly pool?: Partial<Http2PoolOptions>;
}

/**
 * TLS alerts on the certificate that we showed (RFC 8446 §6.2: 42 to 46 about it, 48 unknown_ca, 49 access_denied,
 * 116 certificate_required), as OpenSSL writes them.
 */
export const CERTIFICATE_ALERT = /SSL alert number (?:4[2-689]|116)\b/;
