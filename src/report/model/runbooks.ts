/** The runbooks that were used, as they were pinned. */
import type { Event, Person } from '../../incidents/events.ts';

export interface RunUsed {
  readonly run: number;
  readonly parent?: number;
  readonly id: string;
  readonly title: string;
  readonly revision?: string;
  readonly hash: string;
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
      const { run, runbook, hash, revision, counts, parent } = event.body;
      const { id, title, owner, reviewed } = runbook;
      const more = { ...(revision ? { revision } : {}), ...(parent ? { parent: parent.run } : {}) };
      runs.set(run, {
        run,
        id,
        title,
        hash,
        owner,
        reviewed,
        at: event.at,
        by: labelOf(event.by),
        counts,
        ...more,
      });
    }
    if (event.type !== 'run_ended') continue;
    const one = runs.get(event.body.run);
    if (one) runs.set(one.run, { ...one, end: { why: event.body.why, says: event.body.says, at: event.at } });
  }
  return [...runs.values()];
}
