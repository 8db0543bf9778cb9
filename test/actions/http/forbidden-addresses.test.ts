/** Which addresses are never asked. */
import { describe, expect, it } from 'vitest';
import { isForbidden } from '../../../src/actions/http/forbidden-addresses.ts';

describe('an address', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '0.0.0.0',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '224.0.0.1',
    '255.255.255.255',
    'fe80::1',
    'fe80::1%eth0',
    '[fe80::a9fe:a9fe]',
    'febf::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    'ff02::1',
    '::',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '2002:a9fe:a9fe::1',
  ])('%s is forbidden', (address) => {
    expect(isForbidden(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.30.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '8.8.8.8',
    '::1',
    'fd00::1',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '64:ff9b::8.8.8.8',
    'example.org',
    '',
  ])('%s is not', (address) => {
    expect(isForbidden(address)).toBe(false);
  });
});
