/** What an act leaves behind for a while: open from the intent on, gone only when its probe says so. */
import { type Draft, emit, queue } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { canonical } from '../hash.ts';
import { type LooseEnd, objectOf, type TryState } from '../state.ts';

type Probe = NonNullable<Bodies['loose_end_opened']['probe']>;

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
    const id = `L${at.run}.${at.step}.${at.try}.${index}`;
    const known = draft.incident.looseEnds.get(id);
    if (known && known.state !== 'gone') return;
    const beside = index > 0;
    if (beside && isOpenAlready(draft, leaves, one.namespace)) return;
    emit(draft, 'loose_end_opened', {
      id,
      kind: 'temporary',
      title: leaves.says,
      object,
      namespace: one.namespace,
      state: 'may exist',
      ...(leaves.until ? { until: leaves.until } : {}),
      ...(leaves.sensitivity ? { sensitivity: leaves.sensitivity } : {}),
      ...(leaves.probe ? { probe: leaves.probe } : {}),
      ...at,
      ...(beside ? { beside } : { before, during }),
    });
  });
}

/** Each member of a list leaves the same thing beside its own change: it is left once. */
function isOpenAlready(
  draft: Draft,
  leaves: { readonly says: string; readonly probe?: unknown },
  namespace: string,
): boolean {
  return [...draft.incident.looseEnds.values()].some(
    ({ opened, state }) =>
      state !== 'gone' &&
      opened.title === leaves.says &&
      opened.namespace === namespace &&
      canonical(opened.probe ?? null) === canonical(leaves.probe ?? null),
  );
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
    if (run !== at.run || step !== at.step || number !== at.try) continue;
    // Somebody may have kept or moved it while nobody knew whether it is there: what was never made is gone all the same.
    const decided = end.state === 'accepted' || end.state === 'moved';
    if (end.state !== 'may exist' && !(decided && state === 'not made' && end.madeAt === undefined)) continue;
    if (state === 'made') settleLooseEnd(draft, end.id, 'open', 'The change was made.');
    else settleLooseEnd(draft, end.id, 'gone', 'The change was not made.');
  }
  if (state !== 'made') return;
  one.planned?.leaves.forEach((leaves, index) => {
    const id = `F${at.run}.${at.step}.${at.try}.${index}`;
    if (leaves.kind !== 'permanent' || draft.incident.followUps.has(id)) return;
    const text = leaves.followUp ?? leaves.says;
    const same = [...draft.incident.followUps.values()].some(
      (other) => other.text === text && other.from === leaves.says,
    );
    if (!same) emit(draft, 'follow_up_added', { id, text, from: leaves.says });
  });
}

/** The first worker was given up and made the change after all, or may have: what was held to be gone is there again. */
export function madeLate(draft: Draft, one: TryState, at: At): void {
  settleMade(draft, one, at, 'made');
  const ofTry = ({ opened }: LooseEnd) =>
    opened.run === at.run && opened.step === at.step && opened.try === at.try;
  for (const end of draft.incident.looseEnds.values()) {
    if (!ofTry(end) || end.state !== 'gone' || one.found?.happened === 'made') continue;
    const says = 'The first worker came back: it may be there after all.';
    emit(draft, 'loose_end_settled', { id: end.id, state: 'open', says });
  }
  probeAll(draft, ofTry);
}

/** The undo of try `undoes` was made, and verified by `probe`. What another probe would see is not known by that. */
export function settleUndone(
  draft: Draft,
  at: At,
  undoes: number | undefined,
  probe: Probe | undefined,
): void {
  const same = probe && canonical(probe);
  for (const { id, opened } of draft.incident.looseEnds.values()) {
    if (opened.run !== at.run || opened.step !== at.step || opened.kind !== 'temporary') continue;
    if (opened.try !== undoes) continue;
    if (opened.probe && canonical(opened.probe) !== same) continue;
    settleLooseEnd(draft, id, 'gone', opened.probe ? 'Taken back and checked.' : 'Taken back.');
  }
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
  // A probe that finds what is known already says nothing new.
  if (end.state === state && end.says === says) return;
  emit(draft, 'loose_end_settled', { id, state, says });
}

/** True while the call that may leave it goes on: a look now would see nothing yet, and prove nothing. */
function isBeingMade(draft: Draft, { run, step, try: number }: LooseEnd['opened']): boolean {
  const tries = run === undefined ? undefined : draft.incident.runs.get(run)?.steps.get(step ?? '')?.tries;
  const phase = tries?.find((one) => one.try === number)?.phase;
  return phase === 'calling' || phase === 'looking';
}

/** Queues the probes of what is left. Without a probe it stays open until people say otherwise. */
export function probeAll(draft: Draft, which: (end: LooseEnd) => boolean): number {
  let asked = 0;
  for (const end of draft.incident.looseEnds.values()) {
    const { probe, run, step, try: number, namespace } = end.opened;
    if (end.state === 'gone' || !which(end) || !probe || run === undefined || !step) continue;
    if (isBeingMade(draft, end.opened)) continue;
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
