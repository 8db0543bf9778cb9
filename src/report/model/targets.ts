/** What the incident was about: every target that was confirmed, by whom and for how long; and what it was not. */
import type { Event, TargetName } from '../../incidents/events.ts';
import type { Span } from './milestones.ts';

export interface Target {
  readonly words: string;
  readonly says: string;
  readonly by: string;
  readonly at: number;
  /** When another one took its place, or somebody took it off; absent for one that stayed. */
  readonly until?: number;
  /** Who took it off. */
  readonly offBy?: string;
}

const targetWords = ({ kind, name, namespace }: TargetName): string => `${kind} ${name} in ${namespace}`;

/** Pure; the words of `notTargets` are each said once. `ruledOut`: what people ruled out in words. */
export function targetsOf(
  events: readonly Event[],
  ruledOut: readonly string[],
  labelOf: (person: Event['by']) => string,
): { targets: Target[]; notTargets: string[]; wrongSystem?: Span } {
  let targets: (Target & { readonly why?: string })[] = [];
  const proposed = new Map<string, string>();
  const firstProposed = new Map<string, number>();
  const not = new Set<string>();
  const end = (at: number, which: (words: string) => boolean, more: { offBy?: string; why: string }) => {
    targets = targets.map((one) =>
      one.until === undefined && which(one.words) ? { ...one, until: at, ...more } : one,
    );
  };
  for (const event of events) {
    if (event.type === 'target_proposed') {
      const words = targetWords(event.body.target);
      proposed.set(words, `${words} (proposed, not confirmed)`);
      if (!firstProposed.has(words)) firstProposed.set(words, event.at);
    }
    if (event.type === 'target_confirmed') {
      const { target, also } = event.body;
      const words = targetWords(target);
      if (!also) end(event.at, (one) => one !== words, { why: 'confirmed first, corrected later' });
      if (!targets.some((one) => one.until === undefined && one.words === words))
        targets.push({ words, says: target.says, by: labelOf(event.by), at: event.at });
    }
    if (event.type === 'target_dropped') {
      const words = targetWords(event.body.target);
      const offBy = labelOf(event.by);
      end(event.at, (one) => one === words, { offBy, why: 'confirmed at first, taken off later' });
    }
    if (event.type === 'check_done' && event.body.elsewhere) not.add(event.body.elsewhere);
  }
  for (const { words } of targets) proposed.delete(words);
  const stayed = new Set(targets.filter((one) => one.until === undefined).map(({ words }) => words));
  const over = targets.filter(({ words }) => !stayed.has(words)).map(({ words, why }) => `${words} (${why})`);
  const words = [...over, ...proposed.values(), ...ruledOut, ...not];
  const wrong = [...proposed.keys()].map((name) => firstProposed.get(name) ?? Number.POSITIVE_INFINITY);
  const wrongSystem = wrongSystemOf(targets, wrong);
  return {
    targets: targets.map(withoutWhy),
    notTargets: [...new Set(words)],
    ...(wrongSystem ? { wrongSystem } : {}),
  };
}

/**
 * From the first that was proposed or confirmed and did not stay so, until the first that stayed was confirmed.
 * `proposals`: when those were proposed that nobody confirmed.
 */
function wrongSystemOf(targets: readonly Target[], proposals: readonly number[]): Span | undefined {
  const right = targets.filter(({ until }) => until === undefined).map(({ at }) => at);
  const over = targets.filter(({ until }) => until !== undefined).map(({ at }) => at);
  const to = Math.min(...right);
  const from = Math.min(...over, ...proposals);
  return Number.isFinite(to) && from < to ? { from, to } : undefined;
}

/** Why it is over stands with what it was not. */
function withoutWhy<T extends { readonly why?: string }>(target: T): Omit<T, 'why'> {
  const copy = { ...target };
  delete (copy as { why?: string }).why;
  return copy;
}
