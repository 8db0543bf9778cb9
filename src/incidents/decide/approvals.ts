/** A change that needs a second person: asked for, approved, gone alone with a reason, lapsed. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At } from '../events.ts';
import { Refused } from '../refused.ts';
import { objectOf, type RunState, type TryState } from '../state.ts';
import { startAct } from './acts.ts';
import { aloneEnd } from './alone.ts';
import { current, planOf } from './asks.ts';
import { tryAt } from './flow.ts';
import { groupsInWords, needs } from './rights.ts';

type Ask<D extends What['do']> = Extract<What, { do: D }>;

const LAPSED = 'Nobody approved in time. Nothing was changed. Ask again when somebody is there.';

export function askApproval(draft: Draft, what: Ask<'ask approval'>): void {
  const { one } = current(draft, what.at);
  needs(draft, 'operate', 'ask for this change');
  // Its deadline may be late, or its command may have been lost: who asks again is not held up by it.
  if (one.phase === 'approval' && one.requested && draft.command.now >= one.requested.expiresAt)
    emit(draft, 'approval_lapsed', { ...what.at, why: 'expired', says: LAPSED });
  if (one.phase === 'approval')
    throw new Refused('asked', `${one.requested?.by.name ?? 'Somebody'} has already asked for approval.`);
  if (one.phase !== 'planned') throw new Refused('not-now', 'This step does not wait for an approval now.');
  const plan = planOf(one, what.hash);
  const { now, by } = draft.command;
  const system = draft.incident.declared.system?.id;
  const others = draft.knows.otherApprovers(by.person.id, plan.from, system);
  const aloneAt = others === 0 ? now : now + draft.knows.aloneAfterMs;
  emit(draft, 'approval_requested', {
    ...what.at,
    hash: plan.hash,
    expiresAt: now + plan.expiresMs,
    aloneAt,
  });
  if (others === 0)
    emit(draft, 'alone_allowed', {
      ...what.at,
      hash: plan.hash,
      says: 'Nobody else can approve this. You may go alone with a typed reason.',
    });
}

function requested(draft: Draft, at: At, hash: string): { run: RunState; one: TryState } {
  const found = current(draft, at);
  const { one } = found;
  if (one.phase === 'calling' || one.phase === 'verifying') {
    const who = one.approvedBy?.name ?? 'somebody';
    throw new Refused('running', one.alone ? `${who} has gone on alone.` : `Already approved by ${who}.`);
  }
  if (one.phase !== 'approval' || !one.requested)
    throw new Refused('not-asked', 'Nobody waits for this approval any more.');
  planOf(one, hash);
  if (draft.command.now >= one.requested.expiresAt)
    throw new Refused('expired', `This request has expired. ${one.requested.by.name} can ask again.`);
  return found;
}

export function approve(draft: Draft, what: Ask<'approve'>): void {
  const { run, one } = requested(draft, what.at, what.hash);
  const { by } = draft.command;
  if (one.requested && draft.knows.samePerson(one.requested.by.id, by.person.id))
    throw new Refused('own', 'You asked for this, so somebody else must approve it.');
  const from = one.planned?.from ?? [];
  if (!draft.knows.mayApprove(by, from))
    throw new Refused('rights', `Only ${groupsInWords(from)} can approve this step.`);
  emit(draft, 'approved', { ...what.at, hash: what.hash, alone: false });
  startAct(draft, run, one, what.at);
}

export function goAlone(draft: Draft, what: Ask<'go alone'>): void {
  const { run, one } = requested(draft, what.at, what.hash);
  needs(draft, 'operate', 'start this change');
  const { person } = draft.command.by;
  if (!one.requested || !draft.knows.samePerson(one.requested.by.id, person.id))
    throw new Refused('not-yours', `Only ${one.requested?.by.name ?? 'who asked'} may go alone here.`);
  if (draft.command.now < (one.requested?.aloneAt ?? 0))
    throw new Refused('too-early', 'Others still have time to answer. You may go alone after 5 minutes.');
  const reason = what.reason.trim();
  if (reason.length < 10) throw new Refused('reason', 'Say in at least 10 characters why you go alone.');
  emit(draft, 'approved', { ...what.at, hash: what.hash, alone: true, reason });
  const planned = one.planned;
  emit(draft, 'loose_end_opened', {
    id: aloneEnd(what.at),
    kind: 'approval-alone',
    title: `${person.name} went alone: ${one.title}`,
    object: planned ? objectOf(planned.plan) : '',
    namespace: one.namespace,
    state: 'open',
    ...what.at,
    during: reason,
  });
  startAct(draft, run, one, what.at);
}

/** A deadline: nobody approved in time. */
export function lapse(draft: Draft, what: Ask<'lapse approval'>): void {
  const one = tryAt(draft, what.at)?.one;
  if (one?.phase !== 'approval' || one.requested?.hash !== what.hash) return;
  if (momentOf(draft, what) < one.requested.expiresAt) return;
  emit(draft, 'approval_lapsed', {
    ...what.at,
    why: 'expired',
    says: LAPSED,
  });
}

/** A deadline: the others have had their time. */
export function allowAlone(draft: Draft, what: Ask<'allow alone'>): void {
  const one = tryAt(draft, what.at)?.one;
  if (one?.phase !== 'approval' || one.requested?.hash !== what.hash || one.requested.aloneAllowed) return;
  if (momentOf(draft, what) < one.requested.aloneAt) return;
  emit(draft, 'alone_allowed', {
    ...what.at,
    hash: what.hash,
    says: `Nobody has answered. ${one.requested.by.name} may go alone with a typed reason.`,
  });
}

/**
 * When it is, by the clock of who asked. A deadline falls due by the server's clock; the process that brings it may be
 * behind the one that asked, and would take it for too early.
 */
function momentOf({ command }: Draft, { due = 0 }: { readonly due?: number }): number {
  return command.by.person.id === 'bot' ? Math.max(command.now, due) : command.now;
}
