/** Erasing an entry for good: asked for in a form or by its id, agreed to by a second person with a button. */
import type { Answer } from '../../incidents/commands.ts';
import { erasable } from '../../incidents/erased.ts';
import { timeline } from '../../incidents/timeline.ts';
import type { ModalData } from '../ids.ts';
import { esc, line } from '../mrkdwn.ts';
import type { Room } from '../room.ts';
import { notDoneWords } from '../told-alone.ts';
import { toldModal } from '../views/modals/declare.ts';
import { ERASE, eraseModal } from '../views/modals/entry.ts';
import type { ButtonContext } from './clicked.ts';
import { type CommandContext, send } from './context.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { mayTouch } from './pick.ts';

type Refusal = Extract<Answer, { ok: false }>;

/** What is to be erased, as it is now. */
async function wordsOf(room: Room, incident: number, id: string) {
  const events = await room.door.events(incident);
  const entry = timeline(events).find((one) => one.id === id);
  return { entry, found: erasable(events, id, entry?.folds) };
}

/** Told before anybody is asked to agree: what could only be refused then. */
async function notErasable(room: Room, incident: number, id: string): Promise<Refusal | undefined> {
  const { entry, found } = await wordsOf(room, incident, id);
  if (entry?.erased)
    return { ok: false, code: 'erased', says: 'The words of this entry were erased already.' };
  return found.ok ? undefined : { ok: false, code: 'not-erasable', says: found.says };
}

/** `/incident erase <entry>`: a form asks why, with `because` and a reason behind it none is needed. */
export async function eraseCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const [id = '', ...more] = argument.split(/\s+/);
  if (id === '')
    return context.tell(
      'Which entry? `/incident timeline` has a button *Edit* at each entry, and the form behind it *Erase the words …*. Or write its id and why: `/incident erase v12 a patient is named`.',
    );
  const reason = more.join(' ').replace(/^because\s+/i, '');
  if (reason === '') return void (await context.open(eraseModal(incident, id.slice(0, 200))));
  const refused = await notErasable(context.room, incident, id);
  if (refused) return context.tell(notDoneWords(refused));
  const answer = await send(context, incident, { do: 'ask erase', entry: id, reason });
  return context.tell(answer.ok ? `:eject: ${esc(answer.says ?? '')}` : notDoneWords(answer));
}

/** From the form of the entry: that form becomes the one that asks why. */
export async function openErase(
  context: ButtonContext,
  { incident, entry }: { readonly incident: number; readonly entry: string },
): Promise<void> {
  const view = eraseModal(incident, entry);
  if (context.view === undefined) return void (await context.open(view));
  await context.done();
  await context.room.client.views.update({ view_id: context.view, view });
}

export async function eraseFrom(context: ModalContext, data: ModalData<'erase'>): Promise<Done> {
  const { room, entered } = context;
  const { incident, entry } = data;
  if (!(await mayTouch(room, context.actor.user, incident)))
    return { reply: { errors: { [ERASE.reason]: 'You cannot see that incident.' } } };
  const refused = await notErasable(room, incident, entry);
  if (refused) return { reply: replyTo(refused) };
  const answer = await send(context, incident, { do: 'ask erase', entry, reason: entered.one(ERASE.reason) });
  if (!answer.ok) return { reply: replyTo(answer, { reason: ERASE.reason }) };
  return { reply: { update: toldModal('Asked', esc(answer.says ?? '')) } };
}

/** The second person agrees: what is erased is read at this moment, and refused if it changes meanwhile. */
export async function eraseClicked(
  context: ButtonContext,
  { incident, erase }: { readonly incident: number; readonly erase: string },
): Promise<void> {
  const { room } = context;
  const asked = await room.door.look(incident, ({ erases }) => erases.get(erase));
  const words = asked && (await wordsOf(room, incident, asked.entry));
  // Somebody else was first: the door says so.
  if (words && !words.found.ok && !words.entry?.erased)
    return context.refused({ ok: false, code: 'not-erasable', says: words.found.says });
  const { read, left } = words?.found.ok ? words.found : { read: 0, left: [] };
  const answer = await send(context, incident, { do: 'erase', erase, read, left });
  if (!answer.ok) return context.refused(answer);
  const by = line(context.actor.name, 80);
  await context.answered(`Erased for good, ${by} agreed.`);
  return context.tell(esc(answer.says ?? ''));
}
