import { xiaomiKind } from '../../providers/xiaomi/kind.js';
import { startXiaomiSimulator } from '../../providers/xiaomi/simulator.js';
import { openVendorWorld } from '../support/vendor-world.js';
import { providerSuite } from './provider.suite.js';

providerSuite('Xiaomi', () =>
  openVendorWorld({
    kind: xiaomiKind,
    start: startXiaomiSimulator,
    faults: 'xiaomi',
    token: (at) => `${Buffer.from(`device ${at} +/=?`).toString('base64')}+/=`,
    deadCode: '20301',
    badTokens: ['a b', 'one,two', 'one;two', 'ä', 'a\n', 'x'.repeat(513)],
  }),
);
