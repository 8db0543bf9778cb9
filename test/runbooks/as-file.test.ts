// Writing a runbook back to its file, and changing the names in its expressions.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { runbookFile } from '../../src/runbooks/as-file.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { renameExpression, renameTemplate, stepsReadBy } from '../../src/runbooks/rewriting.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';

const folders = ['../../runbooks/', '../../../shared/examples/runbooks/'].map(
  (path) => new URL(path, import.meta.url),
);
const shipped = readdirSync(folders[0] as URL).filter((name) => name.endsWith('.yaml'));

/** Lines apart: a written file has others. */
const bare = (runbook: Runbook | undefined) => ({
  ...runbook,
  steps: runbook?.steps.map((step) => ({ ...step, line: 0 })),
});
const read = (name: string) => readFileSync(new URL(name, folders[0] as URL), 'utf8');

it.each(shipped)('%s comes back the same from the file that is written from it', (name) => {
  const { runbook } = parseRunbook(read(name), name, register, '2026-11-21');
  if (!runbook) throw new Error(`${name} does not load`);
  const text = runbookFile(runbook, { head: 'two\nlines', above: ({ id }) => `about ${id}` });
  const again = parseRunbook(text, name, register, '2026-11-21');
  expect(again.problems.filter(({ level }) => level === 'error')).toEqual([]);
  expect(bare(again.runbook)).toEqual(bare(runbook));
  expect(text).toContain('# two\n# lines');
  expect(text).toContain(`# about ${runbook.steps[0]?.id}\n  - id: ${runbook.steps[0]?.id}`);
});

it('keeps what no shipped runbook has: choices, jumps, offers, typed phrases, bounds and options', () => {
  const text = `
apiVersion: runbook/v1
id: all
title: All
summary: Everything.
owner: "@ops"
reviewed: 2026-11-20
alerts: [Down]
docs: { meaning: m, impact: i, mitigation: "t: with a colon" }
params:
  n: { type: int, label: How many?, min: 1, max: 3, default: 2, required: true }
  kind: { type: enum, label: Which?, options: [a, "yes", "1"] }
steps:
  - id: look
    kind: check
    title: Look
    uses: k8s.replicas
    with: { workload: w, kind: deployment }
    timeout: 1h30m5s
    verdict:
      - { if: "out.desired > params.n", is: bad, says: "# not a comment", next: stop }
      - { else: ok, says: "fine: it is", next: which }
  - id: which
    kind: ask
    title: Which way?
    form: { why: { type: string, label: Why?, required: true } }
    choices:
      - { id: on, label: On, reason: required, next: other }
      - { id: off, label: "Off", next: stop }
  - id: other
    kind: run
    title: Another
    runbook: check-patroni
    with: { workload: w }
    next: { run: check-patroni, with: { workload: w } }
`;
  const { runbook, problems } = parseRunbook(text, 'all.yaml', register);
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
  if (!runbook) throw new Error('it does not load');
  const written = runbookFile(runbook);
  expect(bare(parseRunbook(written, 'all.yaml', register).runbook)).toEqual(bare(runbook));
});

describe('new names', () => {
  const names = { params: new Map([['a', 'long_name']]), steps: new Map([['x', 'x_2']]) };
  it.each([
    ['params.a', 'params.long_name'],
    ['params.a + params.a', 'params.long_name + params.long_name'],
    ['steps.x.out.a', 'steps.x_2.out.a'],
    ['steps.?x.?out.?a.orValue(params.a)', 'steps.?x_2.?out.?a.orValue(params.long_name)'],
    ['steps["x"].out.a == "params.a"', 'steps["x_2"].out.a == "params.a"'],
    ['out.x == steps.y.out.x', 'out.x == steps.y.out.x'],
    ['has(steps.x.out) ? params.a : "steps.x"', 'has(steps.x_2.out) ? params.long_name : "steps.x"'],
    ['out.list.exists(x, x == params.a)', 'out.list.exists(x, x == params.long_name)'],
    ['not an expression (', 'not an expression ('],
  ])('%s', (from, to) => {
    expect(renameExpression(from, names)).toBe(to);
  });
  it('in templates, and only inside the places', () => {
    expect(renameTemplate('params.a is ${{ params.a }}, "${{ "}}" + params.a }}"', names)).toBe(
      'params.a is ${{ params.long_name }}, "${{ "}}" + params.long_name }}"',
    );
  });
  it('finds every step that is read', () => {
    const { runbook } = parseRunbook(read('dump-db.yaml'), 'x', register);
    const dump = runbook?.steps.find(({ id }) => id === 'dump');
    expect(dump && [...stepsReadBy(dump)]).toEqual(['dump']);
  });
});
