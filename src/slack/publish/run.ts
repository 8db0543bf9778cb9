/** Draws the message of a run, and takes the buttons off waiting messages that were answered. */

import type { At } from '../../incidents/events.ts';
import { lastTry, type RunState } from '../../incidents/state.ts';
import { effectRecordId } from '../command-ids.ts';
import { isTakenBack, isVerified, verifiedMessage } from '../views/outcome.ts';
import { offerOver, offerTaken } from '../views/proposals.ts';
import { runMessage, runText } from '../views/run.ts';
import { waits } from '../views/steps.ts';
import { answeredMessage, checkedAgain, closedCheck, tryOf } from '../views/wait.ts';
import type { Posted, Stage } from './stage.ts';

/** Under which a waiting message is recorded. */
export const waitKey = (at: { run: number; step: string; try: number }): string =>
  `wait:${at.run}.${at.step}.${at.try}`;

const answeredKey = (at: At): string => `answered:${at.run}.${at.step}.${at.try}`;

/** The waiting message says how it was answered, and is not drawn again. */
export async function keepAnswered(stage: Stage, at: At, place: Posted): Promise<void> {
  const what = answeredKey(at);
  await stage.shown.record(
    { do: 'record post', what, ...place },
    effectRecordId(`${stage.shown.incident.number}.${place.ts}`, what),
  );
}

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

/** The offer with which a run ended, once somebody took it or the incident is closed: no button. */
async function settleOffer(stage: Stage, run: RunState): Promise<void> {
  const { incident } = stage.shown;
  const place = stage.posted(offerKey(run.run));
  const after = incident.runs.get(run.followedBy ?? 0);
  if (!place) return;
  const { offer } = run.ended ?? {};
  if (!after) {
    if (offer && incident.closedAt !== undefined)
      await stage.update('an offer', place, offerOver(incident, offer));
    return;
  }
  const started = stage.posted(`run:${after.run}`);
  await stage.update('an offer', place, offerTaken(after, started && stage.link(started)));
}

/**
 * A waiting message whose step went on, or whose incident is closed, keeps one line and no button; that of a change
 * which was made says what was done.
 */
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
      // A change that was made is told once more when it is taken back.
      const back = isVerified(one) && isTakenBack(run, step, one) ? ':back' : '';
      const answered = `${answeredKey(at)}${back}`;
      if (stage.posted(answered)?.ts === place.ts) continue;
      const given = { again: !found.last, closed: closed && waiting };
      const message = isVerified(one)
        ? verifiedMessage(incident, run, step, one)
        : answeredMessage(run, one, given);
      await stage.update('a waiting message', place, message);
      await stage.shown.record(
        { do: 'record post', what: answered, ...place },
        effectRecordId(`${incident.number}.${place.ts}`, answered),
      );
    }
}
