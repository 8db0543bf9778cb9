/** Where an incident's runs stand, for a terminal that joins them: what is over in a line, what is open in full. */
import type { Event } from '../incidents/events.ts';
import { pinnedAs } from '../incidents/pin.ts';
import { type Incident, lastTry, type TryState } from '../incidents/state.ts';
import { type Print, verdicts } from './printer.ts';
import type { Telling } from './telling.ts';

interface Joined {
  events(): Promise<readonly Event[]>;
  look<T>(view: (incident: Incident) => T): Promise<T | undefined>;
}

/** Gives the version up to which it was told. */
export async function tellStanding(world: Joined, telling: Telling, print: Print): Promise<number> {
  const standing = await world.look(standingOf);
  if (!standing) return 0;
  const { lines, open, version } = standing;
  for (const line of lines) print(line);
  for (const event of await world.events())
    if (event.version <= version && isOf(open, event)) for (const line of telling.linesOf(event)) print(line);
  return version;
}

/** `open`: the steps that are open, as `run step try`. */
function standingOf({ declared, number, version, runs }: Incident) {
  const open = new Set<string>();
  const lines = [`INC-${number} ${declared.title} (namespace ${declared.namespace})`];
  if (runs.size === 0) lines.push('No runbook has been run in it.');
  for (const run of runs.values()) {
    lines.push('', `Run ${run.run}: ${run.runbook.title} — ${pinnedAs(run.runbook.id, run)}`);
    for (const step of run.steps.values()) {
      const one = lastTry(step);
      if (one && one.phase !== 'closed') open.add(`${run.run} ${step.id} ${one.try}`);
      else if (one) lines.push(`  - ${one.title}${/[?!.]$/.test(one.title) ? '' : ':'} ${cameOut(one)}`);
    }
    lines.push(run.ended ? `  Ended: ${run.ended.says}` : '  It goes on at:');
  }
  return { lines, open, version };
}

function isOf(open: ReadonlySet<string>, { body }: Event): boolean {
  return 'step' in body && 'try' in body && open.has(`${body.run} ${body.step} ${body.try}`);
}

function cameOut({ verdict, closedAs, lastSays }: TryState): string {
  const how = verdict === undefined ? (closedAs ?? 'done') : verdicts[verdict];
  return lastSays === undefined || lastSays === '' ? how : `${how}. ${lastSays}`;
}
