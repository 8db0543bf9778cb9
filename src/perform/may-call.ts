/** What must still hold just before a call: the confirmation is young, and who asked and who approved may still do so. */
import { ActionFailed } from '../actions/action.ts';
import type { NewAttempt } from '../incidents/draft.ts';
import type { Worker } from './worker.ts';

/** The call came too long after its confirmation. */
export class TooOld extends ActionFailed {
  constructor(withinMs: number) {
    const minutes = Math.max(1, Math.round(withinMs / 60_000));
    super(
      `the call could not be made within ${minutes} min of the confirmation, so it is void. Confirm again.`,
      {
        nothingHappened: true,
      },
    );
  }
}

/**
 * Nothing has been called yet. `waitedMs`: since the confirmation, by PostgreSQL's clock, as those of the workers may
 * be minutes apart.
 * @throws TooOld, or ActionFailed that proves that nothing was changed
 */
export async function mayCall(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  waitedMs: number,
): Promise<void> {
  const { executeWithinMs } = worker.knows;
  if (waitedMs > executeWithinMs) throw new TooOld(executeWithinMs);
  const nothing = { nothingHappened: true };
  const system = await worker.store.look(incident, (state) => state.declared.system?.id);
  if (!(await worker.mayStill(attempt.by, system)))
    throw new ActionFailed('The right to do this was taken away in the meantime.', nothing);
  const { approved } = attempt;
  if (approved && !(await worker.mayStillApprove(approved.by, system, approved.from)))
    throw new ActionFailed(
      'Who approved it may not approve it any more. Ask somebody else for approval.',
      nothing,
    );
}
