/** Whether the milestones of an incident are complete and in order: what is to be asked before a report is final. */
import type { Milestones } from './milestones.ts';

export type MilestoneName =
  | 'started'
  | 'detected'
  | 'acknowledged'
  | 'fixed'
  | 'restored'
  | 'tidied'
  | 'closed';

export type MilestoneProblem =
  | { readonly problem: 'missing'; readonly milestone: MilestoneName; readonly says: string }
  /** It is before the one that has to come first; both in ms. */
  | {
      readonly problem: 'order';
      readonly milestone: MilestoneName;
      readonly at: number;
      readonly before: MilestoneName;
      readonly beforeAt: number;
      readonly says: string;
    }
  | {
      readonly problem: 'future';
      readonly milestone: MilestoneName;
      readonly at: number;
      readonly says: string;
    };

/** A minute as people type it may begin before the instant that a machine has noted down. */
const MINUTE = 60_000;

/**
 * In the order in which they can happen, as the rule PIR020 of a report's review has them; `needed` are those that it
 * asks for. What is tidied up after the close is in order.
 */
const order: readonly {
  readonly name: MilestoneName;
  readonly needed: boolean;
  /** How a person adds it. */
  readonly remedy?: string;
  readonly of: (moments: Milestones) => number | undefined;
}[] = [
  { name: 'started', needed: false, of: ({ start }) => start },
  {
    name: 'detected',
    needed: true,
    remedy: '/incident milestone detected at 9:40',
    of: ({ detected }) => detected,
  },
  {
    name: 'acknowledged',
    needed: true,
    remedy: '/incident milestone acknowledged at 9:40',
    of: ({ acknowledged }) => acknowledged,
  },
  { name: 'fixed', needed: true, remedy: '/incident milestone fixed at 9:40', of: ({ fixed }) => fixed },
  { name: 'restored', needed: true, remedy: '/incident resolve', of: ({ restored }) => restored },
  { name: 'tidied', needed: false, of: ({ tidied }) => tidied },
  { name: 'closed', needed: false, of: ({ closed }) => closed },
];

/** `now` in ms: without it nothing is said about the future. Pure. */
export function milestoneProblems(moments: Milestones, now?: number): readonly MilestoneProblem[] {
  const problems: MilestoneProblem[] = [];
  let latest: { readonly name: MilestoneName; readonly at: number } | undefined;
  for (const { name, needed, remedy, of } of order) {
    const at = of(moments);
    if (at === undefined) {
      if (needed)
        problems.push({
          problem: 'missing',
          milestone: name,
          says: `Nobody has said when it was ${name}: ${remedy}`,
        });
      continue;
    }
    if (now !== undefined && at > now + MINUTE)
      problems.push({ problem: 'future', milestone: name, at, says: `“${name}” has not been yet.` });
    if (latest && at < latest.at - MINUTE)
      problems.push({
        problem: 'order',
        milestone: name,
        at,
        before: latest.name,
        beforeAt: latest.at,
        says: `“${name}” is before “${latest.name}”. Correct one of the two times.`,
      });
    else if (name !== 'tidied') latest = { name, at };
  }
  return problems;
}
