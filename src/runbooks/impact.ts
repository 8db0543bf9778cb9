/** How much a runbook does, counted by kind of step. */
import type { Step } from './runbook.ts';

/** How many steps of a run look, change something, or are done by hand; said before it starts. */
export interface Impact {
  readonly checks: number;
  readonly changes: number;
  readonly byHand: number;
}

export function impactOf(steps: readonly Step[]): Impact {
  const of = (kind: Step['kind']) => steps.filter((step) => step.kind === kind).length;
  return { checks: of('check'), changes: of('act'), byHand: of('manual') };
}
