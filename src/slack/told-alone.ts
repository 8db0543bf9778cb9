/** What one person is told at the bottom of the channel when their click was refused: the reason, and what to do now. */
import type { Answer } from '../incidents/commands.ts';
import { actions, type Block, button, section } from './blocks.ts';
import { codeBlock, esc } from './mrkdwn.ts';
import type { Room } from './room.ts';
import { takeOverButton } from './views/locks.ts';

export type Refusal = Extract<Answer, { ok: false }>;

/** The door's words. */
export function refusalWords(answer: Refusal): string {
  const words = esc(answer.says, 1500);
  const { byHand = [] } = answer;
  return byHand.length === 0 ? words : `${words} By hand:\n${codeBlock(byHand.join('\n'), 1200)}`;
}

/** What the person does next, by the code of the refusal. Left out where the door's words say it. */
const next: Readonly<Record<string, string | undefined>> = {
  stale: 'Use the newest message of this step, further down.',
  gone: 'Look at the newest messages of the channel.',
  'plan-changed': 'Its newest message is further down.',
  'not-now': 'Look at the newest message of this step, further down.',
  'not-asked': 'Look at the newest message of this step, further down.',
  asked: 'Wait for the answer.',
  running: 'Nothing more is needed here.',
  closed: 'To go on: `/incident reopen` and why.',
  resolved: 'If it is not over: `/incident reopen` and why.',
  ended: 'If it is needed again: `/incident run`.',
  undone: 'Nothing more is needed here.',
  'no-undo': 'Take it back by hand, then `/incident left` and *Check again*.',
};

/** The door's words name a way out already. */
const hasRemedy = /\b(?:wait|ask|stop|finish|skip|read|look|take|can ask again)\b[^.]*\.?$/i;

/** `Not done: ` with the reason and what to do. */
export function notDoneWords(answer: Refusal): string {
  const words = refusalWords(answer);
  const remedy = next[answer.code];
  return `Not done: ${words}${remedy === undefined || hasRemedy.test(answer.says) ? '' : ` ${remedy}`}`;
}

/** The ways out that a refusal offers: what others hold can be taken over, what may arrive twice be tried all the same. */
export function waysOut(answer: Refusal): Block[] {
  return [
    ...(answer.arrives
      ? actions(
          [button('open-again', 'Try again all the same', answer.arrives, { style: 'danger' })],
          'wait:again',
        )
      : []),
    ...(answer.held ? actions([takeOverButton(answer.held)], 'wait:lock') : []),
  ];
}

/**
 * Tells it where the person looks: at the bottom of the channel, for them alone. When Slack takes no such message, as
 * the answer of the click (`respond`), and when that fails as well, as a direct message.
 */
export async function tellAlone(
  room: Room,
  where: { readonly channel: string; readonly user: string },
  answer: Refusal,
  respond: (text: string, blocks: readonly Block[]) => Promise<boolean>,
): Promise<void> {
  const text = notDoneWords(answer);
  const blocks = [section(text), ...waysOut(answer)];
  const { channel, user } = where;
  const ways = [
    async () => {
      await room.client.chat.postEphemeral({ channel, user, text, blocks });
      return true;
    },
    () => respond(text, blocks),
    async () => {
      await room.client.chat.postMessage({ channel: user, text, blocks });
      return true;
    },
  ];
  for (const way of ways) {
    try {
      if (await way()) return;
    } catch (error) {
      room.log.info({ error, code: answer.code }, 'a refusal could not be told in one of the ways');
    }
  }
  room.log.warn({ code: answer.code }, 'a refusal could not be told to the person');
}
