import { createHash } from 'node:crypto';
import { huaweiKind } from '../../providers/huawei/kind.js';
import { createHuaweiAccount, type HuaweiAccount, startHuaweiSimulator } from '../../providers/huawei/simulator.js';
import type { VendorSimulator, VendorSimulatorOptions } from '../../providers/simulation/vendor-simulator.js';
import { openVendorWorld } from '../support/vendor-world.js';
import { providerSuite } from './provider.suite.js';

/** Making its key takes longer than a test. */
let known: Promise<HuaweiAccount> | undefined;

/** The simulator, and of the settings that open it those of one generation. */
function startWith(names: readonly string[]) {
  return async (options: VendorSimulatorOptions): Promise<VendorSimulator> => {
    known ??= createHuaweiAccount();
    const simulator = await startHuaweiSimulator({ ...options, account: await known });
    const settings = Object.entries(simulator.settings).filter(([name]) => [...names, 'endpoint'].includes(name));
    return { ...simulator, settings: Object.fromEntries(settings) };
  };
}

const common = {
  kind: huaweiKind,
  faults: 'huawei',
  token: (at: number) => `IQAAAACy${createHash('sha512').update(`${at}`).digest('base64url')}_${at}`,
  badTokens: ['with blank', 'a,b', 'a;b', 'ünder', 'x'.repeat(513)],
};

providerSuite('Huawei (HMS Core)', () =>
  openVendorWorld({
    ...common,
    start: startWith(['app_id', 'client_id', 'client_secret', 'token_endpoint']),
    deadCode: '80300007',
  }),
);

providerSuite('Huawei (HarmonyOS NEXT)', () =>
  openVendorWorld({ ...common, start: startWith(['service_account']), deadCode: 'tokenFormatError' }),
);
