/** What a person is told when something could not be done, and where: what concerns an act stays in the channel. */
import type { Answer } from '../incidents/commands.ts';
import { timeWords } from '../incidents/time-words.ts';
import { actions, type Block, button, context, section } from './blocks.ts';
import { fitBlocks } from './fit.ts';
import { codeBlock, esc } from './mrkdwn.ts';
import type { Room } from './room.ts';
import { takeOverButton } from './views/locks.ts';

export const ours =
  'Something went wrong on our side, and nothing was recorded. Try again. If it stays so, work from a terminal: `handrail incident`.';

/** What a person is told when a listener failed: while the database is away, that it is. */
export function failureWords(room: Room): string {
  const since = room.door.awaySince();
  return since === undefined ? ours : `:floppy_disk: ${esc(awayShort(since, room.door.config.zone))}`;
}

function awayShort(since: number, zone: string): string {
  const at = timeWords({ at: since, precision: 'exact' }, { zone, now: since });
  return `Handrail's own database does not answer since ${at}. Notes still work and are kept on disk; the rest has to wait, or is done by hand.`;
}

/** The door's words. */
export function refusalWords(answer: Extract<Answer, { ok: false }>): string {
  const words = esc(answer.says, 1500);
  const { byHand = [] } = answer;
  return byHand.length === 0 ? words : `${words} By hand:\n${codeBlock(byHand.join('\n'), 1200)}`;
}

/** Refusals after which the buttons of that message can do nothing any more. */
const dead: ReadonlySet<string> = new Set([
  'gone',
  'stale',
  'plan-changed',
  'running',
  'asked',
  'not-asked',
  'not-now',
  'expired',
  'ended',
  'followed',
  'undone',
  'closed',
  'no-incident',
]);

interface ClickedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread?: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/**
 * A refused click. The message itself says so to everybody: dead buttons are replaced by the reason; otherwise the
 * reason is an answer in its thread that mentions the person. An ephemeral line would vanish at reload.
 * False when Slack would not show it (a busy channel takes one message a second): then the person is to be told alone.
 */
export async function showRefusal(
  room: Room,
  message: ClickedMessage,
  user: string,
  answer: Extract<Answer, { ok: false }>,
): Promise<boolean> {
  const words = refusalWords(answer);
  try {
    // Only what waited for an answer is replaced; a card or a runbook is redrawn by itself.
    const waited = message.blocks.some((block) => block.block_id?.startsWith('wait:'));
    if (dead.has(answer.code) && waited) {
      const kept = message.blocks.slice(0, 1);
      await room.client.chat.update({
        channel: message.channel,
        ts: message.ts,
        text: message.text,
        blocks: fitBlocks([...kept, context(`:no_entry_sign: ${words}`)]),
      });
      return true;
    }
    await room.client.chat.postMessage({
      channel: message.channel,
      thread_ts: message.thread ?? message.ts,
      ...refusal(user, answer),
    });
    return true;
  } catch (error) {
    room.log.info({ error, code: answer.code }, 'a refusal could not be shown to everybody');
    return false;
  }
}

/** The reason, mentioning the person; what others hold can be taken over there. */
function refusal(user: string, answer: Extract<Answer, { ok: false }>): { text: string; blocks: Block[] } {
  const words = refusalWords(answer);
  return {
    text: `<@${user}> ${words}`,
    blocks: [
      section(`:no_entry_sign: <@${user}> ${words}`),
      ...(answer.arrives
        ? actions(
            [button('open-again', 'Try again all the same', answer.arrives, { style: 'danger' })],
            'wait:again',
          )
        : []),
      ...(answer.held ? actions([takeOverButton(answer.held)], 'wait:lock') : []),
    ],
  };
}

/** The same as a message of its own, for a refusal that was met in a form. */
export async function postLocked(
  room: Room,
  channel: string,
  user: string,
  answer: Extract<Answer, { ok: false }>,
): Promise<void> {
  if (channel === '') return;
  try {
    await room.client.chat.postMessage({ channel, ...refusal(user, answer) });
  } catch (error) {
    room.log.info({ error }, 'a refusal could not be shown to everybody');
  }
}
