/** What an act leaves behind for a while: open from the intent on, gone only when its probe says so. */
import { type Draft, emit, queue } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { type LooseEnd, objectOf, type TryState } from '../state.ts';

/** Opens what the confirmed act leaves, as "may exist". An act that only restores what an earlier one left opens nothing. */
export function openLooseEnds(draft: Draft, one: TryState, at: At): void {
  const { planned } = one;
  if (!planned) return;
  const object = objectOf(planned.plan);
  const before = planned.plan.changes.map((change) => change.before).join(', ');
  const during = planned.plan.changes.map((change) => change.after).join(', ');
  planned.leaves.forEach((leaves, index) => {
    if (leaves.kind !== 'temporary') return;
    if (restores(draft, object, before, during)) return;
    emit(draft, 'loose_end_opened', {
      id: `L${at.run}.${at.step}.${at.try}.${index}`,
      kind: 'temporary',
      title: leaves.says,
      object,
      namespace: one.namespace,
      state: 'may exist',
      ...(leaves.until ? { until: leaves.until } : {}),
      ...(leaves.sensitivity ? { sensitivity: leaves.sensitivity } : {}),
      ...(leaves.probe ? { probe: leaves.probe } : {}),
      ...at,
      before,
      during,
    });
  });
}

function restores(draft: Draft, object: string, before: string, during: string): boolean {
  for (const { opened, state } of draft.incident.looseEnds.values())
    if (state === 'open' && opened.object === object && opened.before === during && opened.during === before)
      return true;
  return false;
}

/** The call is over: its loose ends exist or never did; a permanent change becomes a follow-up. */
export function settleMade(draft: Draft, one: TryState, at: At, state: 'made' | 'not made'): void {
  for (const end of draft.incident.looseEnds.values()) {
    const { run, step, try: number } = end.opened;
    if (run !== at.run || step !== at.step || number !== at.try || end.state !== 'may exist') continue;
    if (state === 'made') settleLooseEnd(draft, end.id, 'open', 'The change was made.');
    else settleLooseEnd(draft, end.id, 'gone', 'The change was not made.');
  }
  if (state !== 'made') return;
  one.planned?.leaves.forEach((leaves, index) => {
    const id = `F${at.run}.${at.step}.${at.try}.${index}`;
    if (leaves.kind === 'permanent' && !draft.incident.followUps.has(id))
      emit(draft, 'follow_up_added', { id, text: leaves.followUp ?? leaves.says, from: leaves.says });
  });
}

/** Records what is known of a loose end now; says nothing twice. */
export function settleLooseEnd(
  draft: Draft,
  id: string,
  state: Bodies['loose_end_settled']['state'],
  says: string,
): void {
  const end = draft.incident.looseEnds.get(id);
  if (!end || end.state === 'gone') return;
  emit(draft, 'loose_end_settled', { id, state, says });
}

/** Queues the probes of what is left. Without a probe it stays open until people say otherwise. */
export function probeAll(draft: Draft, which: (end: LooseEnd) => boolean): number {
  let asked = 0;
  for (const end of draft.incident.looseEnds.values()) {
    const { probe, run, step, try: number, namespace } = end.opened;
    if (end.state === 'gone' || !which(end) || !probe || run === undefined || !step) continue;
    queue(draft, {
      at: { run, step, try: number ?? 1 },
      purpose: 'probe',
      uses: probe.uses,
      args: probe.args,
      until: probe.gone,
      namespace,
      operation: '',
      timeoutMs: 30_000,
      looseEnd: end.id,
    });
    asked++;
  }
  return asked;
}
