/** The lease of a worker ran out: a read is repeated a few times, a change is looked for, never made again. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import { askWhatHappened, cannotTell, verifyAct } from './acts.ts';
import { checkDone } from './checked.ts';
import { queueCheck, queuePlan, tryAt } from './flow.ts';
import { probeAll } from './loose-ends.ts';
import { lostAt, MOST_LOST } from './lost.ts';
import { repeatDone } from './repeats.ts';
import { phaseOf, settleProbe, timeoutOf, verified } from './settle.ts';

type GiveUp = Extract<What, { do: 'give up attempt' }>;

const again = {
  check: 'while it looked. Looking again.',
  plan: 'while it planned. Planning again.',
  act: 'during the call. It is not known whether the change was made.',
  happened: 'while it looked. Looking again.',
  verify: 'while it verified. Verifying again.',
  probe: 'while it looked at what is left.',
} as const;

export function giveUp(draft: Draft, what: GiveUp): void {
  const { at, attempt, purpose } = what;
  if (draft.incident.lost.has(attempt)) return;
  // Asked at resolve: people have gone on, so it is not asked over and over.
  const nobody = { ok: false, says: 'The worker stopped while it looked. Look yourself.' } as const;
  if (purpose === 'check' && repeatDone(draft, what, nobody, 0)) return;
  const found = tryAt(draft, at);
  if (purpose === 'probe') {
    const often = lost(draft, what);
    if (often) return settleProbe(draft, what.looseEnd, { ok: false, says: often });
    probeAll(draft, (end) => end.id === what.looseEnd);
    return;
  }
  if (!found?.current || found.one.phase !== phaseOf[purpose]) return;
  const { run, step, one } = found;
  const often = lost(draft, what);
  switch (purpose) {
    case 'check':
      if (often) return checkDone(draft, run, one, at, { ok: false, says: often }, 0);
      // What it had to wait for is over.
      return queueCheck(
        draft,
        at,
        one.uses ?? '',
        one.args,
        step.kind === 'check' ? step.timeoutMs : 30_000,
        0,
      );
    case 'plan':
      if (often) return emit(draft, 'plan_failed', { ...at, says: often });
      return queuePlan(draft, at, one, timeoutOf(run, at));
    case 'act': {
      const says = `The worker stopped ${again.act}`;
      emit(draft, 'act_done', { ...at, outcome: 'unknown', says, seconds: 0 });
      return askWhatHappened(draft, run, one, at);
    }
    case 'happened':
      if (!often) return askWhatHappened(draft, run, one, at);
      return cannotTell(draft, run, one, at, often);
    case 'verify':
      if (often) return verified(draft, run, one, at, { ok: false, says: often }, 0);
      return verifyAct(draft, run, one, at);
  }
}

/** Records that the worker is lost; gives the reason to stop trying when that has happened too often. */
function lost(draft: Draft, { attempt, at, purpose }: GiveUp): string | undefined {
  const count = lostAt(draft.incident, at, purpose) + 1;
  const often =
    purpose === 'act' || count < MOST_LOST
      ? undefined
      : `The worker stopped ${count} times at this. Look yourself.`;
  const words = often ?? `The worker stopped ${again[purpose]}`;
  emit(draft, 'attempt_lost', { attempt, ...at, says: words });
  return often;
}
