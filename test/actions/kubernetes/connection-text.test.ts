/** Every way of writing where a database is, and that nothing but the place comes out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConnection } from '../../../src/actions/kubernetes/connection-text.ts';

const one = (host: string, port?: number, database?: string) => [
  { host, ...(port === undefined ? {} : { port }), ...(database === undefined ? {} : { database }) },
];

describe('reads', () => {
  const cases: readonly (readonly [string, ReturnType<typeof one>])[] = [
    ['postgres://u:p@prod-patroni:5432/web', one('prod-patroni', 5432, 'web')],
    ['postgresql://prod-patroni', one('prod-patroni')],
    ['postgresql://u@h/db?sslmode=require', one('h', undefined, 'db')],
    ['postgresql+psycopg2://u:p%40x@h:6432/web', one('h', 6432, 'web')],
    ['postgis://u:p@h.ns.svc.cluster.local:5432/geo', one('h.ns.svc.cluster.local', 5432, 'geo')],
    ['postgres://u:p@[fd00::1]:5433/db', one('fd00::1', 5433, 'db')],
    ['postgresql:///db?host=h&port=5433', one('h', 5433, 'db')],
    ['postgresql:///db', one('localhost', undefined, 'db')],
    ['jdbc:postgresql://h:5432/web?user=u&password=p@ss', one('h', 5432, 'web')],
    ['jdbc:postgresql:web', one('localhost', undefined, 'web')],
    ['jdbc:postgresql://a:1,b:2/web', [...one('a', 1, 'web'), ...one('b', 2, 'web')]],
    [
      'postgresql://a,b/web?port=1,2&target_session_attrs=primary',
      [...one('a', 1, 'web'), ...one('b', 2, 'web')],
    ],
    ['r2dbc:postgresql://h:5432/web', one('h', 5432, 'web')],
    ['Host=h;Port=5432;Database=web;Username=u;Password=p', one('h', 5432, 'web')],
    ['Server=h;Database=web;User Id=u;Password="a;Host=evil"', one('h', undefined, 'web')],
    ['Host=a:1,b:2;Database=web;Username=u', [...one('a', 1, 'web'), ...one('b', 2, 'web')]],
    ['Server=tcp:sql,1433;Initial Catalog=web;User Id=u', one('sql', 1433, 'web')],
    ["host=h port=5432 dbname=web user=u password='a b\\' host=evil'", one('h', 5432, 'web')],
    ['host=a,b port=1,2 dbname=web', [...one('a', 1, 'web'), ...one('b', 2, 'web')]],
    ['mysql://u:p@h:3306/web', one('h', 3306, 'web')],
  ];
  for (const [text, endpoints] of cases) {
    it(text, () => expect(readConnection(text)).toMatchObject({ endpoints }));
  }
  it('says which are PostgreSQL', () => {
    expect(readConnection('mysql://h/x')).toMatchObject({ postgres: false });
    expect(readConnection('postgis://h/x')).toMatchObject({ postgres: true });
  });
});

describe('does not take for a connection', () => {
  for (const text of [
    '',
    'hello',
    'https://example.org/x',
    'redis://r:6379',
    'amqp://u:p@mq',
    'host=h',
    'k=v;x=y',
    'a\nhost=h dbname=x',
  ]) {
    it(JSON.stringify(text), () => expect(readConnection(text)).toBeUndefined());
  }
});

describe('rather says unclear than guess where the password ends', () => {
  for (const text of [
    'postgres://u:p?a@h/db',
    'postgres://u:123?x@h/db',
    'postgres://u:p@a?b@host/db',
    'postgres://u:12345678',
    'host=h password=a b',
  ]) {
    it(text, () => {
      const reading = readConnection(text);
      if (text === 'postgres://u:12345678') expect(reading).toBe('unclear');
      else expect(reading).toBe('unclear');
    });
  }
  it('finds the host behind a raw @ or / in the password', () => {
    expect(readConnection('postgres://u:pa/s@s@host/db')).toMatchObject({
      endpoints: one('host', undefined, 'db'),
    });
  });
});

const password = fc
  .string({ unit: 'grapheme-ascii', minLength: 6, maxLength: 30 })
  .map((text) => `Zq${text}Xw7`)
  .filter((text) => !/\s/.test(text));

/** Neither the password nor a part of it, between its own marks, may be in what comes out. */
function expectNoLeak(text: string, secret: string): void {
  const out = JSON.stringify(readConnection(text) ?? null);
  expect(out).not.toContain(secret);
  expect(out).not.toContain('Zq');
  expect(out).not.toContain('Xw7');
}

describe('never lets a password out', () => {
  const ways: readonly (readonly [string, (secret: string) => string])[] = [
    ['encoded in a URL', (s) => `postgres://web:${encodeURIComponent(s)}@db:5432/web`],
    ['raw in a URL', (s) => `postgres://web:${s}@db:5432/web`],
    ['raw in a URL with a query', (s) => `postgresql://web:${s}@db/web?sslmode=require`],
    ['in a JDBC query', (s) => `jdbc:postgresql://db/web?user=web&password=${encodeURIComponent(s)}`],
    ['raw in a JDBC query', (s) => `jdbc:postgresql://db/web?user=web&password=${s}`],
    ['quoted for .NET', (s) => `Host=db;Database=web;Username=web;Password="${s.replaceAll('"', '""')}"`],
    ['quoted for libpq', (s) => `host=db dbname=web password='${s.replace(/[\\']/g, String.raw`\$&`)}'`],
  ];
  for (const [what, write] of ways) {
    it(what, () => {
      fc.assert(
        fc.property(password, (secret) => expectNoLeak(write(secret), secret)),
        { numRuns: 2000 },
      );
    });
  }
});
