/** Shows what an incident has to show, in order: the first undone effect, then the next; stops at one that must wait. */
import type { Effect } from '../incidents/react.ts';
import type { PeopleStyle } from '../report/people.ts';
import { report } from '../report/report.ts';
import type { Published, Shown } from '../slack/door.ts';
import { underWay } from '../store/attempts.ts';
import { effectDone, effectLater, type OpenEffect, takeFirst } from '../store/effects.ts';
import { tell, type Worker } from './worker.ts';

export type Publish = (effect: Effect, shown: Shown) => Promise<Published>;

export interface Showing {
  readonly publish: Publish;
  /** Who can be called to approve a step that names these groups. */
  readonly approvers?: Shown['approvers'];
  readonly people: PeopleStyle;
  readonly version: string;
}

const LEASE_MS = 30_000;

/** Drains one incident's effects. Whoever holds the first one's lease is the only one that does. */
export async function drain(worker: Worker, showing: Showing, number: number): Promise<void> {
  for (;;) {
    const open = await takeFirst(worker.pool, number, worker.name, LEASE_MS);
    if (!open) return;
    const { seq, effect, tries, superseded } = open;
    if (superseded) {
      await effectDone(worker.pool, number, seq, 'a later one shows the same');
      continue;
    }
    const published = await publish(worker, showing, open).catch((error: unknown): Published => {
      worker.log.error({ err: error, effect, incident: number }, 'an effect failed in a way it should not');
      if (tries >= 5) return { done: true };
      return { later: Math.min(1000 * 2 ** tries, 30_000), says: String(error) };
    });
    if ('done' in published) await effectDone(worker.pool, number, seq);
    else {
      await effectLater(worker.pool, number, seq, published.later, published.says);
      return;
    }
  }
}

async function publish(worker: Worker, showing: Showing, open: OpenEffect): Promise<Published> {
  const { incident: number, seq, effect, tries } = open;
  const effectId = `${number}.${seq}`;
  const version = 'version' in effect ? effect.version : undefined;
  const events = version === undefined ? [] : await worker.store.events(number);
  const event = events.find((one) => one.version === version);
  const calls = await underWay(worker.pool, number);
  // A copy: others go on changing the state while this is drawn.
  const incident = await worker.store.look(number, (state) => structuredClone(state));
  if (!incident) throw new Error(`INC-${number} is not in the store`);
  const made =
    effect.kind === 'report'
      ? report(events, { profile: 'default', people: showing.people, version: showing.version })
      : undefined;
  return showing.publish(effect, {
    incident,
    ...(event ? { event } : {}),
    underWay: calls,
    effectId,
    tries,
    ...(made ? { report: made } : {}),
    ...(showing.approvers ? { approvers: showing.approvers } : {}),
    // Its ids are made by whoever publishes, so that one failure told by several effects is told once.
    record: (what, id) => tell(worker, number, id, what),
    now: worker.now().getTime(),
  });
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
