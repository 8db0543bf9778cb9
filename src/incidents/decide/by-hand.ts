/** A step that somebody did by hand: only its verification runs, and what it left behind is recorded all the same. */
import type { Probe } from '../../runbooks/runbook.ts';
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { Refused } from '../refused.ts';
import { type RunState, scopeOf, type TryState } from '../state.ts';
import { verifyAct } from './acts.ts';
import { current } from './asks.ts';
import { stepOf } from './flow.ts';
import { openLooseEnds } from './loose-ends.ts';
import { tried, wordsOf } from './tried.ts';

/** Anyone may say it, whatever their rights: they have done it already. */
export function doneByHand(draft: Draft, what: Extract<What, { do: 'done by hand' }>): void {
  const { run, one } = current(draft, what.at);
  if (!['by hand', 'planned', 'approval', 'decide'].includes(one.phase))
    throw new Refused('not-now', 'This step does not wait for anybody now.');
  emit(draft, 'by_hand_claimed', { ...what.at, ...(what.says ? { says: what.says } : {}) });
  if (one.planned && one.undoes === undefined) openLooseEnds(draft, one, what.at);
  manualLeaves(draft, run, one, what.at);
  verifyAct(draft, run, one, what.at);
}

/** A repair by hand leaves things behind as well: they are open until their probe says that they are gone. */
function manualLeaves(draft: Draft, run: RunState, one: TryState, at: At): void {
  const step = stepOf(run, at.step);
  if (step?.kind !== 'manual' || step.leaves.kind === 'nothing') return;
  const { leaves } = step;
  const id = `L${at.run}.${at.step}.${at.try}.0`;
  const { language } = draft.knows;
  const place = { runbook: run.runbook, step: step.id, own: true };
  const scope = scopeOf(draft.incident, run, at);
  const words = (template: string) => wordsOf(draft, template, scope, place);
  if (leaves.kind === 'permanent') {
    if (draft.incident.followUps.has(id)) return;
    emit(draft, 'follow_up_added', { id, text: words(leaves.followUp), from: words(leaves.what) });
    return;
  }
  const known = draft.incident.looseEnds.get(id);
  if (known && known.state !== 'gone') return;
  const probe = probeOf(leaves.probe, (args) => language.resolve(args, scope, place));
  // What nothing can look at could never be shown to be gone: it is kept by a person's word instead.
  const unseen = leaves.sensitivity !== undefined && !probe;
  emit(draft, 'loose_end_opened', {
    id,
    kind: 'temporary',
    title: `${words(leaves.what)}${unseen ? ` (${sensitive[leaves.sensitivity]}; nothing can look whether it is gone)` : ''}`,
    object: one.title,
    namespace: one.namespace,
    state: 'open',
    until: words(leaves.until),
    ...at,
    ...(leaves.sensitivity && !unseen ? { sensitivity: leaves.sensitivity } : {}),
    ...(probe ? { probe } : {}),
  });
}

const sensitive = { 'personal-data': 'personal data', access: 'access' } as const;

/** None when its arguments have no answer here: that somebody did it by hand is recorded all the same. */
function probeOf(
  probe: Probe | null,
  resolve: (args: Probe['with']) => Record<string, unknown>,
): { uses: string; args: Record<string, unknown>; gone: string } | undefined {
  if (!probe) return undefined;
  const made = tried(() => resolve(probe.with));
  return made.ok ? { uses: probe.uses, args: made.value, gone: probe.gone } : undefined;
}
