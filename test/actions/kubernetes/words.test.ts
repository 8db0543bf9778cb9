/** The small pure pieces: names of hosts, errors in words, traces of operations, signatures, selectors. */
import { describe, expect, it } from 'vitest';
import { kubectlExec, word } from '../../../src/actions/kubernetes/by-hand.ts';
import { mayHaveForgotten, operationsOn, traceOf } from '../../../src/actions/kubernetes/operation-trace.ts';
import { applicationOfItsOwn } from '../../../src/actions/kubernetes/own-application.ts';
import { matches, selectorText, withoutRole } from '../../../src/actions/kubernetes/selector.ts';
import { meaningsOf } from '../../../src/actions/kubernetes/service-name.ts';
import { firstError, recognise } from '../../../src/actions/kubernetes/signatures.ts';
import { inWords } from '../../../src/actions/kubernetes/status-error.ts';

describe('meaningsOf', () => {
  const service = (name: string, namespace: string, pod?: string) => ({
    kind: 'service',
    name,
    namespace,
    ...(pod ? { pod } : {}),
  });
  it.each([
    ['prod-patroni', [service('prod-patroni', 'prod')]],
    ['pg.shared', [service('pg', 'shared'), service('shared', 'prod', 'pg'), { kind: 'outside' }]],
    ['pg.shared.svc', [service('pg', 'shared')]],
    ['pg.shared.svc.cluster.local.', [service('pg', 'shared')]],
    ['pg-0.pg.shared.svc.cluster.local', [service('pg', 'shared', 'pg-0')]],
    ['db.example.org', [service('example', 'org', 'db'), { kind: 'outside' }]],
    ['a.b.example.org', [{ kind: 'outside' }]],
    ['127.0.0.1', [{ kind: 'own pod' }]],
    ['localhost', [{ kind: 'own pod' }]],
    ['/var/run/postgresql', [{ kind: 'own pod' }]],
    ['10.0.0.7', [{ kind: 'address' }]],
  ])('%s', (host, meanings) => expect(meaningsOf(host, 'prod')).toEqual(meanings));
});

describe('errors in words', () => {
  const http = (code: number, message: string, headers: Record<string, string> = {}) => ({
    code,
    body: JSON.stringify({ message }),
    headers,
  });
  const forbidden =
    'deployments.apps "web" is forbidden: User "jane" cannot get resource "deployments" in API group "apps" in the namespace "prod"';
  it('403: who, which right, where', () => {
    const failed = inWords(http(403, forbidden), 'reading deployment web');
    expect(failed.says).toContain('jane has no right to get deployments.apps in namespace prod');
    expect(failed.nothingHappened).toBe(true);
  });
  it('429: how long', () => {
    expect(inWords(http(429, 'x', { 'retry-after': '7' }), 'x').says).toContain('wait 7 s');
  });
  it.each([400, 401, 404, 409, 422])('%i proves that nothing happened', (code) => {
    expect(inWords(http(code, 'no'), 'writing').nothingHappened).toBe(true);
  });
  it.each([408, 500, 503, 504])('%i proves nothing', (code) => {
    expect(inWords(http(code, 'no'), 'writing').nothingHappened).toBe(false);
  });
  it('a refused connection proves it, a lost one does not', () => {
    const broken = (code: string) =>
      new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
    expect(inWords(broken('ECONNREFUSED'), 'x').nothingHappened).toBe(true);
    expect(inWords(broken('UND_ERR_SOCKET'), 'x').nothingHappened).toBe(false);
    expect(inWords(broken('ECONNRESET'), 'x').nothingHappened).toBe(false);
    expect(inWords(new DOMException('late', 'TimeoutError'), 'x').nothingHappened).toBe(false);
  });
  it('every kind of failure ends in a sentence', () => {
    for (const error of [
      undefined,
      'x',
      {},
      { code: 418 },
      new Error('x'),
      new AggregateError([new Error('y')]),
      http(403, 'no'),
    ]) {
      expect(inWords(error, 'doing it').says).toContain('doing it');
    }
  });
});

