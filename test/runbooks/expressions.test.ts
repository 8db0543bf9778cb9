import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  ExpressionFailed,
  evaluate,
  holds,
  render,
  renderSoFar,
  resolve,
  resolveArguments,
  type Scope,
  scopeTypes,
} from '../../src/runbooks/expressions.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { register } from '../support/register.ts';
import { act, check, header } from './marked.ts';

const extra = `  - id: size
    kind: check
    title: Room?
    when: params.replicas > 1
    uses: postgres.size-vs-volume
    with: { pod: a, database: b }
    timeout: 10s
    verdict: [{ else: ok, says: Fine. }]
  - id: question
    kind: ask
    title: Which?
    form:
      service: { type: k8s/service, label: Service, required: true }
      limit: { type: bytes, label: Limit }
      wait: { type: duration, label: Wait, default: 2m }
    choices: [{ id: go, label: Go }]
  - id: last
    kind: check
    title: Last
    uses: backup.latest
    with: { database: a }
    timeout: 10s
    verdict: [{ else: ok, says: Fine. }]
`;
const { runbook, problems } = parseRunbook(header + check + act + extra, 'example.yaml', register);
if (runbook === undefined) throw new Error(JSON.stringify(problems));
const last = runbook.steps.length - 1;
const types = scopeTypes(runbook, last, register, { out: 'backup.latest' });
const scope: Scope = {
  params: { workload: 'web', replicas: 2 },
  incident: { id: 7, namespace: 'prod', title: 'Slow', system: 'shop', severity: 'high' },
  steps: {
    now: { verdict: 'ok', out: { desired: 3, ready: 2 }, args: { workload: 'web' } },
    scale: { verdict: 'ok', plan: { before: 3, after: 2 }, args: { workload: 'web', replicas: 2 } },
    size: {
      verdict: 'ok',
      out: {
        database_bytes: 25_000_000_000,
        free_bytes: 1,
        total_bytes: 2 ** 40,
        free_after_percent: 3,
        fits: true,
      },
    },
    question: { out: { service: 'db', choice: 'go', wait: '2m' } },
  },
  out: {
    found: true,
    at: '2026-11-20T10:00:00Z',
    age_seconds: 12_000,
    verified: false,
    searched: ['a', 'b'],
    unknowns: [],
  },
};

describe('evaluate and holds', () => {
  it.each([
    ['steps.now.out.desired - steps.now.out.ready', 1],
    ['params.workload + "-" + string(params.replicas)', 'web-2'],
    ['out.searched.filter(s, s != "a")', ['b']],
    ['steps.?size.?out.?fits.orValue(false)', true],
    ['steps.question.out.?limit', undefined],
    ['steps.question.out.wait', 120],
    ['{"a": [1, 2]}', { a: [1, 2] }],
    ['duration("90s")', 90],
    ['steps.now.verdict in ["ok", "warn"]', true],
    ['has(out.path)', false],
    ['incident.namespace', 'prod'],
    ['quantity("1.5Ki")', 1536],
    ['cel.bind(n, steps.now.out.desired, n * 2)', 6],
  ])('%s', (source, value) => {
    expect(evaluate(source, scope, types)).toEqual(value);
  });

  it.each([
    ['out.?age_seconds.orValue(0) < duration("4h")', true],
    ['out.?age_seconds.orValue(0) < duration("3h")', false],
    ['steps.?size.?out.?database_bytes.orValue(0) > quantity("20Gi")', true],
    ['found("FATAL: sorry, too many clients already", "(?i)TOO MANY")', true],
    ['found("fine", "^bad")', false],
  ])('%s', (source, value) => {
    expect(holds(source, scope, types)).toBe(value);
  });

  it('says which part is not known when a step gave no answer', () => {
    const failed = { ...scope, steps: { ...scope.steps, now: { verdict: 'unknown' as const } } };
    expect(() => evaluate('steps.now.out.desired + 1', failed, types)).toThrow(
      new ExpressionFailed('steps.now.out is not known: its step has not run, was skipped or gave no answer'),
    );
    expect(evaluate('steps.?now.?out.?desired.orValue(0)', failed, types)).toBe(0);
    expect(holds('steps.now.verdict == "unknown" || steps.now.out.desired > 1', failed, types)).toBe(true);
  });

  it('gives no number that is not exact', () => {
    expect(() => evaluate('9007199254740991 + 2', scope, types)).toThrow(/too large to be exact/);
  });

  it('takes a value of another type as absent', () => {
    const odd = { ...scope, steps: { ...scope.steps, now: { out: { desired: 'three', ready: 2 } } } };
    expect(() => evaluate('steps.now.out.desired', odd, types)).toThrow(ExpressionFailed);
    expect(evaluate('steps.now.out.ready', odd, types)).toBe(2);
  });

  it('works on a runbook that was stored as JSON', () => {
    const stored = JSON.parse(JSON.stringify(runbook)) as typeof runbook;
    expect(holds('steps.now.out.ready == 2', scope, scopeTypes(stored, last, register))).toBe(true);
  });
});

