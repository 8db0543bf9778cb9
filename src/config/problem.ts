/** What is wrong in the configuration: where, what, and what to do; and how a terminal shows it. */

/** 1-based line and column of a file, a variable of the environment, or an option of the command line. */
export type Where =
  | { readonly file: string; readonly line: number; readonly column: number }
  | { readonly variable: string }
  | { readonly option: string };

/** `error` stops the start (exit code 2); `warning` is shown and the start goes on. Never holds a secret's value. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  readonly where: Where;
  readonly what: string;
  readonly todo: string;
}

export function hasErrors(problems: readonly ConfigProblem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** What somebody wrote, quoted and cut so that it can stand in a line of a terminal. */
export function quoted(text: string): string {
  const characters = Array.from(text);
  const short = characters.length > 60 ? `${characters.slice(0, 57).join('')}...` : text;
  // JSON leaves DEL, C1 controls and direction marks alone; a terminal would obey them.
  return JSON.stringify(short).replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '?');
}

/** One line for each problem, files first by place, then variables: `file:line:column what — what to do`. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return [...problems]
    .sort((a, b) => compare(a.where, b.where))
    .map((problem) => {
      const label = problem.severity === 'warning' ? 'warning: ' : '';
      return `${place(problem.where)} ${label}${problem.what} — ${problem.todo}`;
    })
    .join('\n');
}

function place(where: Where): string {
  if ('file' in where) return `${where.file}:${where.line}:${where.column}`;
  if ('variable' in where) return `${where.variable}:`;
  return `${where.option}:`;
}

function compare(a: Where, b: Where): number {
  if ('file' in a && 'file' in b) {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column;
  }
  return Number('file' in b) - Number('file' in a);
}
