/** What a bench gives back: figures for people, figures for programs, and what to know before believing them. */

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Result {
  readonly tables: readonly Table[];
  /** Whole sentences. */
  readonly notes: readonly string[];
  /** The same figures as numbers; ms, MiB, events per second or ratios, as their names say. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** `folder`: a temporary one that is removed afterwards. */
  run(folder: string): Promise<Result>;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A table as Markdown, its columns padded so that it reads well in a terminal too. */
export function drawn({ head, rows }: Table): string {
  const widths = head.map((name, column) =>
    Math.max(cell(name).length, ...rows.map((row) => cell(row[column] ?? '').length), 3),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => cell(cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
