/** A check that found something bad, or could not tell. */
import type { EventOf } from '../../incidents/events.ts';
import { lastTry } from '../../incidents/state.ts';
import { type Block, type Button, button, section } from '../blocks.ts';
import { esc, line, ping, verdictWords } from '../mrkdwn.ts';
import { byHandBlocks } from './plan.ts';
import type { Waiting } from './waiting.ts';

export function checkBlocks(
  { incident, run, one, at }: Waiting,
  event: EventOf<'check_done'>,
): { text: string; blocks: Block[]; buttons: Button[] } {
  const { verdict, says, elsewhere } = event.body;
  const words = verdictWords[verdict];
  const last = lastTry(run.steps.get(at.step)) === one;
  const unknown = verdict === 'unknown';
  return {
    text: `${verdict === 'bad' ? 'Bad' : 'Not known'}: ${line(says, 250)}`,
    blocks: [
      section(`${words}: ${esc(says, 1800)}\n${ping(run.startedBy)}`),
      ...(elsewhere ? [section(`:warning: ${line(elsewhere, 300)}`)] : []),
      ...(unknown ? byHandBlocks(one.byHand, 'Look by hand') : []),
    ],
    buttons:
      last && one.phase === 'closed'
        ? [button('check-again', 'Check again', { incident: incident.number, at })]
        : [],
  };
}
