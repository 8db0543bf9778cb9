/** Shows what an incident has to show, in order: the first undone effect, then the next; stops at one that must wait. */
import type { Effect } from '../incidents/react.ts';
import { stampOf } from '../report/finished.ts';
import { statusOf } from '../report/model/written.ts';
import type { PeopleStyle } from '../report/people.ts';
import type { ProfileName } from '../report/profiles.ts';
import type { ReportTemplate } from '../report/template.ts';
import type { Callable, Published, Shown } from '../slack/door.ts';
import { underWay } from '../store/attempts.ts';
import { effectDone, effectLater, keepEffect, type OpenEffect, takeFirst } from '../store/effects.ts';
import { recordOf } from '../store/read.ts';
import { keepReport } from '../store/reports.ts';
import { cleanEvents } from './clean-events.ts';
import { type Rendered, renderReport } from './report-thread.ts';
import { tell, type Worker } from './worker.ts';

export type Publish = (effect: Effect, shown: Shown) => Promise<Published>;

export interface Showing {
  readonly publish: Publish;
  /** Who can be called to approve a step that names these groups, on this system. */
  readonly approvers?: (from: readonly string[], systemId: string | undefined) => Promise<Callable>;
  readonly profile: ProfileName;
  readonly people: PeopleStyle;
  /** A team's own form in place of the profile's. */
  readonly template?: ReportTemplate;
  readonly version: string;
}

/** Drains one incident's effects. Whoever holds the first one's lease is the only one that does. */
export async function drain(worker: Worker, showing: Showing, number: number): Promise<void> {
  const { leaseMs } = worker;
  for (;;) {
    const open = await takeFirst(worker.pool, number, worker.name, leaseMs);
    if (!open) return;
    const { seq, superseded } = open;
    if (superseded && (await isDrawn(worker, open))) {
      await effectDone(worker.pool, number, seq, 'a later one shows the same');
      continue;
    }
    const keep = setInterval(() => {
      keepEffect(worker.pool, number, seq, worker.name, leaseMs).catch(() => undefined);
    }, leaseMs / 3);
    const published = await publish(worker, showing, open)
      .catch((error: unknown) => failed(worker, open, error))
      .finally(() => clearInterval(keep));
    if ('done' in published) await effectDone(worker.pool, number, seq, published.says);
    else {
      await effectLater(worker.pool, number, seq, published.later, published.says);
      return;
    }
  }
}

/** A run whose message is not there yet is drawn although a later one draws it again: what comes between goes into its thread. */
async function isDrawn(worker: Worker, { incident, effect }: OpenEffect): Promise<boolean> {
  if (effect.kind !== 'run') return true;
  return (await worker.store.look(incident, (state) => state.posts.has(`run:${effect.run}`))) ?? true;
}

const FAILED = /^failed (\d+) times?: /;
/** Those behind it wait: what fails this often in a row for a reason of ours is left out, and that is told. */
const MOST_FAILURES = 5;

/** Waiting for Slack is no failure, however long it takes: only what is ours is counted. */
async function failed(worker: Worker, open: OpenEffect, error: unknown): Promise<Published> {
  const { incident, seq, effect, says } = open;
  worker.log.error({ err: error, effect, incident }, 'an effect failed in a way it should not');
  const times = Number(FAILED.exec(says ?? '')?.[1] ?? 0) + 1;
  const words = `failed ${times} ${times === 1 ? 'time' : 'times'}: ${error instanceof Error ? error.message : String(error)}`;
  if (times < MOST_FAILURES) return { later: Math.min(1000 * 2 ** times, 30_000), says: words };
  // Telling that a line could not be told would go on for ever.
  if (effect.kind !== 'tell')
    await tell(worker, incident, `effect:${incident}.${seq}:given-up`, {
      do: 'record slack failure',
      what: effect.kind,
      says: 'Handrail could not show this in Slack; its log says why.',
    });
  return { done: true, says: words };
}

async function publish(worker: Worker, showing: Showing, open: OpenEffect): Promise<Published> {
  const { incident: number, seq, effect, tries } = open;
  const effectId = `${number}.${seq}`;
  // One event, not the whole stream: what a line costs must not grow with the length of the timeline.
  const read = 'version' in effect ? await worker.store.event(number, effect.version) : undefined;
  // An update leaves the incident's channel: what people typed may hold a secret, as in a report.
  const event = read && effect.kind === 'update' ? cleanEvents([read])[0] : read;
  const calls = await underWay(worker.pool, number);
  // A copy: others go on changing the state while this is drawn.
  const incident = await worker.store.look(number, (state) => structuredClone(state));
  if (!incident) throw new Error(`INC-${number} is not in the store`);
  if (effect.kind === 'update') {
    const title = worker.redact(incident.declared.title, { exact: true });
    Object.assign(incident, { declared: { ...incident.declared, title } });
  }
  const made = effect.kind === 'report' ? await reportOf(worker, showing, number) : undefined;
  const { approvers } = showing;
  return showing.publish(effect, {
    incident,
    ...(event ? { event } : {}),
    underWay: calls,
    effectId,
    tries,
    ...(made ? { report: made } : {}),
    ...(approvers ? { approvers: (from) => approvers(from, incident.declared.system?.id) } : {}),
    // Its ids are made by whoever publishes, so that one failure told by several effects is told once.
    record: (what, id) => tell(worker, number, id, what),
    now: worker.now().getTime(),
  });
}

async function reportOf(
  worker: Worker,
  { profile, people, version, template }: Showing,
  number: number,
): Promise<Rendered & { readonly profile: string }> {
  const { events, head } = await recordOf(worker.pool, number);
  const made = await renderReport(events, {
    profile,
    people,
    version,
    ...(template ? { template } : {}),
    ...(head ? { head } : {}),
  });
  const stamp = stampOf(made.markdown);
  // Before it is posted: a copy of what nobody saw does no harm, a posted file that is not kept cannot be compared.
  const copy = stamp && { ...stamp, profile, status: statusOf(events), text: made.markdown };
  // Words were erased while it was made: it must neither be kept nor posted. Tried again as any effect is.
  if (copy && !(await keepReport(worker.pool, copy)))
    throw new Error('an entry was erased while the report was made');
  return { ...made, profile };
}

/** Draws a run again because a long call has said how far it is. Not an effect: losing one loses nothing. */
export async function drawProgress(
  worker: Worker,
  showing: Showing,
  number: number,
  run: number,
): Promise<void> {
  const incident = await worker.store.look(number, (state) => structuredClone(state));
  if (!incident?.posts.has(`run:${run}`)) return;
  await showing.publish(
    { kind: 'run', run },
    {
      incident,
      underWay: await underWay(worker.pool, number),
      effectId: `${number}.progress.${run}`,
      tries: 1,
      record: (what, id) => tell(worker, number, id, what),
      now: worker.now().getTime(),
    },
  );
}
