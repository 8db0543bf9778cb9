/** What every rule of the loader is given, and how it reports. */
import type { Access } from '../../catalog/access.ts';
import type { Path, Places, Spot } from '../places.ts';
import type { Problem } from '../problem.ts';
import type { Runbook, Step } from '../runbook.ts';
import type { Register } from '../signature.ts';

export interface LintContext {
  readonly file: string;
  readonly places: Places;
  /** With stand-ins for the steps and parameters that are broken, so that reading them is not a second problem. */
  readonly runbook: Runbook;
  /** Indexes of the steps that could be read; only these are looked at. */
  readonly whole: ReadonlySet<number>;
  readonly register: Register;
  /** ISO date, for the age of the last review. */
  readonly today: string;
  /** Who is in which group of handrail.yaml; undefined where there is none. */
  readonly groups?: Access;
  readonly problems: Problem[];
}

export interface Report {
  readonly code: string;
  readonly says: string;
  readonly remedy?: string | undefined;
  readonly level?: 'error' | 'warning';
}

export function reportAt(context: LintContext, spot: Spot, report: Report): void {
  const { code, says, remedy, level = 'error' } = report;
  const extra = remedy === undefined ? {} : { remedy };
  context.problems.push({ code, level, file: context.file, ...spot, says, ...extra });
}

export function reportKey(context: LintContext, path: Path, report: Report): void {
  reportAt(context, context.places.key(path), report);
}

export function reportValue(context: LintContext, path: Path, report: Report): void {
  reportAt(context, context.places.value(path), report);
}

/** The steps that could be read, with their index and their path in the file. */
export function wholeSteps(context: LintContext): { step: Step; index: number; path: Path }[] {
  return context.runbook.steps.flatMap((step, index) =>
    context.whole.has(index) ? [{ step, index, path: ['steps', index] }] : [],
  );
}