describe('render', () => {
  it.each([
    ['${{ steps.?size.?out.?database_bytes }} of ${{ steps.?size.?out.?total_bytes }}', '23 GiB of 1 TiB'],
    ['${{ out.?age_seconds }} old, verified: ${{ out.verified }}', '3 h 20 min old, verified: no'],
    ['at ${{ out.?path }}.', 'at .'],
    ['${{ out.searched }} (${{ out.unknowns }})', 'a, b (none)'],
    [
      '${{ steps.?size.?out.?total_bytes.orValue(0) - steps.?size.?out.?database_bytes.orValue(0) }}',
      '1001 GiB',
    ],
    ['${{ quantity("16Mi") }} ${{ duration("90m") }}', '16 MiB 1 h 30 min'],
    ['${{ "}}" + \'{{\' }}', '}}{{'],
    ['no places', 'no places'],
  ])('%s', (template, text) => {
    expect(render(template, scope, types)).toBe(text);
  });

  it('shows what is still ahead as an ellipsis', () => {
    const before = { ...scope, steps: {} };
    const template = 'From ${{ steps.now.out.desired }} to ${{ params.replicas }}';
    expect(renderSoFar(template, before, types)).toBe('From … to 2');
    expect(() => render(template, before, types)).toThrow(ExpressionFailed);
  });
});

describe('resolve', () => {
  it('keeps the type of a single place and writes others as machines do', () => {
    expect(resolve('${{ steps.now.out.desired }}', scope, types)).toBe(3);
    expect(
      resolve('/x/${{ incident.id }}-${{ steps.?size.?out.?total_bytes.orValue(0) }}', scope, types),
    ).toBe(`/x/7-${2 ** 40}`);
    expect(resolve(['${{ params.replicas }}', { a: '${{ out.searched }}' }, null], scope, types)).toEqual([
      2,
      { a: ['a', 'b'] },
      null,
    ]);
  });

  it('leaves out an argument that is an empty optional', () => {
    const args = {
      service: '${{ out.?path }}',
      expect: { replicas: '${{ params.replicas }}' },
      kind: 'deployment',
    };
    expect(resolveArguments(args, scope, types)).toEqual({ expect: { replicas: 2 }, kind: 'deployment' });
  });
});

describe('checkExpression', () => {
  it('gives the type, the unit and whether it is sensitive', () => {
    expect(checkExpression('out.?age_seconds', types)).toEqual({
      type: 'optional<int>',
      format: 'seconds',
      sensitive: false,
    });
    const logs = scopeTypes(runbook, last, register, { out: 'k8s.logs' });
    expect(checkExpression('out.text', logs)).toMatchObject({ type: 'string', sensitive: true });
    expect(checkExpression('found(out.text, "x")', logs)).toMatchObject({ type: 'bool', sensitive: false });
  });

  it.each([
    ['steps.size.out.fits', 'RB104', 6],
    ['steps.last.out.found', 'RB104', 6],
    ['steps.?size.?out.?fit', 'RB117', 18],
    ['steps.question.out.servce', 'RB117', 19],
    ['steps.question.plan', 'RB117', 15],
    ['[{"a": out.verifed}]', 'RB117', 11],
    ['out.searched.map(s, params.nothing)', 'RB105', 27],
    ['item.name', 'RB117', 0],
    ['quantity("many")', 'RB117', 9],
    ['duration("soon")', 'RB117', 9],
    ['out.?at.value()', 'RB117', 8],
    ['out.constructor', 'RB117', 4],
    ['params.__proto__', 'RB105', 7],
  ])('%s', (source, code, offset) => {
    expect(checkExpression(source, types)).toMatchObject({ problems: [{ code, offset }] });
  });

  it('refuses a large expression instead of working on it', () => {
    const deep = `${'('.repeat(500)}1${')'.repeat(500)}`;
    expect(checkExpression(deep, types)).toHaveProperty('problems');
    expect(checkExpression(Array(2000).fill('1').join(' + '), types)).toHaveProperty('problems');
  });
});
