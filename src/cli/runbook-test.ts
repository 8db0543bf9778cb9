/** `handrail runbook test`: plays the tests of runbooks and says what differs, at its place in the test file. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { register } from '../actions/index.ts';
import { nearest } from '../catalog/nearest.ts';
import { readRunbookFile } from '../config/runbook-folder.ts';
import { formatProblem, type Loaded } from '../runbooks/library.ts';
import type { Problem } from '../runbooks/problem.ts';
import type { Register } from '../runbooks/signature.ts';
import { readTestFile } from '../runbooks/test-file.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { runbooksHere } from './one-runbook.ts';
import { checkFile } from './play/check-file.ts';
import { play } from './play/play.ts';
import { shownFrom } from './runbook-files.ts';
import { WrongInput } from './wrong-input.ts';

export interface TestResult {
  readonly runbook: string;
  /** Of the test; empty for a file that cannot be read. */
  readonly name: string;
  readonly problems: readonly Problem[];
}

/** Gives the exit code: 1 when a test fails or cannot be read, 2 when there is none of that name. */
export async function testRunbooks(
  given: Terminal & { readonly names: readonly string[]; readonly values: { readonly json?: boolean } },
): Promise<number> {
  const { print, warn, names, values } = given;
  const { library, folder } = await runbooksHere(given, register);
  const tests = shownFrom(given.folder, join(folder, 'tests'));
  const shown = (file: string) => shownFrom(given.folder, file);
  const ids = await testedIds(resolve(given.folder, tests));
  for (const name of names) {
    if (ids.includes(name)) continue;
    const near = nearest(name, ids);
    const remedy = near ? ` Did you mean ${near}?` : ids.length > 0 ? ` There are: ${ids.join(', ')}.` : '';
    throw new WrongInput(`There are no tests of ${name} in ${tests}.${remedy}`);
  }
  const results: TestResult[] = [];
  for (const id of names.length === 0 ? ids : [...new Set(names)])
    results.push(...(await resultsOf(id, resolve(given.folder, tests), library.runbooks, register, shown)));
  const untested = names.length > 0 ? [] : [...library.runbooks.keys()].filter((id) => !ids.includes(id));
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  if (values.json) print(JSON.stringify({ passed: results.length - failed, failed, untested, results }));
  else {
    for (const { runbook, name, problems } of results) {
      print(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${runbook}${name === '' ? '' : `: ${name}`}`);
      for (const problem of problems) print(`     ${formatProblem(problem)}`);
    }
    if (untested.length > 0) warn(`No tests: ${untested.join(', ')}.`);
    warn(`${results.length - failed} passed, ${failed} failed.`);
  }
  return failed > 0 || library.broken.length > 0 ? EXIT.notOk : EXIT.ok;
}

/** Names of the test files, without their ending. */
export async function testedIds(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.flatMap((file) => /^([^.].*)\.ya?ml$/.exec(file)?.[1] ?? []).toSorted();
}

/** Every test of one file. `shown`: how its path is told. */
export async function resultsOf(
  id: string,
  folder: string,
  runbooks: ReadonlyMap<string, Loaded>,
  register: Register,
  shown: (file: string) => string = (file) => file,
): Promise<TestResult[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const path = join(folder, names.includes(`${id}.yml`) ? `${id}.yml` : `${id}.yaml`);
  const file = shown(path);
  const read = await readRunbookFile(path);
  if ('problem' in read) return [{ runbook: id, name: '', problems: [{ ...read.problem, file }] }];
  const { test, places, problems } = readTestFile(read.text, file);
  if (!test) return [{ runbook: id, name: '', problems }];
  const wrong = (path: string, says: string): TestResult[] => [
    {
      runbook: id,
      name: '',
      problems: [{ code: 'RT002', level: 'error', file, ...places.value([path]), says }],
    },
  ];
  if (test.runbook !== id) return wrong('runbook', `This file is of ${id}: write it so, or rename the file.`);
  if (!runbooks.has(id)) return wrong('runbook', `There is no runbook ${id} that loads.`);
  const of = { file, test, places, register, runbooks };
  const broken = checkFile(of);
  if (broken.length > 0) return [{ runbook: id, name: '', problems: broken }];
  const results: TestResult[] = [];
  for (const [index, { name }] of test.tests.entries())
    results.push({ runbook: id, name, problems: await play(of, index) });
  return results;
}
