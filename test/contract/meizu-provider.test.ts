import { meizuKind } from '../../providers/meizu/kind.js';
import { startMeizuSimulator } from '../../providers/meizu/simulator.js';
import { openVendorWorld } from '../support/vendor-world.js';
import { providerSuite } from './provider.suite.js';

providerSuite('Meizu', () =>
  openVendorWorld({
    kind: meizuKind,
    start: startMeizuSimulator,
    faults: 'meizu',
    token: (at) => `S5Q4b726f7a6d${String(at).padStart(32, 'TgJ1')}`,
    deadCode: '110002',
    badTokens: ['S5Q', 'a push id', 'one,two', 'one;two', 'größer', 'a'.repeat(513)],
  }),
);
