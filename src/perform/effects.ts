/** Shows what an incident has to show, in order: the first undone effect, then the next; stops at one that must wait. */
import type { Event } from '../incidents/events.ts';
import type { Effect } from '../incidents/react.ts';
import type { Incident } from '../incidents/state.ts';
import { report } from '../report/report.ts';
import type { PeopleStyle } from '../report/people.ts';
import { type UnderWay, underWay } from '../store/attempts.ts';
import { effectDone, effectLater, takeFirst } from '../store/effects.ts';
import type { What, Answer } from '../incidents/commands.ts';
import { tell, type Worker } from './worker.ts';

/** What is shown: the newest state, the event that the effect speaks of, and how to bring back what Slack answered. */
export interface Shown {
  readonly incident: Incident;
  readonly event?: Event;
  readonly events: () => Promise<Event[]>;
  readonly underWay: readonly UnderWay[];
  readonly effectId: string;
  readonly report?: { readonly fileName: string; readonly markdown: string };
  readonly record: (what: What, id: string) => Promise<Answer>;
  readonly now: number;
}

export type Published = { readonly done: true } | { readonly later: number; readonly says: string };
export type Publish = (effect: Effect, shown: Shown) => Promise<Published>;

export interface Showing {
  readonly publish: Publish;
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
    const published = await publish(worker, showing, number, seq, effect).catch((error: unknown): Published => {
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

async function publish(
  worker: Worker,
  showing: Showing,
  number: number,
  seq: number,
  effect: Effect,
): Promise<Published> {
  const effectId = `${number}.${seq}`;
  const version = 'version' in effect ? effect.version : undefined;
  const needsEvents = version !== undefined;
  const events = needsEvents ? await worker.store.events(number) : [];
  const event = events.find((one) => one.version === version);
  const calls = await underWay(worker.pool, number);
  const incident = await worker.store.look(number, (state) => state);
  if (!incident) throw new Error(`INC-${number} is not in the store`);
  const made =
    effect.kind === 'report'
      ? report(events, { profile: 'default', people: showing.people, version: showing.version })
      : undefined;
  return showing.publish(effect, {
    incident,
    ...(event ? { event } : {}),
    events: () => worker.store.events(number),
    underWay: calls,
    effectId,
    ...(made ? { report: made } : {}),
    record: (what, id) => tell(worker, number, `effect:${effectId}:${id}`, what),
    now: worker.now().getTime(),
  });
}
