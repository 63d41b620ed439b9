import { BlockList, isIP } from 'node:net';

/** Networks of this size or larger are no network of one's own. */
const WIDE_V4_BITS = 7;
const WIDE_V6_BITS = 15;

export interface NetworkBits {
  readonly version: 4 | 6;
  readonly bits: number;
  /** So large that it is nearly everybody. */
  readonly isWide: boolean;
}

/** @param network an IP address or CIDR, as the configuration has checked it */
export function networkBits(network: string): NetworkBits {
  const [address = '', prefix] = network.split('/');
  const version = isIP(address) === 6 ? 6 : 4;
  const bits = prefix === undefined ? (version === 6 ? 128 : 32) : Number(prefix);
  return { version, bits, isWide: bits <= (version === 6 ? WIDE_V6_BITS : WIDE_V4_BITS) };
}

/** Whether the network holds the address. */
export function holds(network: string, address: string): boolean {
  const [start = ''] = network.split('/');
  const { version, bits } = networkBits(network);
  const list = new BlockList();
  list.addSubnet(start, bits, version === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
