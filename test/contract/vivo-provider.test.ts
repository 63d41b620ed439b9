import { vivoKind } from '../../providers/vivo/kind.js';
import { startVivoSimulator } from '../../providers/vivo/simulator.js';
import { openVendorWorld } from '../support/vendor-world.js';
import { providerSuite } from './provider.suite.js';

const world = (settings: Readonly<Record<string, unknown>>) => () =>
  openVendorWorld({
    kind: vivoKind,
    start: startVivoSimulator,
    faults: 'vivo',
    token: (at) => String(10_000_000_000_000_000_000_000n + BigInt(at)),
    deadCode: '10302',
    badTokens: ['', ' ', 'a b', 'a,b', 'a;b', 'é', '1'.repeat(513)],
    settings,
  });

providerSuite('vivo, over lists', world({}));
providerSuite('vivo, over single sends', world({ batch: 1 }));
