/** A step that somebody did by hand: only its verification runs, and what it left behind is recorded all the same. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { Refused } from '../refused.ts';
import { type RunState, scopeOf, type TryState } from '../state.ts';
import { verifyAct } from './acts.ts';
import { current } from './asks.ts';
import { stepOf } from './flow.ts';
import { openLooseEnds } from './loose-ends.ts';

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
  const scope = scopeOf(draft.incident, run);
  const words = (template: string) => language.render(template, scope, place);
  if (leaves.kind === 'permanent') {
    if (draft.incident.followUps.has(id)) return;
    emit(draft, 'follow_up_added', { id, text: words(leaves.followUp), from: words(leaves.what) });
    return;
  }
  const known = draft.incident.looseEnds.get(id);
  if (known && known.state !== 'gone') return;
  const { probe } = leaves;
  emit(draft, 'loose_end_opened', {
    id,
    kind: 'temporary',
    title: words(leaves.what),
    object: one.title,
    namespace: one.namespace,
    state: 'open',
    until: leaves.until,
    ...at,
    ...(leaves.sensitivity ? { sensitivity: leaves.sensitivity } : {}),
    ...(probe
      ? { probe: { uses: probe.uses, args: language.resolve(probe.with, scope, place), gone: probe.gone } }
      : {}),
  });
}
