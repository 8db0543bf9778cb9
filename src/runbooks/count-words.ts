/** How much a runbook does, in a few words, for its header: shown before the start and in the run. */
import type { Step } from './runbook.ts';

/**
 * `checks 5, changes 1, by hand 0, and what check-patroni brings`. A runbook inside is named and not added up: which
 * version of it runs, and whether, is only known when its step comes.
 */
export function countWords(steps: readonly Step[]): string {
  const of = (kind: Step['kind']) => steps.filter((step) => step.kind === kind).length;
  const inside = new Set(steps.flatMap((step) => (step.kind === 'run' ? [step.runbook] : [])));
  const brings =
    inside.size === 0 ? '' : `, and what ${listed([...inside])} ${inside.size === 1 ? 'brings' : 'bring'}`;
  return `checks ${of('check')}, changes ${of('act')}, by hand ${of('manual')}${brings}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
