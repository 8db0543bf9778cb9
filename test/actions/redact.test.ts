/** What redaction takes out, and what it must leave readable. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsOfFile } from '../../src/actions/kubernetes/settings.ts';
import { isTelling, secretValuesOf } from '../../src/actions/redact/known-values.ts';
import { cleanLine } from '../../src/actions/redact/log-line.ts';
import { isHealthNumber } from '../../src/actions/redact/personal.ts';
import { Seen } from '../../src/actions/redact/seen.ts';
import { shortWords } from '../../src/actions/redact/short-words.ts';
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
    expect(redact(text, { secrets: [secret, 'abc'] })).toBe('[redacted] [redacted] [redacted] abc');
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
      'phn 1 ',
      'patient id: 1 2 ',
      'password=\\\\"',
      '9123 ',
      'health-insurance-',
    ]) {
      expect(typeof redact(part.repeat(50_000))).toBe('string');
    }
  });
});

describe('redact of what later steps use as it is', () => {
  const names = [
    'd36670f078491d541822d3e9f574ff59a12ca81cd1762a2aeff2ae1c277db04e',
    '/home/postgres/pgdata/pgroot/handrail-inc1-app-a7c870cf.dump',
    'registry.example.org/vault-token:1.4',
    'registry.example.org/postgres@sha256:9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015',
    'web-api-6d4cf56db6-x7k2p',
    'job-1704900000',
    '1704900000',
    'image@1.2.3',
    'hr-1-1-dump-1-0a1b2c3d4e',
  ];
  for (const name of names) it(name, () => expect(redact(name, { exact: true })).toBe(name));

  it.each([
    ['postgresql://web:hunter22@db:5432/web', 'postgresql://[redacted]@db:5432/web'],
    ['PGPASSWORD=hunter22', 'PGPASSWORD=[redacted]'],
    ['jane@example.org', '[redacted]'],
    ['9698658215', '[redacted]'],
    ['xoxb-12345678-abcdefghij', '[redacted]'],
  ])('but not %s', (text, clean) => {
    expect(redact(text, { exact: true })).toBe(clean);
  });
});

describe('health numbers', () => {
  it('are told by their check digit', () => {
    expect(isHealthNumber('9698 658 215')).toBe(true);
    expect(isHealthNumber('9698658214')).toBe(false);
    expect(isHealthNumber('1698658215')).toBe(false);
  });
  it.each([
    ['PHN: 9698 658 214 updated', 'PHN: [redacted] updated'],
    ['"phn":"9698658214"', '"phn":"[redacted]"'],
    ['patient id: ZX-104 711 opened', 'patient id: [redacted] opened'],
    ['insurance number 12 345678 A', 'insurance number [redacted]'],
    ['health check 200 ok', 'health check 200 ok'],
    ['member 3 of 5', 'member 3 of 5'],
  ])('%s', (text, clean) => {
    expect(redact(text, { exact: true })).toBe(clean);
  });
});

describe('values of Secrets', () => {
  const values = (key: string, text: string) =>
    secretValuesOf(key, text, (file) => settingsOfFile(file, key, '')).filter(isTelling);

  it.each<[string, string, string[]]>([
    ['password', 'correct horse', ['correct horse']],
    ['DB_HOST', 'prod-patroni', []],
    ['app-db-name', 'records', []],
    ['username', 'webapp', []],
    ['PASSWORD_HOST_KEY', 'abc-def-ghi', ['abc-def-ghi']],
    ['enabled', 'true', []],
    ['password', 'postgres', []],
    ['pin', '123456', []],
    ['password', 'short', []],
    ['ca.crt', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', []],
  ])('%s: %s', (key, text, secret) => {
    expect(values(key, text)).toEqual(secret);
  });

  it('are found inside addresses and files', () => {
    expect(values('uri', 'postgresql://web:hun%21ter22@db/web')).toEqual(
      expect.arrayContaining(['hun%21ter22', 'hun!ter22']),
    );
    expect(values('config.yaml', 'database:\n  host: prod-patroni\n  password: correct-horse\n')).toEqual([
      'correct-horse',
    ]);
    expect(values('connection', 'Host=db;Username=web;Password=Tr0ub4dor')).toContain('Tr0ub4dor');
  });

  it('go in every spelling, and leave other words alone', () => {
    const seen = new Seen();
    seen.secret('Lamp/light 73', 'welcome', 'prod-patroni');
    seen.inTheOpen('prod-patroni');
    const spoken = [
      'says Lamp/light 73',
      encodeURIComponent('Lamp/light 73'),
      Buffer.from('Lamp/light 73').toString('base64'),
      `Authorisation ${Buffer.from('web:Lamp/light 73').toString('base64')}`,
      'welcome, you are welcomed by prod-patroni',
    ];
    const clean = redact(spoken.join('\n'), { secrets: seen.secrets, exact: true });
    expect(clean).not.toMatch(/Lamp|light|73|TGFtcC9saWdodC|bGlnaH/);
    expect(clean).toContain('[redacted], you are welcomed by prod-patroni');
  });

  it('are of no use when short or common', () => {
    const text = 'true 5432 postgres abc running on localhost';
    expect(redact(text, { secrets: ['true', '5432', 'postgres', 'abc', 'localhost', ''] })).toBe(text);
  });
});

it('cuts after redacting: half a secret is not known as one', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  expect(shortWords(`${'x'.repeat(40)} ${token}`, 60)).toBe(`${'x'.repeat(40)} [redacted]`);
  expect(shortWords('one\n two', 60)).toBe('one two');
});

describe('a line of the log', () => {
  it('stays JSON and loses secrets', () => {
    const entry = {
      level: 50,
      time: 1704900000000,
      pid: 1234567890,
      err: { type: 'Error', message: 'no login for postgres://web:hunter22@db', config: { password: 'abc' } },
      attempt: '7.1.dump.1.act',
      msg: 'failed for jane@example.org',
    };
    expect(JSON.parse(cleanLine(`${JSON.stringify(entry)}\n`))).toEqual({
      ...entry,
      err: {
        type: 'Error',
        message: 'no login for postgres://[redacted]@db',
        config: { password: '[redacted]' },
      },
      msg: 'failed for [redacted]',
    });
  });
  it('that is no JSON is redacted as text', () => {
    expect(cleanLine('PGPASSWORD=hunter22\n')).toBe('PGPASSWORD=[redacted]\n');
  });
});
