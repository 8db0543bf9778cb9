/** What a run is pinned to when it begins, and that its file is another one now: told, never swapped in. */
import type { Runbook } from '../../runbooks/runbook.ts';
import { usedActions } from '../../runbooks/used-actions.ts';
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { Bodies } from '../events.ts';
import type { Pin } from '../pin.ts';

/** The whole runbook, its file's hash and revision, and the version of each action that it names. */
export function pinOf(
  draft: Draft,
  { runbook, hash, revision }: Pin & { readonly runbook: Runbook },
): Pick<Bodies['run_started'], 'runbook' | 'hash' | 'revision' | 'actions'> {
  const actions: Record<string, number> = {};
  for (const name of usedActions(runbook)) {
    const version = draft.knows.language.register(name)?.version;
    if (version !== undefined) actions[name] = version;
  }
  return { runbook, hash, ...(revision === undefined ? {} : { revision }), actions };
}

/** Nothing happens for a run that has ended, or when this is what the run knows already. */
export function runbookChanged(draft: Draft, what: Extract<What, { do: 'runbook changed' }>): void {
  const { incident } = draft;
  const run = incident.runs.get(what.run);
  if (!run || run.ended || incident.closedAt !== undefined) return;
  const before = run.changedTo ?? [];
  if ((before.at(-1) ?? run).hash === what.hash) return;
  const to = pin(what);
  emit(draft, 'runbook_changed', {
    run: run.run,
    runbook: run.runbook.id,
    from: pin(run),
    to,
    again: what.hash === run.hash || before.some(({ hash }) => hash === what.hash),
  });
}

const pin = ({ hash, revision }: Pin) => ({ hash, ...(revision === undefined ? {} : { revision }) });
