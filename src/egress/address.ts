/**
 * Which addresses are the public internet. Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries
 * (RFC 6890, RFC 8190), RFC 4291 §2.4 for the shape of global unicast.
 */
import { BlockList, isIP } from 'node:net';

const SPECIAL_V4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT; a cloud's metadata service lives here too (100.100.100.200)
  '127.0.0.0/8',
  '168.63.129.16/32', // looks public, and is the host's own service on one large cloud
  '169.254.0.0/16', // link-local, metadata services
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation, as are the two below
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and the broadcast address
];

/**
 * Within global unicast. All that is outside of it (loopback, mapped and compatible IPv4, NAT64, discard, SRv6, unique
 * local, link-local, multicast) needs no line.
 */
const SPECIAL_V6 = [
  '2001::/23', // protocol assignments: Teredo, benchmarks, ORCHID
  '2001:db8::/32', // documentation, as is 3fff::/20
  '2002::/16', // 6to4: an IPv4 address inside
  '2620:4f:8000::/48',
  '3fff::/20',
];
const GLOBAL_UNICAST_V6 = '2000::/3';

const SPECIAL = listOf([...SPECIAL_V4, ...SPECIAL_V6]);
const GLOBAL_UNICAST = listOf([GLOBAL_UNICAST_V6]);

/** Tells of an IP address in its plain form; of anything else, a zone (`fe80::1%eth0`) included, it says no. */
export type AddressRule = (address: string) => boolean;

/** On the public internet. */
export const isPublicAddress: AddressRule = (address) =>
  !isIn(SPECIAL, address) && (isIP(address) === 4 || isIn(GLOBAL_UNICAST, address));

/**
 * In one of the networks: addresses, or CIDR. An IPv4 network holds the mapped form (`::ffff:10.0.0.1`) as well.
 *
 * @throws TypeError for a network that is none
 */
export function inNetworks(networks: readonly string[]): AddressRule {
  const list = listOf(networks);
  return (address) => isIn(list, address);
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return false;
  return list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const version = isIP(address);
    const bitsMax = version === 4 ? 32 : 128;
    const prefix = bits === undefined ? bitsMax : Number(bits);
    if (version === 0 || !/^\d{1,3}$/.test(bits ?? '0') || prefix > bitsMax) {
      throw new TypeError(`${JSON.stringify(network)} is neither an IP address nor a network such as 10.0.0.0/8`);
    }
    list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
