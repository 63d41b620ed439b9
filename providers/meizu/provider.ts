/** A Meizu provider: the common frame, and a question about the credentials that reaches no device. */
import type { CredentialTest, ProviderEnv, ProviderLimits, Testable } from '../contract.js';
import { VendorProvider } from '../shared/vendor-provider.js';
import { testCredentials } from './credential-test.js';
import { MEIZU_ENDPOINT, type MeizuOptions } from './options.js';
import { CALLBACK_BYTES_MAX } from './payload.js';
import { type Compiled, createWire } from './wire.js';

export class MeizuProvider extends VendorProvider<Compiled> implements Testable {
  readonly #options: MeizuOptions;

  constructor(options: MeizuOptions, limits: ProviderLimits, env: ProviderEnv) {
    const wire = createWire(options, limits, callbackOf(options, env));
    super({ wire, kind: 'meizu', origin: options.endpoint ?? MEIZU_ENDPOINT, ca: options.ca }, env);
    this.#options = options;
  }

  testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    return testCredentials(this.#options, this.env.now(), signal);
  }
}

function callbackOf({ receipts }: MeizuOptions, { callbackUrl, log, name, app }: ProviderEnv): string | undefined {
  if (!receipts || callbackUrl === undefined) return undefined;
  const bytes = Buffer.byteLength(callbackUrl);
  if (bytes <= CALLBACK_BYTES_MAX) return callbackUrl;
  // Without the address: there is a secret in it.
  log.warn({ provider: name, app, bytes, bytes_max: CALLBACK_BYTES_MAX }, 'meizu.callback_url_too_long');
  return undefined;
}
