/** Network addresses that are never asked: a cloud's metadata answers any pod with its credentials. */
import { BlockList, isIP } from 'node:net';

/**
 * Link-local addresses hold the metadata services of AWS, Google, Azure, OpenStack and others (169.254.169.254,
 * fe80::a9fe:a9fe); the single ones are those that lie elsewhere: AWS over IPv6, Alibaba, Azure's host and Oracle.
 * Private addresses are not here: a Service of the cluster is what is asked most.
 */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addSubnet('0.0.0.0', 8, 'ipv4');
FORBIDDEN.addSubnet('224.0.0.0', 3, 'ipv4');
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
FORBIDDEN.addAddress('168.63.129.16', 'ipv4');
FORBIDDEN.addAddress('192.0.0.192', 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addSubnet('ff00::', 8, 'ipv6');
FORBIDDEN.addSubnet('fd00:ec2::', 32, 'ipv6');
FORBIDDEN.addAddress('fd20:ce::254', 'ipv6');
FORBIDDEN.addAddress('::', 'ipv6');

/** True for an address that must not be asked, however it is written; false for what is no address. */
export function isForbidden(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const kind = isIP(plain);
  if (kind === 4) return FORBIDDEN.check(plain, 'ipv4');
  if (kind !== 6) return false;
  const inside = ipv4Inside(plain);
  return FORBIDDEN.check(plain, 'ipv6') || (inside !== undefined && FORBIDDEN.check(inside, 'ipv4'));
}

/** The IPv4 address that an IPv6 one stands for: mapped, through NAT64 (RFC 6052) or 6to4 (RFC 3056). */
function ipv4Inside(address: string): string | undefined {
  const words = wordsOf(address);
  const dotted = (high = 0, low = 0) => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  if (words[0] === 0x2002) return dotted(words[1], words[2]);
  const nat64 = words[0] === 0x64 && words[1] === 0xff9b;
  const mapped = words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0);
  return mapped || nat64 ? dotted(words[6], words[7]) : undefined;
}

/** Its eight groups as numbers. */
function wordsOf(address: string): number[] {
  // URL writes every IPv6 address the same way: dotted tails become groups.
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail ?? '')];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}
