import assert from 'node:assert/strict';
import { networkOf } from '../../../src/http/network-of.js';

describe('the network of an address', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['somebody', 'unknown'],
    ['', 'unknown'],
  ];
  for (const [address, network] of cases) {
    it(`of '${address}' is ${network}`, () => assert.equal(networkOf(address), network));
  }
});
