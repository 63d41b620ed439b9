import { oppoKind } from '../../providers/oppo/kind.js';
import { startOppoSimulator } from '../../providers/oppo/simulator.js';
import { openVendorWorld } from '../support/vendor-world.js';
import { providerSuite } from './provider.suite.js';

const OPPO = {
  kind: oppoKind,
  start: startOppoSimulator,
  faults: 'oppo',
  token: (at: number) => `CN_${at.toString(16).padStart(32, '0')}`,
  deadCode: '10000',
  badTokens: ['CN_a b', 'CN_a;CN_b', 'CN_a,CN_b', ' CN_a', 'CN_"', 'CN_\n', 'CN_é', 'x'.repeat(513)],
};

providerSuite('OPPO, each device by itself', () => openVendorWorld(OPPO));
providerSuite('OPPO, a saved content to many', () =>
  openVendorWorld({ ...OPPO, settings: { send: 'broadcast', broadcast_from: 1 } }),
);