describe('traces of operations', () => {
  const at = new Date('2024-01-10T17:34:00Z');
  it('keeps earlier operations behind the newest', () => {
    const first = traceOf('op-1', 7, at, undefined);
    const second = traceOf('op-2', 8, at, first);
    expect(first).toEqual({
      'handrail.dev/operation': 'op-1',
      'handrail.dev/incident': 'INC-7 2024-01-10T17:34:00.000Z',
    });
    expect(operationsOn(second)).toEqual(['op-2', 'op-1']);
    expect(mayHaveForgotten(second)).toBe(false);
  });
  it('knows when it may have forgotten', () => {
    let annotations = traceOf('op-0', 7, at, undefined);
    for (let i = 1; i < 15; i++) annotations = traceOf(`op-${i}`, 7, at, annotations);
    expect(operationsOn(annotations)[0]).toBe('op-14');
    expect(operationsOn(annotations)).toHaveLength(11);
    expect(mayHaveForgotten(annotations)).toBe(true);
  });
});

describe('signatures', () => {
  it.each([
    ["ModuleNotFoundError: No module named 'yaml'", 'python-module-missing'],
    ['FATAL:  sorry, too many clients already', 'too-many-clients'],
    [
      'ERROR:  requested WAL segment 0000000A000000000000006D has already been removed',
      'wal-segment-removed',
    ],
    ['pg_rewind: servers diverged at WAL location 0/A7C4360 on timeline 2', 'timelines-diverged'],
    ['standard_init_linux.go:228: exec user process caused: exec format error', 'exec-format-error'],
    ['PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device', 'no-space'],
  ])('%s', (line, id) => {
    const known = recognise(['starting', line, 'bye'], ['Error']);
    expect(known).toMatchObject({ id, line });
    expect(known?.means.length).toBeGreaterThan(20);
  });
  it.each([
    ['ImagePullBackOff', 'image-pull'],
    ['OOMKilled', 'oom-killed'],
    ['Evicted', 'evicted'],
  ])('%s', (reason, id) => {
    expect(recognise([], [reason])?.id).toBe(id);
  });
  it('knows nothing of an unknown end', () =>
    expect(recognise(['bye'], ['Error', 'CrashLoopBackOff'])).toBeUndefined());
  it('the end of a traceback is its error', () => {
    const log = [
      'Traceback (most recent call last):',
      '  File "x", line 1',
      '    raise ValueError',
      'ValueError: bad port',
      'x',
    ];
    expect(firstError(log)).toBe('ValueError: bad port');
    expect(firstError(['ok', 'level=error msg="no"', 'x'])).toBe('level=error msg="no"');
    expect(firstError(['ok'])).toBeUndefined();
  });
});

describe('selectors', () => {
  it('select nothing when empty, and drop a member’s role', () => {
    expect(matches({}, { a: 'b' })).toBe(false);
    expect(withoutRole({ 'cluster-name': 'x', role: 'master' })).toEqual({ 'cluster-name': 'x' });
    expect(
      selectorText({
        matchLabels: { a: 'b' },
        matchExpressions: [{ key: 'c', operator: 'In', values: ['d', 'e'] }],
      }),
    ).toBe('a=b,c in (d,e)');
  });
});

describe('by hand', () => {
  it('quotes what the shell would change', () => {
    expect(word("a'; rm -rf /", '<x>')).toBe(`'a'\\''; rm -rf /'`);
    expect(kubectlExec('prod', { pod: 'web-0', container: 'c' }, ['ls', word('/a b', '<path>')])).toBe(
      "kubectl -n prod exec web-0 -c c -- ls '/a b'",
    );
    expect(kubectlExec('prod', {}, ['ls'])).toBe('kubectl -n prod exec <pod> -- ls');
  });
});

describe('applications of their own', () => {
  it.each([
    ['metabase/metabase:v0.48', 'Metabase'],
    ['registry.org/apache/superset@sha256:x', 'Superset'],
    ['grafana.example.org/team/web:1', undefined],
  ])('%s', (image, name) => {
    expect(applicationOfItsOwn([image])).toBe(name);
  });
});
