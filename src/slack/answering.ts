/** What a person is told when something could not be done, and where: what concerns an act stays in the channel. */
import { timeWords } from '../incidents/time-words.ts';
import { type Block, context, section } from './blocks.ts';
import { fitBlocks } from './fit.ts';
import { esc } from './mrkdwn.ts';
import type { Room } from './room.ts';
import { type Refusal, refusalWords, waysOut } from './told-alone.ts';

export { refusalWords } from './told-alone.ts';

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
 * reason is an answer in its thread. The person is told at the bottom of the channel as well (told-alone.ts); that line
 * would vanish at a reload, so it is not the only one.
 */
export async function showRefusal(
  room: Room,
  message: ClickedMessage,
  user: string,
  answer: Refusal,
): Promise<void> {
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
      return;
    }
    await room.client.chat.postMessage({
      channel: message.channel,
      thread_ts: message.thread ?? message.ts,
      ...refusal(user, answer),
    });
  } catch (error) {
    room.log.info({ error, code: answer.code }, 'a refusal could not be shown to everybody');
  }
}

/** The reason, mentioning the person; what others hold can be taken over there. */
function refusal(user: string, answer: Refusal): { text: string; blocks: Block[] } {
  const words = refusalWords(answer);
  return {
    text: `<@${user}> ${words}`,
    blocks: [section(`:no_entry_sign: <@${user}> ${words}`), ...waysOut(answer)],
  };
}

/** The same as a message of its own, for a refusal that was met in a form. */
export async function postLocked(room: Room, channel: string, user: string, answer: Refusal): Promise<void> {
  if (channel === '') return;
  try {
    await room.client.chat.postMessage({ channel, ...refusal(user, answer) });
  } catch (error) {
    room.log.info({ error }, 'a refusal could not be shown to everybody');
  }
}
