/** A provider of Xiaomi: the frame, and what can be asked beside the traffic. */
import type {
  Batch,
  CredentialTest,
  ProviderEnv,
  ProviderLimits,
  Recalling,
  RecallOutcome,
  Testable,
} from '../contract.js';
import { VendorProvider } from '../shared/vendor-provider.js';
import { testCredentials } from './credential-test.js';
import type { XiaomiOptions } from './options.js';
import type { Compiled } from './payload.js';
import { recall } from './recall.js';
import { createWire, hostOf } from './wire.js';

export class XiaomiProvider extends VendorProvider<Compiled> implements Testable {
  protected readonly settings: XiaomiOptions;

  constructor(settings: XiaomiOptions, limits: ProviderLimits, env: ProviderEnv) {
    const callbackUrl = settings.receipts ? env.callbackUrl : undefined;
    const { ca, region } = settings;
    super(
      { wire: createWire(settings, limits, callbackUrl), kind: 'xiaomi', origin: hostOf(region, settings), ca },
      env,
    );
    this.settings = settings;
  }

  testCredentials(signal: AbortSignal): Promise<CredentialTest> {
    return testCredentials(this.settings, this.env.now(), signal);
  }
}

/** Of an app whose file says so: nobody has verified what Xiaomi makes of a recall. */
export class RecallingXiaomiProvider extends XiaomiProvider implements Recalling {
  recall(batch: Batch, signal: AbortSignal): Promise<readonly RecallOutcome[]> {
    this.checkBatch(batch.targets);
    return this.awaited(recall(batch, this.settings, this.talk(signal)));
  }
}
