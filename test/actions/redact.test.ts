/** What redaction takes out, and what it must leave readable. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/actions/redact.ts';

describe('redact takes out', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a URL with a password', 'dial postgres://web:hunter22@prod-patroni:5432/web', 'hunter22'],
    ['a raw password with @ and /', 'dial postgres://web:hun@ter/22x@prod-patroni/web', 'ter/22x'],
    ['a token as the user of a URL', 'clone https://s3cr3tt0ken@git.example.org/x', 's3cr3tt0ken'],
    ['a libpq password', "host=db user=web password='correct horse' dbname=x", 'correct horse'],
    ['a .NET password', 'Host=db;Username=web;Password=Tr0ub4dor;Database=x', 'Tr0ub4dor'],
    ['a JSON password', '{"user":"web","password":"Tr0ub4dor"}', 'Tr0ub4dor'],
    ['a Python dict', "{'db_password': 'Tr0ub4dor'}", 'Tr0ub4dor'],
    ['an environment line', 'PGPASSWORD=Tr0ub4dor', 'Tr0ub4dor'],
    ['an option', 'run --db-password Tr0ub4dor --verbose', 'Tr0ub4dor'],
    ['a bearer token', 'Authorization: Bearer abcdef.123456', 'abcdef.123456'],
    ['a basic login', 'authorization: Basic d2ViOmh1bnRlcg==', 'd2ViOmh1bnRlcg=='],
    ['a JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'eyJzdWIiOiIxIn0'],
    ['an AWS key id', 'using AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    [
      'an AWS secret key',
      'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'wJalrXUtnFEMI',
    ],
    ['a Slack token', 'token xoxb-12345678-abcdefghij', 'xoxb-12345678-abcdefghij'],
    ['an e-mail address', 'sent to jane.doe@example.org', 'jane.doe@example.org'],
    ['a health number', 'phn 9876 543 210 updated', '9876 543 210'],
    ['a health number in one', 'phn 9876543210 updated', '9876543210'],
    ['a health number, 3-3-4', 'nhs 943-476-5919', '943-476-5919'],
    ['a long hex secret', 'salt 9f86d081884c7d659a2feaa0c55ad015', '9f86d081884c7d659a2feaa0c55ad015'],
    [
      'a long base64 secret',
      'k 7Fq1zT9aXc3VbN5mKj8hGf2dSa4pOi6uYt0rEw==',
      '7Fq1zT9aXc3VbN5mKj8hGf2dSa4pOi6uYt0rEw',
    ],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', 'MIIabc'],
  ];
  for (const [what, text, secret] of cases) {
    it(what, () => {
      expect(redact(text)).not.toContain(secret);
      expect(redact(text)).toContain('[redacted]');
    });
  }

  it('values that the action has read, also encoded', () => {
    const secret = 'p@ss w/rd';
    const text = `${secret} ${encodeURIComponent(secret)} ${Buffer.from(secret).toString('base64')} abc`;
    expect(redact(text, [secret, 'abc'])).toBe('[redacted] [redacted] [redacted] abc');
  });
});

describe('redact leaves', () => {
  const plain = [
    "ModuleNotFoundError: No module named 'yaml'",
    'FATAL:  sorry, too many clients already',
    'FATAL:  password authentication failed for user "web"',
    'requested WAL segment 0000000A000000000000006D has already been removed',
    '2024-01-10 17:34:01.123 UTC [1234] LOG:  checkpoint complete: wrote 12 buffers',
    'Readiness probe failed: Get "http://10.244.1.17:8008/readiness": dial tcp 10.244.1.17:8008: connect: connection refused',
    'image registry.example.org/postgres@sha256:9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015',
    '  File "/usr/lib/python3.11/site-packages/patroni/daemon.py", line 16',
    'pod web-api-6d4cf56db6-x7k2p on node ip-10-0-0-1',
    'operation 5f1b9c7e-3a2d-4e8f-9b6a-0c1d2e3f4a5b',
    'secret "web-api-db" not found',
  ];
  for (const text of plain) it(text.slice(0, 60), () => expect(redact(text)).toBe(text));
});

describe('redact, whatever the password is', () => {
  const password = fc
    .string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 24 })
    .filter((text) => /^[^\s"'<>\\]+$/.test(text) && !/^[a-z]+$/i.test(text));
  it('a URL does not keep it', () => {
    fc.assert(
      fc.property(password, (secret) => {
        const text = redact(`connecting to postgresql://web:${encodeURIComponent(secret)}@db:5432/web now`);
        expect(text).toBe('connecting to postgresql://[redacted]@db:5432/web now');
      }),
    );
  });
  it('is quick on long hostile text', () => {
    for (const part of [
      'password=',
      'a@',
      '://x:',
      '0000000000 ',
      'eyJaaaaaa.',
      "'",
      'A1b',
      '-----BEGIN PRIVATE KEY-----',
    ]) {
      expect(typeof redact(part.repeat(50_000))).toBe('string');
    }
  });
});
