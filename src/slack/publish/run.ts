/** Draws the message of a run, and takes the buttons off waiting messages that were answered. */

import { lastTry, type RunState } from '../../incidents/state.ts';
import { effectRecordId } from '../command-ids.ts';
import { offerTaken } from '../views/proposals.ts';
import { runMessage, runText } from '../views/run.ts';
import { waits } from '../views/steps.ts';
import { answeredMessage, checkedAgain, closedCheck, tryOf } from '../views/wait.ts';
import type { Stage } from './stage.ts';

/** Under which a waiting message is recorded. */
export const waitKey = (at: { run: number; step: string; try: number }): string =>
  `wait:${at.run}.${at.step}.${at.try}`;

/** Under which the offer of a run is recorded. */
export const offerKey = (run: number): string => `offer:${run}`;

export async function publishRun(stage: Stage, channel: string, number: number): Promise<void> {
  const { incident, underWay } = stage.shown;
  const run = incident.runs.get(number);
  if (!run) return;
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  const waiting =
    one && run.current && waits(one)
      ? stage.posted(waitKey({ run: number, step: run.current, try: one.try }))
      : undefined;
  const message = {
    text: runText(run),
    blocks: runMessage(incident, run, underWay, waiting && stage.link(waiting), (inner) => {
      const place = stage.posted(`run:${inner}`);
      return place && stage.link(place);
    }),
  };
  const place = stage.posted(`run:${number}`);
  const there = place ? await stage.update('the runbook', place, message) : false;
  if (!there) await stage.post(`run:${number}`, channel, message);
  await settleWaits(stage, number);
  await settleOffer(stage, run);
}

/** The offer with which a run ended, once somebody took it: who started which run, and no button. */
async function settleOffer(stage: Stage, run: RunState): Promise<void> {
  const { incident } = stage.shown;
  const place = stage.posted(offerKey(run.run));
  const after = incident.runs.get(run.followedBy ?? 0);
  if (!place || !after) return;
  const started = stage.posted(`run:${after.run}`);
  await stage.update('an offer', place, offerTaken(after, started && stage.link(started)));
}

/** A waiting message whose step went on, or whose incident is closed, keeps one line and no button. */
async function settleWaits(stage: Stage, number: number): Promise<void> {
  const { incident } = stage.shown;
  const run = incident.runs.get(number);
  if (!run) return;
  for (const [step, state] of run.steps)
    for (const one of state.tries) {
      const at = { run: number, step, try: one.try };
      const place = stage.posted(waitKey(at));
      const found = tryOf(incident, at);
      const waiting = waits(one) && found?.last === true;
      const closed = incident.closedAt !== undefined;
      if (!place || !found || (waiting && !closed)) continue;
      if (run.runbook.steps.find((candidate) => candidate.id === step)?.kind === 'check') {
        const last = lastTry(state);
        if (last && !found.last && last.phase === 'closed')
          await stage.update('an older check', place, checkedAgain(last));
        else if (closed && found.last) await stage.update('a check', place, closedCheck(one));
        continue;
      }
      const answered = `answered:${number}.${step}.${one.try}`;
      if (stage.posted(answered)?.ts === place.ts) continue;
      const given = { again: !found.last, closed: closed && waiting };
      await stage.update('a waiting message', place, answeredMessage(run, one, given));
      await stage.shown.record(
        { do: 'record post', what: answered, ...place },
        effectRecordId(`${incident.number}.${place.ts}`, answered),
      );
    }
}
