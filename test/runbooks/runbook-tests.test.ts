// The tests that come with the runbooks: the same files and the same player as `handrail runbook test`.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { checkFile } from '../../src/cli/play/check-file.ts';
import { play } from '../../src/cli/play/play.ts';
import { resultsOf, testedIds } from '../../src/cli/runbook-test.ts';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import { formatProblem, loadLibrary } from '../../src/runbooks/library.ts';
import type { Verdict } from '../../src/runbooks/runbook.ts';
import { readTestFile } from '../../src/runbooks/test-file.ts';

const folder = fileURLToPath(new URL('../../runbooks', import.meta.url));
const tests = `${folder}/tests`;
const { files } = await readRunbookFolder(folder);
const { runbooks } = loadLibrary(files, register, '');
const ids = await testedIds(tests);
const read = await readRunbookFolder(tests);

describe('the player', () => {
  const texts = read.files.map(({ text }) => text);
  const turns = [
    'press: Confirm',
    'press: Skip',
    'press: End this run',
    'press: { button: Undo step 2 }',
    'press: { button: Skip, reason: Because }',
    'press: Done by hand',
    'press: Stop',
    'given: { fails: Away }',
    'given: { plan: {} }',
    'given: { out: {} }',
    'given: { verify_fails: Away }',
    'expect: {}',
  ];
  const change = fc.record({
    at: fc.nat(2000),
    what: fc.constantFrom('drop', 'twice', 'put', 'move'),
    turn: fc.constantFrom(...turns),
  });

  it('answers a test file with lines changed by problems at a place, never by an exception', async () => {
    let played = 0;
    const changed = (
      lines: readonly string[],
      { at, what, turn }: { at: number; what: string; turn: string },
    ) => {
      const index = at % lines.length;
      const line = lines[index] ?? '';
      if (what === 'drop') return lines.toSpliced(index, 1);
      if (what === 'twice') return lines.toSpliced(index, 0, line);
      if (what === 'put') return lines.toSpliced(index, 0, `        ${turn}`);
      return lines.toSpliced(index, 1).toSpliced((at * 7) % lines.length, 0, line);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.nat(texts.length - 1),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (file, changes) => {
          const lines = changes.reduce(changed, (texts[file] ?? '').split('\n'));
          const { test, places, problems } = readTestFile(lines.join('\n'), 'a.yaml');
          expect(test === undefined).toBe(problems.length > 0);
          if (!test || !runbooks.has(test.runbook)) return;
          const of = { file: 'a.yaml', test, places, register, runbooks };
          const found = [...problems, ...checkFile(of)];
          for (const index of found.length > 0 ? [] : test.tests.keys()) {
            found.push(...(await play(of, index)));
            played += 1;
          }
          for (const { line, says } of found) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines.length);
            expect(says).not.toBe('');
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(played).toBeGreaterThan(50);
  });
});

describe('the tests of the runbooks', () => {
  it('are there for every runbook', () => {
    expect(ids).toEqual([...runbooks.keys()].toSorted());
  });

  it.each(ids)('%s does what its tests say', async (id) => {
    const results = await resultsOf(id, tests, runbooks, register);
    const failed = results.flatMap(({ name, problems }) =>
      problems.map((problem) => `${name}: ${formatProblem(problem)}`),
    );
    expect(failed).toEqual([]);
    expect(results.length).toBeGreaterThan(0);
  });

  it.each(ids)('%s has a test for every verdict that its checks can give', (id) => {
    const text = read.files.find(({ file }) => file.endsWith(`/${id}.yaml`))?.text ?? '';
    const seen = new Set<string>();
    for (const { steps } of readTestFile(text, id).test?.tests ?? [])
      for (const { step, expect } of steps) if (expect?.verdict) seen.add(`${step} ${expect.verdict}`);
    const possible = (runbooks.get(id)?.runbook.steps ?? []).flatMap((step) =>
      step.kind === 'check' ? step.verdict.map(({ is }: { is: Verdict }) => `${step.id} ${is}`) : [],
    );
    expect([...new Set(possible)].filter((one) => !seen.has(one))).toEqual([]);
  });
});
