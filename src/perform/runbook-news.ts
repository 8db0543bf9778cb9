/** Tells the open runs of a runbook that its file is another one now. They go on with the one they began with. */
import type { RunState } from '../incidents/state.ts';
import type { Loaded } from '../runbooks/library.ts';
import { openIncidents } from '../store/incidents.ts';
import type { Changed } from './current-runbooks.ts';
import { tell, type Worker } from './worker.ts';

interface Due {
  readonly run: number;
  readonly hash: string;
  readonly revision?: string;
  /** How many changes the run was told before: the same for every process that sees this one. */
  readonly nth: number;
}

/**
 * Several processes may see the same change: the command's id is theirs together. Two processes with different files (an
 * update that is rolled out) tell what they found at their start once, and never each other's. Throws while the store
 * is away.
 */
export async function tellChanged(
  worker: Worker,
  runbooks: ReadonlyMap<string, Loaded>,
  changed: Changed,
): Promise<void> {
  for (const { number } of await openIncidents(worker.pool)) {
    const due = await worker.store.look(number, ({ runs }) =>
      [...runs.values()].flatMap((run) => dueOf(run, runbooks, changed)),
    );
    for (const { run, hash, revision, nth } of due ?? [])
      await tell(worker, number, `runbook:${number}.${run}.${nth}.${hash.slice(0, 16)}`, {
        do: 'runbook changed',
        run,
        hash,
        ...(revision === undefined ? {} : { revision }),
      });
  }
}

function dueOf(run: RunState, runbooks: ReadonlyMap<string, Loaded>, changed: Changed): Due[] {
  const how = changed.get(run.runbook.id);
  const loaded = runbooks.get(run.runbook.id);
  if (run.ended || how === undefined || loaded === undefined) return [];
  const { hash, revision } = loaded;
  const told = run.changedTo ?? [];
  const last = told.at(-1)?.hash ?? run.hash;
  const known = how === 'seen' ? last === hash : hash === run.hash || told.some((one) => one.hash === hash);
  if (known) return [];
  return [{ run: run.run, hash, ...(revision === undefined ? {} : { revision }), nth: told.length }];
}
