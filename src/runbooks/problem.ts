/** A problem in a runbook file: where it is, its stable code, and what to do about it. */

export interface Problem {
  /** `RB001` to `RB007` for the file itself, `RB101` to `RB120` for what it means. Never renumbered. */
  readonly code: string;
  readonly level: 'error' | 'warning';
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units, as editors count. */
  readonly column: number;
  readonly says: string;
  readonly remedy?: string;
}

/** One line for a terminal or a log: `file:line:column RB101 what is wrong. What to do.` */
export function formatProblem(problem: Problem): string {
  const level = problem.level === 'warning' ? ' (warning)' : '';
  const remedy = problem.remedy === undefined ? '' : ` ${problem.remedy}`;
  return `${problem.file}:${problem.line}:${problem.column} ${problem.code}${level} ${problem.says}${remedy}`;
}

/** In file order, one per place and code: a second message about the same character helps nobody. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .toSorted((a, b) => a.line - b.line || a.column - b.column || a.code.localeCompare(b.code))
    .filter((problem) => {
      const key = `${problem.file}:${problem.line}:${problem.column}:${problem.code}:${problem.says}`;
      return seen.has(key) ? false : seen.add(key) !== undefined;
    });
}
