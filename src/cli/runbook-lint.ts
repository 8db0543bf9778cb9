/** `handrail runbook lint`: every problem of runbook files at once, as editors and scripts read them. */
import { register } from '../actions/index.ts';
import { formatProblem, loadLibrary } from '../runbooks/library.ts';
import type { Problem } from '../runbooks/problem.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { runbookFiles, runbookFolder } from './runbook-files.ts';

/** Problems go to standard output, one a line; the count to standard error. Gives the exit code; throws WrongInput. */
export async function lintRunbooks(
  given: Terminal & { readonly names: readonly string[]; readonly values: { readonly json?: boolean } },
): Promise<number> {
  const { folder, groups } = await runbookFolder(given);
  const { files, problems: unread } = await runbookFiles(given, given.names, folder);
  const today = new Date().toISOString().slice(0, 10);
  const library = loadLibrary(files, register, today, groups ? { groups } : {});
  const asked = new Set(files.filter((one) => one.asked).map(({ file }) => file));
  const problems = [...unread, ...library.problems.filter(({ file }) => asked.has(file))];
  const errors = problems.filter(({ level }) => level === 'error').length;
  const warnings = problems.length - errors;
  const count = asked.size + unread.length;
  if (given.values.json) given.print(JSON.stringify({ files: count, errors, warnings, problems }));
  else {
    for (const problem of inFileOrder(problems)) given.print(formatProblem(problem));
    given.warn(summary(count, errors, warnings));
  }
  return errors > 0 ? EXIT.notOk : EXIT.ok;
}

/** By file as they came, then as they stand in it. */
function inFileOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

function summary(files: number, errors: number, warnings: number): string {
  const of = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const found = [
    ...(errors > 0 ? [of(errors, 'problem')] : []),
    ...(warnings > 0 ? [of(warnings, 'warning')] : []),
  ];
  return `${of(files, 'file')}: ${found.length === 0 ? 'no problems' : found.join(', ')}.`;
}
