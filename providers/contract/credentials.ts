/** Whether a vendor takes the credentials, and until when. */
import type { VendorDetail } from '../../src/domain/outcome.js';
import type { EpochMs } from '../../src/domain/time.js';
import type { ProviderKind } from './kind.js';

/** What came of asking a vendor about our credentials. */
export interface CredentialTest {
  /**
   * `accepted`: the vendor let us in. `refused`: it did not, or not for this app. `unreachable`: no answer that says
   * either. `not_askable`: there is nobody to ask, or nothing was asked.
   */
  readonly verdict: 'accepted' | 'refused' | 'unreachable' | 'not_askable';
  /** One sentence for people, without a full stop; never holds a credential or a push token. */
  readonly detail: string;
  /** What the vendor said, where it said something. */
  readonly vendor?: VendorDetail;
  /** One sentence that says what to do; always there for `refused`. */
  readonly cure?: string;
  /** The vendor's clock as its answer told it (`date`, RFC 9110 §6.6.1: whole seconds). */
  readonly vendorTime?: EpochMs;
}

/** The ability of some providers to ask their vendor whether it accepts the credentials. */
export interface Testable {
  /**
   * Reaches no device, and leaves what the provider sends with untouched: connections and access tokens are of its own.
   * Ends soon after `signal` aborts, as `unreachable`. Never rejects for what the vendor or the network does.
   */
  testCredentials(signal: AbortSignal): Promise<CredentialTest>;
}

export function isTestable(provider: object): provider is Testable {
  return 'testCredentials' in provider && typeof provider.testCredentials === 'function';
}

/** A credential that its vendor refuses from some time on. */
export interface CredentialEnd {
  /** What it is, as a sentence names it: `certificate`. */
  readonly credential: string;
  readonly endsAt: EpochMs;
}

/** The ability of kinds some of whose credentials end. */
export interface CredentialEnding<Options> {
  /** Undefined for credentials that go on. Pure. */
  credentialEnd(options: Options): CredentialEnd | undefined;
}

export function isCredentialEnding<Options>(
  kind: ProviderKind<Options>,
): kind is ProviderKind<Options> & CredentialEnding<Options> {
  return 'credentialEnd' in kind && typeof kind.credentialEnd === 'function';
}
