import assert from 'node:assert/strict';
import { inNetworks, isPublicAddress } from '../../../src/egress/address.js';

const PRIVATE = `
  0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
  168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
  192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1
  255.255.255.255
  :: ::1 ::7f00:1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
  64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
  2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1
  fd00:ec2::254 fdff::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1
`;
const PUBLIC = `
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 168.63.129.15
  169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255
  198.20.0.0 223.255.255.255
  2001:200::1 2001:4860:4860::8888 2001:db7::1 2001:db9::1 2003::1 2606:4700::1111 2a00:1450::1 3ffe::1
`;
const NOT_ADDRESSES = [
  '',
  'localhost',
  '127.1',
  '0x7f.0.0.1',
  '2130706433',
  '0177.0.0.1',
  '127.0.0.1 ',
  '[::1]',
  '8.8',
];

const words = (text: string): string[] => text.trim().split(/\s+/);

describe('addresses', () => {
  for (const address of words(PRIVATE)) {
    it(`${address} is not public`, () => assert.equal(isPublicAddress(address), false));
  }

  for (const address of words(PUBLIC)) {
    it(`${address} is public`, () => assert.equal(isPublicAddress(address), true));
  }

  it('what is no plain address is neither public nor in any network', () => {
    const everything = inNetworks(['0.0.0.0/0', '::/0']);
    for (const text of NOT_ADDRESSES) {
      assert.equal(isPublicAddress(text), false, text);
      assert.equal(everything(text), false, text);
    }
  });

  it('networks hold what CIDR says, single addresses themselves, IPv4 networks the mapped form', () => {
    const listed = inNetworks(['10.1.0.0/16', '192.168.7.7', 'fd00:1::/32', '::1']);
    for (const address of ['10.1.0.0', '10.1.255.255', '192.168.7.7', 'fd00:1::9', '::1', '::ffff:10.1.2.3']) {
      assert.equal(listed(address), true, address);
    }
    for (const address of ['10.2.0.0', '192.168.7.8', 'fd00:2::1', '::2', '127.0.0.1', '::ffff:10.2.0.0']) {
      assert.equal(listed(address), false, address);
    }
    assert.equal(inNetworks([])('127.0.0.1'), false);
  });

  for (const wrong of ['', 'localhost', '10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/x', '10.0/8']) {
    it(`${JSON.stringify(wrong)} is no network`, () => assert.throws(() => inNetworks([wrong]), TypeError));
  }
});
