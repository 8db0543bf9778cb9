/** Is an IP address in a network, and is it one that only a private network has? */
import { BlockList, isIP } from 'node:net';

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Networks as `10.1.0.0/16`; what is none is left out. */
export function networks(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits = ''] = cidr.split('/');
    if (isIP(address) && /^\d+$/.test(bits)) list.addSubnet(address, Number(bits), family(address));
  }
  return list;
}

export function isIn(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, family(address));
}

/** RFC 1918, RFC 6598 (also used for pods), loopback, link-local, and IPv6's own. */
const PRIVATE = networks([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
]);

export function isPrivate(address: string): boolean {
  return isIn(PRIVATE, address);
}

/** The network that an address is probably in: 16 bits of IPv4, 64 of IPv6. */
export function around(address: string): string | undefined {
  if (isIP(address) === 4) return `${address.split('.').slice(0, 2).join('.')}.0.0/16`;
  return isIP(address) === 6 ? `${address}/64` : undefined;
}
