/** Tells on every card that the store does not answer, and takes it off again: drawn from memory, not an effect. */
import type { Logger } from 'pino';
import type { Incident } from '../incidents/state.ts';
import { openIncidents } from '../store/incidents.ts';
import type { Showing } from './effects.ts';
import type { Loop } from './loop.ts';
import { tell, type Worker } from './worker.ts';

/** Hears at every question whether the store answers: undefined, or since when it does not (ms). */
export type Away = (since: number | undefined) => void;

/** At every answer what is kept is brought; when it goes away or comes back every card says so. */
export function awayWatcher(worker: Worker, showing: Showing, loop: Loop, log: Logger): Away {
  let before: number | undefined;
  let drawing = Promise.resolve();
  let warmed = Number.NEGATIVE_INFINITY;
  return (since) => {
    if (since === undefined && performance.now() - warmed > WARM_EVERY_MS) {
      warmed = performance.now();
      void warm(worker);
    }
    const changed = since !== before;
    before = since;
    if (since !== undefined)
      log.error({ since }, 'the database does not answer; what is seen and said is kept on disk');
    else if (changed) log.info('the database answers again');
    // What is kept does not wait for Slack; the cards are drawn from what was brought.
    const brought =
      since === undefined
        ? Promise.resolve(worker.keeping?.bringKept()).catch((error: unknown) =>
            log.warn({ err: error }, 'what is kept on disk is brought at the next answer'),
          )
        : undefined;
    if (!changed) return;
    drawing = drawing
      .then(async () => {
        await brought;
        if (since === undefined) await loop.sweep();
        await drawAway(worker, showing, since);
      })
      .catch((error: unknown) => log.warn({ err: error }, 'the cards are drawn at the next event'));
  };
}

const WARM_EVERY_MS = 10_000;

/** So that an outage finds every open incident in memory, also those that another process opened. */
async function warm(worker: Worker): Promise<void> {
  try {
    for (const { number } of await openIncidents(worker.pool))
      if (!worker.store.lastKnown(number)) await worker.store.look(number, () => undefined);
  } catch (error) {
    worker.log.info({ err: error }, 'open incidents are read when they are needed');
  }
}

/** `awaySince` in ms; undefined: it is back. One card that cannot be drawn does not keep the others from it. */
async function drawAway(worker: Worker, showing: Showing, awaySince: number | undefined): Promise<void> {
  for (const last of worker.store.allLastKnown()) {
    if (!last.channel || last.closedAt !== undefined) continue;
    try {
      const incident =
        awaySince === undefined
          ? await worker.store.look(last.number, (state) => structuredClone(state))
          : structuredClone(last);
      if (incident) await draw(worker, showing, incident, awaySince);
    } catch (error) {
      worker.log.info({ err: error, incident: last.number }, 'a card was not drawn; the next event draws it');
    }
  }
}

async function draw(
  worker: Worker,
  showing: Showing,
  incident: Incident,
  awaySince: number | undefined,
): Promise<void> {
  const { number, version } = incident;
  const now = worker.now().getTime();
  await showing.publish(
    { kind: 'card' },
    {
      incident,
      underWay: [],
      effectId: `${number}.away.${awaySince ?? now}`,
      tries: 1,
      ...(awaySince === undefined ? {} : { awaySince }),
      // A refusal of Slack cannot be recorded now; the next drawing meets it again.
      record: async (what, id) =>
        awaySince === undefined ? tell(worker, number, id, what) : { ok: true, incident: number, version },
      now,
    },
  );
}
