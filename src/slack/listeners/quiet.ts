/** Answers to the question of a quiet channel: what is worked on, or that it comes again in an hour. */
import { esc } from '../mrkdwn.ts';
import { STILL, stillModal } from '../views/modals/update.ts';
import type { ButtonContext } from './clicked.ts';
import { send } from './context.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { sendNote } from './note.ts';
import { overFor } from './over.ts';

const LATER_MS = 3_600_000;

export async function openStill(context: ButtonContext, incident: number): Promise<void> {
  const over = await overFor(context.room, incident, 'run');
  if (over) return context.refused(over);
  await context.open(stillModal(incident));
}

/** The short word is a note like any other: it ends the quiet. */
export async function stillFrom(context: ModalContext, { incident }: { incident: number }): Promise<Done> {
  const { room, entered } = context;
  const words = entered.one(STILL).trim();
  if (words === '') return { reply: { errors: { [STILL]: 'A few words are enough.' } } };
  const now = room.door.now();
  const channel = (await room.door.look(incident, (state) => state.channel?.id)) ?? '';
  const note = {
    kind: 'note' as const,
    text: `Still working on it: ${words}`,
    time: { at: now, precision: 'exact' as const },
    now,
  };
  return { reply: replyTo(await sendNote({ ...context, channel }, incident, note)) };
}

export async function askLater(context: ButtonContext, incident: number): Promise<void> {
  const until = context.room.door.now() + LATER_MS;
  const answer = await send(context, incident, { do: 'snooze quiet', until });
  if (!answer.ok) return context.refused(answer);
  return answer.says ? context.tell(esc(answer.says, 1000)) : context.done();
}
