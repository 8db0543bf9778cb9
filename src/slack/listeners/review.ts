/** `/incident report` and the buttons of the review: what keeps the report from being final, and how far it is. */

import type { Clicked } from '../ids.ts';
import { esc } from '../mrkdwn.ts';
import { notDoneWords } from '../told-alone.ts';
import { toldModal } from '../views/modals/declare.ts';
import { waiveModal } from '../views/modals/waive.ts';
import { loadingModal } from '../views/modals/write.ts';
import { reviewMessage } from '../views/review.ts';
import type { ButtonContext } from './clicked.ts';
import { type CommandContext, send } from './context.ts';
import { openFollowUp, openFollowUps } from './follow-up.ts';
import { mayTouch } from './pick.ts';
import { openSection, openWhys } from './report.ts';

export type ReviewClick = Extract<
  Clicked,
  {
    verb:
      | 'report-review'
      | 'report-file'
      | 'report-status'
      | 'open-section'
      | 'open-whys'
      | 'open-follow-ups'
      | 'open-follow-up'
      | 'open-waive';
  }
>;

/** Somebody writes while the report is looked at: looked at again so often. */
const TURNS = 4;

/** ms after which a person who sees nothing is told that it comes. */
const SLOW_MS = 1500;

/** `/incident report`, and `/incident report file`. */
export async function reportCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const typed = argument.toLowerCase();
  if (typed === 'file') return postFile(context, incident);
  if (typed !== '')
    return context.tell(
      `Not done: \`/incident report\` opens the review, \`/incident report file\` posts the file. “${esc(argument, 100)}” is neither.`,
    );
  await context.done();
  const slow = setTimeout(() => {
    context
      .tell(':mag: One moment: the record is long.')
      .catch((error: unknown) => context.room.log.debug({ error }, 'a wait was not told'));
  }, SLOW_MS);
  try {
    const { text, blocks } = reviewMessage(await context.room.door.review(incident));
    await context.tell(text, blocks);
  } finally {
    clearTimeout(slow);
  }
}

async function postFile(context: CommandContext, incident: number): Promise<void> {
  const answer = await send(context, incident, { do: 'post report' });
  return context.tell(answer.ok ? 'The report comes into the channel in a moment.' : notDoneWords(answer));
}

export async function reviewClicked(context: ButtonContext, button: ReviewClick): Promise<void> {
  const { room, actor } = context;
  const { incident } = button.value;
  switch (button.verb) {
    case 'open-section':
      return openSection(context, incident, button.value.section);
    case 'open-whys':
      return openWhys(context, incident);
    case 'open-follow-ups':
      return openFollowUps(context, incident);
    case 'open-follow-up':
      return openFollowUp(context, incident, button.value);
    case 'open-waive':
      return openWaive(context, incident);
    case 'report-file':
      return postFile(context, incident);
    case 'report-review':
      await context.done();
      return (await mayTouch(room, actor.user, incident)) ? drawAgain(context, incident) : undefined;
    case 'report-status':
      await context.done();
      if (!(await mayTouch(room, actor.user, incident))) return;
      return button.value.to === 'final'
        ? makeFinal(context, incident)
        : setStatus(context, incident, button.value.to);
  }
}

async function drawAgain(context: ButtonContext, incident: number, first?: string): Promise<void> {
  const { text, blocks } = reviewMessage(await context.room.door.review(incident), first);
  return context.replace(text, blocks);
}

async function setStatus(context: ButtonContext, incident: number, to: 'draft' | 'in review'): Promise<void> {
  const answer = await send(context, incident, { do: 'set report status', to });
  return answer.ok
    ? drawAgain(context, incident, answer.says ? esc(answer.says) : undefined)
    : context.refused(answer);
}

/** Whatever is an error keeps it from being final; what is only worth a look is written down with it. */
async function makeFinal(context: ButtonContext, incident: number): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const reviewed = await context.room.door.review(incident);
    if (reviewed.blocks.length > 0) {
      const { text, blocks } = reviewMessage(reviewed, ':no_entry_sign: *Not final yet.*');
      return context.replace(text, blocks);
    }
    const problems = reviewed.asks.slice(0, 50).map(({ code, says }) => ({ code, says }));
    const answer = await send(
      context,
      incident,
      { do: 'set report status', to: 'final', checked: reviewed.version, problems },
      `final-${reviewed.version}`,
    );
    if (answer.ok) return drawAgain(context, incident, answer.says ? esc(answer.says) : undefined);
    if (answer.code !== 'changed') return context.refused(answer);
  }
  return context.refused({
    ok: false,
    code: 'busy',
    says: 'People write at this moment. Look again when it is quiet.',
  });
}

/** Opens at once; which questions there are is known a moment later. */
async function openWaive(context: ButtonContext, incident: number): Promise<void> {
  const { room, actor } = context;
  const opened = await context.open(loadingModal('Does not apply'));
  if (!opened) return;
  const view = (await mayTouch(room, actor.user, incident))
    ? waiveModal(await room.door.review(incident))
    : toldModal('Not done', ':no_entry_sign: You cannot see that incident.');
  await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
}
