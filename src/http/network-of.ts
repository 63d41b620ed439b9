import { isIPv4, isIPv6 } from 'node:net';

/** An IPv4 address as it is; of IPv6 the /64, which is what one subscriber has. */
export function networkOf(address: string): string {
  const v4 = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(v4)) return v4;
  if (!isIPv6(address)) return 'unknown';
  const [before = '', after] = (address.split('%', 1)[0] ?? '').split('::');
  const groups = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : 8 - groups.length - tail.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
