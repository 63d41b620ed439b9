import { honorKind } from '../../providers/honor/kind.js';
import { startHonorSimulator } from '../../providers/honor/simulator.js';
import { openVendorWorld } from '../support/vendor-world.js';
import { providerSuite } from './provider.suite.js';

providerSuite('Honor', () =>
  openVendorWorld({
    kind: honorKind,
    start: startHonorSimulator,
    faults: 'honor',
    token: (at) => `honor-${String(at).padStart(40, 'AbC_-0')}`,
    deadCode: '80300007',
    badTokens: ['short', 'a token with blanks', 'one,two,three', 'one;two;three', 'größer-als-ascii', 'a'.repeat(513)],
  }),
);
