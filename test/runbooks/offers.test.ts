// A list of runbooks of which one comes next: in the file, in the loader's problems, in words, and back in a file.
import { describe, expect, it } from 'vitest';
import { runbookFile } from '../../src/runbooks/as-file.ts';
import { nextInWords } from '../../src/runbooks/in-words.ts';
import { formatProblem, loadLibrary } from '../../src/runbooks/library.ts';
import { offersIn } from '../../src/runbooks/offers.ts';
import { flowchart } from '../../src/runbooks/page/flowchart.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { renameStep } from '../../src/runbooks/rewriting.ts';
import { offeredBy } from '../../src/runbooks/rights.ts';
import { register } from '../support/register.ts';

const file = (offers: string) => `apiVersion: runbook/v1
id: first
title: The first
summary: Looks.
owner: "@ops"
reviewed: 2026-11-20
params: { workload: { type: string, label: Which?, required: true } }
steps:
  - id: look
    kind: check
    title: Look
    uses: k8s.replicas
    with: { workload: "\${{ params.workload }}" }
    timeout: 10s
    verdict:
      - if: out.ready < out.desired
        is: bad
        says: Not ready.
        next:
${offers}
      - else: ok
        says: Ready.
`;
const other = (id: string) => `apiVersion: runbook/v1
id: ${id}
title: Another
summary: Asks.
owner: "@ops"
reviewed: 2026-11-20
params: { name: { type: string, label: Which? } }
steps:
  - { id: go, kind: ask, title: Go on?, choices: [{ id: on, label: On }] }
`;
const TWO = `          - { run: second, with: { name: "\${{ params.workload }}" } }
          - { run: third, with: { name: "\${{ out.workload_name }}" } }`;
const GOOD = TWO.replace('out.workload_name', 'params.workload');

function load(offers: string) {
  const files = [
    { file: 'first.yaml', text: file(offers) },
    { file: 'second.yaml', text: other('second') },
    { file: 'third.yaml', text: other('third') },
  ];
  return loadLibrary(files, register, '2026-11-21');
}
const first = (offers: string) => {
  const library = load(offers);
  expect(library.problems.map(formatProblem)).toEqual([]);
  const loaded = library.runbooks.get('first');
  if (!loaded) throw new Error('it does not load');
  return loaded.runbook;
};

describe('a list of runbooks that could come next', () => {
  it('is one offer: the first one, or another one', () => {
    const [step] = first(GOOD).steps;
    const next = step?.kind === 'check' ? step.verdict[0]?.next : undefined;
    expect(next).toEqual({
      run: 'second',
      with: { name: '${{ params.workload }}' },
      or: [{ run: 'third', with: { name: '${{ params.workload }}' } }],
    });
    expect(offersIn(next).map(({ run, path }) => [run, path])).toEqual([
      ['second', [0]],
      ['third', [1]],
    ]);
    expect(next && nextInWords(next)).toBe('offers the runbook second or third');
  });

  it('is drawn with an arrow to each, is counted among the offers, and goes back into a file', () => {
    const runbook = first(GOOD);
    expect(flowchart(runbook).filter((line) => line.includes('-.->'))).toEqual([
      '  s1 -.->|"bad"| r1',
      '  s1 -.->|"bad"| r2',
    ]);
    expect(offeredBy(runbook)).toEqual(['second', 'third']);
    const again = parseRunbook(runbookFile(runbook), 'first.yaml', register).runbook;
    expect(again?.steps.map((step) => ({ ...step, line: 0 }))).toEqual(
      runbook.steps.map((step) => ({ ...step, line: 0 })),
    );
  });

  it('has every name in it changed when names are', () => {
    const [step] = first(GOOD).steps;
    const names = { params: new Map([['workload', 'w2']]), steps: new Map<string, string>() };
    expect(step && JSON.stringify(renameStep(step, names))).toContain(
      '"or":[{"run":"third","with":{"name":"${{ params.w2 }}"}}]',
    );
  });

  it('is checked at each of its places', () => {
    expect(load(TWO).problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^first\.yaml:21:50 RB117 .*no output workload_name/),
    ]);
    const wrong = load(GOOD.replace('second', 'secnod').replace(/name: (.*)$/, 'nmae: $1'));
    expect(wrong.problems.map(formatProblem)).toEqual([
      'first.yaml:20:15 RB007 (warning) There is no runbook secnod. Did you mean second?',
      'first.yaml:21:35 RB105 The runbook third has no parameter nmae. Did you mean name?',
    ]);
    expect(load('          - { run: second }').problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^first\.yaml:20:\d+ RB002 .*needs two, or is one without the list/),
    ]);
  });
});
