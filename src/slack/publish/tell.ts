/** Posts one line about one event. */

import type { Event } from '../../incidents/events.ts';
import { context, section } from '../blocks.ts';
import { aloneMessage } from '../views/alone.ts';
import { drillMark } from '../views/card.ts';
import { tellLine } from '../views/tell.ts';
import { publishErase } from './erase.ts';
import { publishHandover } from './handover.ts';
import { keepAnswered, waitKey } from './run.ts';
import { publishKeepAsked, settleKeepAsked } from './second.ts';
import { isFresh, type Stage } from './stage.ts';
import { whoApproves } from './wait.ts';

export async function publishTell(stage: Stage, channel: string): Promise<void> {
  const { incident, event } = stage.shown;
  if (event?.type === 'approved') return tellAlone(stage, channel, event.body);
  if (event?.type === 'loose_end_keep_asked') return publishKeepAsked(stage, channel, event.body.id);
  if (event?.type === 'handed_over') return publishHandover(stage, channel, event);
  if (event?.type === 'erase_asked' || event?.type === 'entry_erased')
    return publishErase(stage, channel, event);
  // Erased before it could be told.
  if (
    (event?.type === 'note_added' || event?.type === 'file_not_kept') &&
    incident.record.erased.has(event.body.entry)
  )
    return;
  const words = event && tellLine(incident, event);
  if (!event || words === undefined) return;
  if (event.type === 'loose_end_settled') {
    await settleAlone(stage, event);
    await settleKeepAsked(stage, event.body.id);
  }
  const text = `${drillMark(incident)}${words}`;
  // Notes are read; the rest is a quiet line.
  // The question, redrawn with the card, says by whom it was answered.
  const question = event.type === 'target_confirmed' && !event.body.also ? stage.posted('target') : undefined;
  if (question && !incident.proposed && isFresh(question, stage.shown.now)) return;
  const block = event.type === 'note_added' || text.length > 1800 ? section(text) : context(text);
  // In the question itself while people look there: one line instead of two.
  if (event.type === 'choice_made') {
    const asked = stage.posted(waitKey(event.body));
    if (asked && isFresh(asked, stage.shown.now)) {
      const there = await stage.update('an answered question', asked, { text, blocks: [block] });
      // A drawing of the run that comes after this leaves it as it is: the reason stands nowhere else.
      if (there) return keepAnswered(stage, event.body, asked);
    }
  }
  await stage.post(`tell:${event.version}`, channel, { text, blocks: [block] });
}

/** Who could have approved is called. */
async function tellAlone(
  stage: Stage,
  channel: string,
  at: { run: number; step: string; try: number },
): Promise<void> {
  const { incident } = stage.shown;
  const end = [...incident.looseEnds.values()].find(
    ({ opened }) =>
      opened.kind === 'approval-alone' &&
      opened.run === at.run &&
      opened.step === at.step &&
      opened.try === at.try,
  );
  if (!end) return;
  const tries = incident.runs.get(at.run)?.steps.get(at.step)?.tries;
  const from = tries?.find((one) => one.try === at.try)?.planned?.from ?? [];
  const approvers = await whoApproves(stage, from, at);
  await stage.post(`alone:${end.id}`, channel, aloneMessage(incident, end, approvers));
}

/** Somebody has looked at it: the question loses its buttons. */
async function settleAlone(
  stage: Stage,
  { body }: Extract<Event, { type: 'loose_end_settled' }>,
): Promise<void> {
  const end = stage.shown.incident.looseEnds.get(body.id);
  const place = stage.posted(`alone:${body.id}`);
  if (!end || !place) return;
  const message = aloneMessage(stage.shown.incident, end, { users: [], usergroups: [] });
  await stage.update('what somebody decided alone', place, message);
}
