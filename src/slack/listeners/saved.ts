/** What a person is told when a form of the review was saved. */
import type { Answer } from '../../incidents/commands.ts';
import { esc } from '../mrkdwn.ts';
import { savedMessage } from '../views/review.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';

/** The form closes, and the person is told at the bottom of the incident's channel, with the way back to the review. */
export async function saved(
  context: ModalContext,
  incident: number,
  answer: Answer,
  words: string,
  fields: Readonly<Record<string, string>>,
): Promise<Done> {
  if (!answer.ok) return { reply: replyTo(answer, fields) };
  const { room, actor } = context;
  const after = async (): Promise<void> => {
    const channel = await room.door.look(incident, (state) => state.channel?.id);
    if (channel === undefined) return;
    const message = savedMessage(incident, answer.says ? `${words} ${esc(answer.says)}` : words);
    await room.client.chat
      .postEphemeral({ channel, user: actor.user, ...message })
      // It is saved all the same.
      .catch((error: unknown) => room.log.info({ error }, 'what was saved could not be told'));
  };
  return { reply: { close: true }, after };
}
