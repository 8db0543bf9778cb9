/** The runbooks that were used, as they were pinned. */
import type { Event, Person } from '../../incidents/events.ts';
import { fromTo } from '../../incidents/pin.ts';

export interface RunUsed {
  readonly run: number;
  readonly parent?: number;
  readonly id: string;
  readonly title: string;
  readonly revision?: string;
  readonly hash: string;
  /** Of the file's format. */
  readonly schema: string;
  /** The versions of the actions that it names, as they were; empty in records that hold none. */
  readonly actions: Readonly<Record<string, number>>;
  /** Later versions of the file that came while it ran. */
  readonly newer: readonly { readonly at: number; readonly versions: string }[];
  readonly owner: string;
  readonly reviewed: string;
  readonly at: number;
  readonly by: string;
  /** What it could do, counted before the start. */
  readonly counts: { readonly checks: number; readonly changes: number; readonly byHand: number };
  readonly end?: {
    readonly why: 'finished' | 'ended' | 'stopped';
    readonly says: string;
    readonly at: number;
  };
}

export function runsOf(events: readonly Event[], labelOf: (person: Person) => string): readonly RunUsed[] {
  const runs = new Map<number, RunUsed>();
  for (const event of events) {
    if (event.type === 'run_started') {
      const { run, runbook, hash, revision, counts, parent, actions = {} } = event.body;
      const { id, title, owner, reviewed, apiVersion: schema } = runbook;
      const more = { ...(revision ? { revision } : {}), ...(parent ? { parent: parent.run } : {}) };
      runs.set(run, {
        run,
        id,
        title,
        hash,
        schema,
        actions,
        newer: [],
        owner,
        reviewed,
        at: event.at,
        by: labelOf(event.by),
        counts,
        ...more,
      });
    }
    if (event.type === 'runbook_changed' && !event.body.again) {
      const one = runs.get(event.body.run);
      const versions = fromTo(event.body.from, event.body.to);
      if (one) runs.set(one.run, { ...one, newer: [...one.newer, { at: event.at, versions }] });
    }
    if (event.type !== 'run_ended') continue;
    const one = runs.get(event.body.run);
    if (one) runs.set(one.run, { ...one, end: { why: event.body.why, says: event.body.says, at: event.at } });
  }
  return [...runs.values()];
}
