/** `handrail runbook plan`: where it stops, and how it ends there. */
import type { What } from '../incidents/commands.ts';
import type { Incident } from '../incidents/state.ts';
import { EXIT } from './exit-codes.ts';
import type { Print } from './printer.ts';
import { foundWell, outermost, type Waiting } from './waiting.ts';

/** A change with its plan or without, or work to be done by hand. */
export function isFirstChange({ one }: Waiting): boolean {
  return one.phase === 'planned' || one.phase === 'decide' || one.phase === 'by hand';
}

/** Ends the run with words; the exit code says whether there is a plan and whether what was looked at is well. */
export async function endWithPlan(
  world: { look<T>(view: (incident: Incident) => T): Promise<T | undefined> },
  { run, one }: Waiting,
  { send, tell }: { send: (what: What) => Promise<boolean>; tell: Print },
): Promise<number> {
  const outer = await world.look((state) => outermost(state, state.runs.get(run.run) ?? run).run);
  tell('');
  tell('Only the plan was asked for: nothing was changed.');
  await send({
    do: 'end run',
    run: outer ?? run.run,
    reason: 'only the plan was asked for; nothing was changed',
  });
  if (one.phase === 'asking' || one.phase === 'params') return EXIT.waits;
  const well = await world.look((state) => [...state.runs.values()].every(foundWell));
  return one.phase === 'decide' || !well ? EXIT.notOk : EXIT.ok;
}
