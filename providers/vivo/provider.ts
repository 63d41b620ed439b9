import type { CredentialTest, ProviderEnv, Testable } from '../contract.js';
import { VendorProvider } from '../shared/vendor-provider.js';
import { openVivoTokens, testCredentials } from './access.js';
import type { VivoOptions } from './options.js';
import type { Compiled } from './payload.js';
import { openReceiptRoad } from './receipt-road.js';
import { createVivoWire } from './wire.js';

/** vivo server API, document 362. */
const ORIGIN = 'https://api-push.vivo.com.cn';

export class VivoProvider extends VendorProvider<Compiled> implements Testable {
  readonly #options: VivoOptions;
  readonly #origin: string;

  constructor(options: VivoOptions, env: ProviderEnv) {
    const origin = options.endpoint ?? ORIGIN;
    super(
      {
        wire: createVivoWire(options, openReceiptRoad(options, env)),
        kind: 'vivo',
        origin,
        ca: options.ca,
        tokens: openVivoTokens(options, origin, env),
      },
      env,
    );
    this.#options = options;
    this.#origin = origin;
  }

  testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    return testCredentials(this.#options, this.#origin, this.env.now(), signal);
  }
}
