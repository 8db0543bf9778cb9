/** Every change that was started and every repair by hand: before, after, who, verified, taken back. */
import type { Person } from '../../incidents/events.ts';
import type { CorrectedEvents } from '../../incidents/timeline/corrected-events.ts';
import { approvedBy, confirmedBy, outcomeOf, type StepStory } from '../../incidents/timeline/steps.ts';
import { objectOf, verificationWords } from '../../incidents/timeline/words.ts';
import { type RunStarts, repairs, undoOf } from './repairs.ts';

export interface Change {
  readonly at: number;
  readonly title: string;
  /** What somebody wrote in place of its line. */
  readonly corrected?: string;
  readonly byHand: boolean;
  readonly undoes: boolean;
  /** It may have brought the service back. */
  readonly repairs: boolean;
  readonly object: string;
  readonly fields: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  readonly confirmedBy?: string;
  readonly approvedBy?: { readonly label: string; readonly alone: boolean; readonly reason?: string };
  readonly outcome: 'made' | 'not made' | 'failed' | 'unknown' | 'running' | 'by hand';
  readonly lost: boolean;
  readonly verification: string;
  readonly held: boolean;
  readonly verifiedAt?: number;
  readonly undoneAt?: number;
  /** What a person would type instead, or typed. */
  readonly commands: readonly string[];
  /** What the step told the person to do, or what the person said about it. */
  readonly told?: string;
  readonly says?: string;
  readonly unknowns: readonly string[];
}

/** In order of time. */
export function changesOf(
  stories: readonly StepStory[],
  runs: RunStarts,
  restored: number | undefined,
  labelOf: (person: Person) => string,
  texts: CorrectedEvents['texts'],
): readonly Change[] {
  const changes = stories.flatMap((story) => {
    const begun = story.started ?? story.claimed;
    if (!begun) return [];
    const byHand = story.claimed !== undefined && story.started === undefined;
    const confirmed = byHand ? story.claimed?.by : confirmedBy(story);
    const approved = approvedBy(story);
    const undo = undoOf(story, stories);
    const { plan, opened, claimed } = story;
    const words = texts.get(`v${begun.version}`)?.text;
    const change: Change = {
      at: begun.at,
      title: opened?.body.title ?? story.at.step,
      ...(words === undefined ? {} : { corrected: words }),
      byHand,
      undoes: opened?.body.undoes !== undefined,
      repairs: repairs(story, stories, runs, restored),
      object: plan ? objectOf(plan) : '',
      fields: plan?.body.plan.changes ?? [],
      ...(confirmed ? { confirmedBy: labelOf(confirmed) } : {}),
      ...(approved ? { approvedBy: { ...approved, label: labelOf(approved.by) } } : {}),
      outcome: byHand ? 'by hand' : outcomeOf(story),
      lost: story.lost.length > 0,
      verification: verificationWords(story),
      held: story.verified?.body.held ?? false,
      ...(story.verified ? { verifiedAt: story.verified.at } : {}),
      ...(undo ? { undoneAt: undo.verified?.at ?? undo.done?.at ?? undo.started?.at } : {}),
      commands: plan && plan.body.byHand.length > 0 ? plan.body.byHand : (opened?.body.byHand ?? []),
      ...(byHand && opened?.body.says ? { told: opened.body.says } : {}),
      ...(claimed?.body.says ? { says: claimed.body.says } : {}),
      unknowns: plan?.body.plan.unknowns ?? [],
    };
    return [change];
  });
  return changes.sort((a, b) => a.at - b.at);
}
