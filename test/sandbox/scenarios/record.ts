/** What a record says in a form that two nights of the same world can be compared in. */
import type { Event } from '../../../src/incidents/events.ts';

type Counts = Readonly<Record<string, number>>;

/**
 * How often each type of event happened at each place (`2.trace check_done`, `incident note_added`). Left out is
 * bookkeeping of Slack: how often a message was drawn anew depends on what came in while it was drawn.
 */
export function countsOf(events: readonly Event[]): Counts {
  const counts: Record<string, number> = {};
  for (const event of events) {
    if (event.type === 'message_posted' || event.type === 'slack_failed') continue;
    // Whoever asks twice before the first answer is there gets one.
    if (event.type === 'difference_found') continue;
    const body = event.body as { run?: number; step?: string };
    const place = body.run === undefined ? 'incident' : `${body.run}${body.step ? `.${body.step}` : ''}`;
    const key = `${place} ${event.type}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}

/** The state at the end, in the words of the record: how steps closed and what became of what was left behind. */
export function endOf(events: readonly Event[]): readonly string[] {
  const last = new Map<string, string>();
  // What a comparison found has its version for an id.
  const places = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'loose_end_opened' && event.body.source === 'diff')
      places.set(event.body.id, event.body.object);
    if (event.type === 'step_closed') last.set(`step ${event.body.run}.${event.body.step}`, event.body.state);
    if (event.type === 'loose_end_settled') {
      const { id, state } = event.body;
      last.set(`loose end ${places.get(id) ?? id}`, state);
    }
    if (event.type === 'run_ended') last.set(`run ${event.body.run}`, event.body.why);
    if (event.type === 'target_confirmed') last.set('target', event.body.target.name);
    if (event.type === 'status_changed') last.set('status', event.body.to);
    if (event.type === 'closed') last.set('status', 'closed');
  }
  // What is gone is gone, whether it had been there or only might have.
  for (const [what, state] of last) if (what.startsWith('loose end') && state === 'gone') last.delete(what);
  return [...last].map(([what, state]) => `${what}: ${state}`).sort();
}
