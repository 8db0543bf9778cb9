/** How the rights of several calls become few rules: names, verbs, what may be left out, and in which order. */
import { describe, expect, it } from 'vitest';
import { actionNamed } from '../../src/actions/index.ts';
import { type NeededRule, neededRights } from '../../src/actions/needed-rights.ts';
import type { Database } from '../../src/catalog/catalog.ts';
import type { Reached } from '../../src/runbooks/rights.ts';
import type { Arguments } from '../../src/runbooks/runbook.ts';

const call = (uses: string, args: Arguments, where = 'step s'): Reached => ({
  kind: 'call',
  at: { runbook: 'r', where },
  uses,
  with: args,
});
const rulesOf = (reached: readonly Reached[], databases: readonly Database[] = []) =>
  neededRights(reached, actionNamed, databases).rules;
const short = (rules: readonly NeededRule[]) =>
  rules.map(
    ({ group, resource, names, verbs, scope, optional }) =>
      `${scope === 'cluster' ? 'cluster ' : ''}${verbs.join(',')} ${group}/${resource}${names ? ` [${names.join(',')}]` : ''}${optional ? ' ?' : ''}`,
  );

const LATER = '${{ params.x }}';

describe('rules', () => {
  it.each<[string[], string, string | undefined]>([
    [[], LATER, '[admin,edit,view]'],
    [['admin'], LATER, '[edit,view]'],
    [['*'], LATER, undefined],
    [['adm*', 'edit'], 'edit', undefined],
    [['adm*'], 'view', '[view]'],
  ])('to bind a role are only for those that may be given: without %j, of %s', (neverGive, role, names) => {
    const grant = call('k8s.grant-access', { subject: LATER, role });
    const { rules } = neededRights([grant], actionNamed, [], neverGive);
    const bind = short(rules).filter((rule) => rule.startsWith('bind '));
    expect(bind).toEqual(names === undefined ? [] : [`bind rbac.authorization.k8s.io/clusterroles ${names}`]);
  });

  it('hold the name that stands in the text, for verbs whose request has it', () => {
    const scale = { workload: 'utility', replicas: 1, expect: { replicas: LATER } };
    expect(short(rulesOf([call('k8s.scale', scale)]))).toEqual([
      'get,patch apps/deployments [utility]',
      'list autoscaling/horizontalpodautoscalers ?',
    ]);
  });

  it('hold all names that stand in texts, and none as soon as one is seen later', () => {
    const get = (workload: string) => call('k8s.replicas', { workload, kind: 'statefulset' });
    expect(short(rulesOf([get('b'), get('a'), get('b')]))[0]).toBe('get apps/statefulsets [a,b]');
    expect(short(rulesOf([get('b'), get(LATER)]))[0]).toBe('get apps/statefulsets');
  });

  it('are for both kinds when the kind is seen later', () => {
    const rules = rulesOf([call('k8s.replicas', { workload: 'db', kind: LATER })]);
    expect(short(rules).slice(0, 2)).toEqual(['get apps/deployments [db]', 'get apps/statefulsets [db]']);
  });

  it('keep apart what may be left out', () => {
    const rules = rulesOf([call('k8s.workload', { workload: 'web' }), call('k8s.changes', {})]);
    expect(short(rules)).toContain('cluster get,list /nodes ?');
    expect(short(rules)).toContain('list /pods');
    expect(short(rules)).toContain('list /events ?');
  });

  it('are required as soon as one call requires them', () => {
    const database: Database = {
      name: 'app',
      kind: 'postgres',
      databases: ['app'],
      backups: [{ kind: 'files', pod: 'store-0', path: '/backups' }],
      personalData: false,
    };
    const backup = call('backup.latest', { database: 'app' });
    expect(short(rulesOf([backup], [database]))).toEqual([
      'get /pods [store-0] ?',
      'create,get /pods/exec [store-0] ?',
    ]);
    const probe = call('k8s.file-exists', { pod: 'db-0', path: LATER });
    expect(short(rulesOf([backup, probe], [database]))).toEqual([
      'get /pods [db-0,store-0]',
      'create,get /pods/exec [db-0,store-0]',
    ]);
    expect(rulesOf([backup], [])).toEqual([]);
  });

  it('are the same in whatever order the calls come, apart from the places behind them', () => {
    const calls = [
      call('k8s.changes', {}, 'step a'),
      call('k8s.logs', { workload: LATER, lines: 5 }, 'step b'),
      call('patroni.cluster', { service: LATER }, 'step c'),
      call('postgres.dump', { pod: LATER, database: 'app' }, 'step d'),
    ];
    expect(short(rulesOf(calls.toReversed()))).toEqual(short(rulesOf(calls)));
  });

  it('say who needs them', () => {
    const [pods] = rulesOf([
      call('k8s.file-exists', { pod: LATER, path: LATER }, 'step look'),
      call('k8s.file-exists', { pod: LATER, path: LATER }, 'what is left of dump'),
    ]);
    expect(pods?.reasons).toEqual([
      {
        who: 'k8s.file-exists',
        verbs: ['get'],
        places: [
          { runbook: 'r', where: 'step look' },
          { runbook: 'r', where: 'what is left of dump' },
        ],
      },
    ]);
  });
});

describe('a Patroni cluster', () => {
  const patroni = (more: Partial<Database>): Database => ({
    name: 'prod',
    kind: 'patroni',
    databases: [],
    backups: [],
    personalData: false,
    ...more,
  });
  const sets = (args: Arguments, databases: readonly Database[] = [], kind: 'call' | 'choice' = 'call') =>
    short(
      rulesOf([{ kind, at: { runbook: 'r', where: 's' }, uses: 'patroni.cluster', with: args }], databases),
    ).filter((rule) => /statefulsets|services/.test(rule));

  it.each([
    ['by its StatefulSet', { statefulset: 'db' }, [], ['get apps/statefulsets [db]']],
    ['by its Service', { service: 'db' }, [], ['get /services [db]', 'list apps/statefulsets']],
    [
      'a StatefulSet goes before a Service',
      { service: 'x', statefulset: 'db' },
      [],
      ['get apps/statefulsets [db]'],
    ],
    ['not named and not known', {}, [], []],
    ['the only one of handrail.yaml', {}, [patroni({ statefulset: 'one' })], ['get apps/statefulsets [one]']],
    [
      'a Service seen later may be none: then it is the only one',
      { service: LATER },
      [patroni({ statefulset: 'one' })],
      ['get /services', 'get apps/statefulsets [one]', 'list apps/statefulsets'],
    ],
    ['one of two is not guessed', {}, [patroni({ statefulset: 'a' }), patroni({ statefulset: 'b' })], []],
  ] as const)('%s', (_words, args, databases, expected) => {
    expect(sets(args, databases)).toEqual(expected);
  });

  it('of a choice may be the confirmed target', () => {
    expect(sets({}, [], 'choice')).toEqual(['get apps/statefulsets']);
  });
});
