/** The Markdown file that `report.template` of handrail.yaml names: read and checked once, at the start. */
import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { type ReportTemplate, templateProblems } from '../report/template.ts';
import { type ConfigProblem, quoted } from './problem.ts';

/** Every character of the longest one (report/template.ts) may take four. */
const MOST_BYTES = 256 * 1024;

export interface TemplateRead {
  readonly template?: ReportTemplate;
  readonly problems: readonly ConfigProblem[];
}

/**
 * `given` is relative to `folder` (absolute); `shown` is handrail.yaml as the person named it, beside which the problems
 * of the template are shown. Every problem of the file at once; never throws.
 */
export async function readTemplate(
  given: string | undefined,
  folder: string,
  shown: string,
): Promise<TemplateRead> {
  if (given === undefined) return { problems: [] };
  const file = resolve(folder, given);
  const name = basename(file);
  const near = isAbsolute(given) ? given : join(shown, '..', given);
  try {
    const found = await stat(file);
    const what = found.isFile() ? `has ${found.size} bytes` : 'is not a file';
    // A device never ends, and what is as large as a disk is not read to find that out.
    if (!found.isFile() || found.size > MOST_BYTES) {
      const problem = `the report's template ${quoted(given)} ${what}`;
      const todo = 'name a Markdown file of at most 64 KB';
      return {
        problems: [{ severity: 'error', where: { file: near, line: 1, column: 1 }, what: problem, todo }],
      };
    }
    const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
    const problems = templateProblems(text).map(
      ({ line, column, what, todo }): ConfigProblem => ({
        severity: 'error',
        where: { file: near, line, column },
        what,
        todo,
      }),
    );
    return problems.length > 0 ? { problems } : { template: { name, text }, problems };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const what = `the report's template ${quoted(given)} cannot be read (${code})`;
    const todo = 'correct its path; in handrail.yaml it begins at the folder of that file';
    return { problems: [{ severity: 'error', where: { file: near, line: 1, column: 1 }, what, todo }] };
  }
}
