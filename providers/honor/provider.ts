/** An Honor provider: the common frame, and a question about the credentials that reaches no device. */
import type { CredentialTest, JsonObject, ProviderEnv, ProviderLimits, Testable } from '../contract.js';
import { dateOf } from '../shared/ask-once.js';
import { VendorProvider } from '../shared/vendor-provider.js';
import { tokenKey, VendorTokens } from '../shared/vendor-tokens.js';
import { issueToken } from './access-token.js';
import { interpret } from './cures.js';
import { HONOR_ENDPOINT, HONOR_TOKEN_ENDPOINT, type HonorOptions } from './options.js';
import { createWire } from './wire.js';

export class HonorProvider extends VendorProvider<JsonObject> implements Testable {
  readonly #options: HonorOptions;

  constructor(options: HonorOptions, limits: ProviderLimits, env: ProviderEnv) {
    const { client_id, client_secret, token_endpoint = HONOR_TOKEN_ENDPOINT } = options;
    const tokens = new VendorTokens(
      {
        key: tokenKey('honor', token_endpoint, client_id, client_secret),
        issue: (signal) => issueToken(options, () => env.now(), signal),
      },
      env,
    );
    const origin = options.endpoint ?? HONOR_ENDPOINT;
    super({ wire: createWire(options, limits), kind: 'honor', origin, ca: options.ca, tokens }, env);
    this.#options = options;
  }

  /** Asks for an access token of its own; whether the app may send, only a send tells. */
  async testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    let vendorTime: number | undefined;
    const issued = await issueToken(
      this.#options,
      () => this.env.now(),
      signal,
      ({ reply }) => {
        vendorTime = dateOf(reply);
      },
    );
    const time = vendorTime === undefined ? {} : { vendorTime };
    if (issued.kind === 'token') {
      return { verdict: 'accepted', detail: 'Honor gives an access token for these credentials', ...time };
    }
    const { outcome } = issued;
    const vendor = outcome.detail === undefined ? {} : { vendor: outcome.detail };
    if (outcome.kind === 'misconfigured') {
      const cure = interpret({ ...outcome.detail, reason: 'credential_rejected' })?.cure ?? `${outcome.what}.`;
      return { verdict: 'refused', detail: outcome.what, ...vendor, cure, ...time };
    }
    const why = [outcome.detail?.status, outcome.detail?.code, outcome.detail?.text].filter(Boolean).join(' ');
    return { verdict: 'unreachable', detail: `Honor gives no access token at the moment (${why})`, ...vendor, ...time };
  }
}
