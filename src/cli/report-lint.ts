/** `handrail report lint`: the questions of the review for any report in Markdown, as editors and scripts read them. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { redact } from '../actions/redact.ts';
import { reviewOf } from '../report/lint/lint.ts';
import { asEarlier } from '../report/lint/others.ts';
import type { LintProblem } from '../report/lint/problem.ts';
import { type LintContext, type ReportRead, readReport } from '../report/lint/report-read.ts';
import type { Terminal } from './command.ts';
import { configHere } from './config-here.ts';
import { EXIT } from './exit-codes.ts';
import { WrongInput } from './wrong-input.ts';

const STDIN = '<stdin>';

/** Bytes; a report of ten thousand lines has about one million. */
const LARGEST = 8_000_000;

interface Values {
  readonly json?: boolean;
  readonly shared?: boolean;
}

interface ReadFile {
  readonly file: string;
  readonly report: ReportRead;
}

/** Problems go to standard output, one a line; the count to standard error. Gives the exit code; throws WrongInput. */
export async function lintReports(
  given: Terminal & { readonly names: readonly string[]; readonly values: Values },
): Promise<number> {
  const { names, values, print, warn } = given;
  const files = await filesOf(given, [...new Set(names)]);
  const team = values.shared ? await teamOf(given) : undefined;
  const reviews = files.map(({ file, report }) => {
    const others = files.flatMap((other) =>
      other.file === file ? [] : [asEarlier(other.report, other.file)],
    );
    const context: LintContext = {
      now: Date.now(),
      clean: (text) => redact(text, { exact: true }),
      shared: values.shared === true,
      ...(team ? { team } : {}),
      others,
    };
    return { file, ...reviewOf(report, context) };
  });
  const problems = reviews.flatMap(({ file, problems }) => problems.map((one) => ({ file, ...one })));
  const waived = reviews.flatMap(({ file, waived }) =>
    waived.map(({ problem, reason }) => ({ file, ...problem, reason })),
  );
  const errors = problems.filter(({ level }) => level === 'error').length;
  const warnings = problems.length - errors;
  if (values.json) print(JSON.stringify({ files: files.length, errors, warnings, problems, waived }));
  else {
    for (const { file, ...problem } of problems) print(line(file, problem));
    warn(summary(files.length, errors, warnings, waived.length));
  }
  return errors > 0 ? EXIT.notOk : EXIT.ok;
}

/** `file:line:column PIR007 what is wrong. What to do.` */
function line(file: string, { line: at, column, code, level, says, remedy }: LintProblem): string {
  return `${file}:${at}:${column} ${code}${level === 'warning' ? ' (warning)' : ''} ${says} ${remedy}`;
}

/** All of them, or WrongInput with every name that cannot be read. */
async function filesOf(terminal: Terminal, names: readonly string[]): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  const wrong: string[] = [];
  for (const name of names) {
    const read = await textOf(terminal, name);
    if ('text' in read) files.push({ file: name === '-' ? STDIN : name, report: readReport(read.text) });
    else wrong.push(`${name}: ${read.wrong}`);
  }
  if (wrong.length > 0) throw new WrongInput(wrong.join('\n'));
  return files;
}

async function textOf(terminal: Terminal, name: string): Promise<{ text: string } | { wrong: string }> {
  const path = resolve(terminal.folder, name);
  try {
    if (name === '-') return decoded(await terminal.stdin());
    const found = await stat(path);
    if (found.isDirectory())
      return { wrong: 'This is a folder. Name the files in it, such as reports/*.md.' };
    if (!found.isFile()) return { wrong: 'This is no file.' };
    if (found.size > LARGEST) return { wrong: tooLarge(found.size) };
    return decoded(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { wrong: 'There is no such file. Check the name.' };
    if (code === 'EACCES') return { wrong: 'There is no right to read it. Check its rights.' };
    throw error;
  }
}

const tooLarge = (size: number): string => `It has ${size} bytes; a report has at most ${LARGEST}.`;

function decoded(bytes: Uint8Array): { text: string } | { wrong: string } {
  if (bytes.length > LARGEST) return { wrong: tooLarge(bytes.length) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { wrong: 'This is not UTF-8 text. Save it as UTF-8.' };
  }
}

/** Names of `people` in handrail.yaml; undefined without one. A broken one is told and holds nothing up. */
async function teamOf(terminal: Terminal): Promise<readonly string[] | undefined> {
  const config = await configHere(
    terminal,
    'only people whom the text itself puts in another house are found.',
  );
  return config?.file === undefined ? undefined : config.handrail.access.people.map(({ name }) => name);
}

function summary(files: number, errors: number, warnings: number, waived: number): string {
  const of = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  const found = [
    ...(errors > 0 ? [of(errors, 'problem')] : []),
    ...(warnings > 0 ? [of(warnings, 'warning')] : []),
  ];
  const left = waived > 0 ? `, ${waived} waived` : '';
  return `${of(files, 'file')}: ${found.length === 0 ? 'no problems' : found.join(', ')}${left}.`;
}
