/** Finding systems and databases in the catalogue. */
import { expect, test } from 'vitest';
import type { Catalog, Database, System } from '../../src/catalog/catalog.ts';
import {
  contactsOf,
  databaseOf,
  databasesOf,
  findSystem,
  runbooksInOrder,
  systemOfWorkload,
  withDependencies,
} from '../../src/catalog/systems.ts';

const database = (name: string, more: Partial<Database> = {}): Database => ({
  name,
  kind: 'postgres',
  databases: [],
  backups: [],
  personalData: false,
  ...more,
});
const system = (id: string, more: Partial<System> = {}): System => ({
  id,
  title: id,
  namespace: 'default',
  workloads: [],
  databases: [],
  docs: [],
  dependencies: [],
  contacts: [],
  runbooks: [],
  ...more,
});

const catalog: Catalog = {
  systems: [
    system('web-api', {
      title: 'Web API and Metabase',
      namespace: 'd8a8f9-prod',
      workloads: ['web-api', 'metabase'],
      databases: [
        database('main', { service: 'prod-patroni', statefulset: 'patroni' }),
        database('crunchy-7', { service: 'crunchy' }),
      ],
      runbooks: ['dump-db', 'check-patroni'],
    }),
    system('site', {
      workloads: ['site'],
      dependencies: ['postgres', 'CDN'],
      contacts: [
        { name: 'CDN', what: '52x' },
        { name: 'Provider', what: 'nearest' },
      ],
    }),
    system('bot', { workloads: ['bot'], dependencies: ['site', 'bot'] }),
    system('postgres', {
      databases: [database('postgres')],
      dependencies: ['bot'],
      contacts: [{ name: 'Provider', what: 'farther' }],
    }),
  ],
};

test.each([
  ['web-api', 'web-api'],
  [' WEB-API ', 'web-api'],
  ['web api and metabase', 'web-api'],
  ['metabase', 'web-api'],
  ['d8a8f9-prod', 'web-api'],
])('%j is %s', (words, id) => {
  expect(findSystem(catalog, words)).toMatchObject({ found: true, system: { id } });
});

test('a namespace of several systems is none of them', () => {
  expect(findSystem(catalog, 'default')).toEqual({ found: false });
});

test.each([
  ['wep-api', 'web-api'],
  ['metabsae', 'web-api'],
  ['postgre', 'postgres'],
])('for %j the nearest is %s', (words, nearest) => {
  expect(findSystem(catalog, words)).toEqual({ found: false, nearest });
});

test('nothing near is nothing', () => {
  expect(findSystem(catalog, 'kubernetes')).toEqual({ found: false });
  expect(findSystem({ systems: [] }, '')).toEqual({ found: false });
});

test.each([
  ['main', 'main'],
  ['prod-patroni', 'main'],
  ['patroni-2', 'main'],
  ['crunchy-7', 'crunchy-7'],
  ['crunchy-2', undefined],
  ['postgres', undefined],
])('in d8a8f9-prod %s is the database %s', (name, expected) => {
  expect(databaseOf(catalog, 'd8a8f9-prod', name)?.name).toBe(expected);
});

test('the system of a workload is looked for in its namespace', () => {
  expect(systemOfWorkload(catalog, 'd8a8f9-prod', 'metabase')?.id).toBe('web-api');
  expect(systemOfWorkload(catalog, 'default', 'metabase')).toBeUndefined();
});

test('dependencies are followed, nearest first, also in a circle', () => {
  expect(withDependencies(catalog, 'bot').map((one) => one.id)).toEqual(['bot', 'site', 'postgres']);
  expect(databasesOf(catalog, 'bot').map((one) => one.database.name)).toEqual(['postgres']);
  expect(databasesOf(catalog, 'nothing')).toEqual([]);
});

test('runbooks that fit come first, each once, only those there are', () => {
  const ids = ['check-patroni', 'check-workload', 'dump-db'];
  expect(runbooksInOrder(catalog.systems[0], ids)).toEqual(['dump-db', 'check-patroni', 'check-workload']);
  expect(runbooksInOrder(catalog.systems[0], ['check-workload'])).toEqual(['check-workload']);
  expect(runbooksInOrder(undefined, ids)).toEqual(ids);
});

test('contacts of dependencies come after the own ones, each name once', () => {
  expect(contactsOf(catalog, 'bot')).toEqual([
    { name: 'CDN', what: '52x' },
    { name: 'Provider', what: 'nearest' },
  ]);
  expect(contactsOf(catalog, 'nothing')).toEqual([]);
});
