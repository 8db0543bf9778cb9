/** Databases named by settings: connection strings, parts, and files. */
import { describe, expect, it } from 'vitest';
import { findDatabases, settingsOfFile } from '../../../src/actions/kubernetes/settings.ts';

const settings = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value, where: `env ${name}` }));
const found = (values: Record<string, string>) =>
  findDatabases(settings(values)).named.map((n) => ({ ...n.endpoints[0], where: n.where }));

describe('parts', () => {
  const cases: readonly (readonly [Record<string, string>, object])[] = [
    [
      { DB_HOST: 'a', DB_PORT: '5433', DB_NAME: 'web', DB_PASSWORD: 'x' },
      { host: 'a', port: 5433, database: 'web', where: 'env DB_HOST' },
    ],
    [
      { PGHOST: 'a', PGDATABASE: 'd', PGPORT: '1' },
      { host: 'a', port: 1, database: 'd' },
    ],
    [
      { POSTGRES_HOST: 'a', POSTGRES_DB: 'd' },
      { host: 'a', database: 'd' },
    ],
    [
      { DATABASE_HOST: 'a', DATABASE_NAME: 'd' },
      { host: 'a', database: 'd' },
    ],
    [
      { MB_DB_HOST: 'a', MB_DB_DBNAME: 'mb' },
      { host: 'a', database: 'mb' },
    ],
    [
      { GF_DATABASE_HOST: 'a:5432', GF_DATABASE_NAME: 'g' },
      { host: 'a', port: 5432, database: 'g' },
    ],
    [{ 'spring.datasource.url': 'jdbc:postgresql://a/x' }, { host: 'a', database: 'x' }],
    [{ ConnectionStrings__Default: 'Host=a;Database=x;Username=u' }, { host: 'a', database: 'x' }],
    [{ DATABASE_SERVICE_NAME: 'a' }, { host: 'a' }],
  ];
  for (const [values, expected] of cases) {
    it(Object.keys(values).join(' '), () =>
      expect(found(values)).toEqual([expect.objectContaining(expected)]),
    );
  }
  it('takes no other host for a database', () => {
    expect(
      found({ REDIS_HOST: 'r', SMTP_SERVER: 's', PROD_PATRONI_SERVICE_HOST: '10.0.0.1', HOST: '0.0.0.0' }),
    ).toEqual([]);
  });
  it('names a setting whose value is no host, and not the value', () => {
    const { named, unclear } = findDatabases(settings({ DB_HOST: 'two words' }));
    expect(named).toEqual([]);
    expect(unclear).toEqual(['env DB_HOST: its value is not a host name']);
  });
});

describe('files', () => {
  const of = (text: string) =>
    findDatabases(settingsOfFile(text, 'APP_CONFIG', 'file /etc/x')).named.map((n) => ({
      ...n.endpoints[0],
      where: n.where,
    }));
  it('one value: the variable without _FILE is its name', () => {
    expect(settingsOfFile('prod-patroni\n', 'DB_HOST_FILE', 'file f')).toEqual([
      { name: 'DB_HOST', value: 'prod-patroni', where: 'file f' },
    ]);
  });
  it('JSON', () => {
    expect(of('{"ConnectionStrings":{"Web":"Host=a;Database=b;Username=c"}}')).toEqual([
      { host: 'a', database: 'b', where: 'file /etc/x, setting ConnectionStrings.Web' },
    ]);
  });
  it('YAML with parts under their heading', () => {
    expect(of('redis:\n  host: r\ndatabase:\n  host: a\n  port: 5433\n  name: web\n')).toEqual([
      { host: 'a', port: 5433, database: 'web', where: 'file /etc/x, setting database.host' },
    ]);
  });
  it('a libpq service file', () => {
    expect(of('[web]\nhost=a\nport=5433\ndbname=web\nuser=u\n')).toEqual([
      { host: 'a', port: 5433, database: 'web', where: 'file /etc/x, setting host' },
    ]);
  });
  it('properties', () => {
    expect(
      of('# x\nspring.datasource.url=jdbc:postgresql://a:1/x\nspring.datasource.password=secret\n'),
    ).toEqual([{ host: 'a', port: 1, database: 'x', where: 'file /etc/x, setting spring.datasource.url' }]);
  });
  it('does not choke on a file that explodes', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((c, i) => `${c}: &${c} [${Array(8).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
      .join('\n')}`;
    expect(of(bomb)).toEqual([]);
  });
});
