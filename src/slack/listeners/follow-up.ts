/** Follow-ups: from one line of text, and from their form. */
import { dayFrom, dayWords, leadingDay } from '../../incidents/day-words.ts';
import type { Person } from '../../incidents/events.ts';
import type { View } from '../blocks.ts';
import type { ModalData } from '../ids.ts';
import { readableText } from '../message-text.ts';
import { esc, line } from '../mrkdwn.ts';
import type { Room } from '../room.ts';
import { notDoneWords } from '../told-alone.ts';
import { toldModal } from '../views/modals/declare.ts';
import { FOLLOW_UP, followUpModal, NEW, pickFollowUpModal } from '../views/modals/follow-up.ts';
import { loadingModal } from '../views/modals/write.ts';
import { type CommandContext, send } from './context.ts';
import type { Done, ModalContext } from './modal-context.ts';
import { mayTouch } from './pick.ts';
import { saved } from './saved.ts';
import { zoneSoon } from './zone-of.ts';

interface Frame {
  readonly zone: string;
  readonly now: number;
}

export type TypedFollowUp =
  | {
      readonly ok: true;
      /** In Slack's markup, without the parts below. */
      readonly text: string;
      readonly owner?: string;
      readonly dueOn?: string;
      readonly link?: string;
    }
  | { readonly ok: false; readonly says: string };

/** `Alert on connections <@U1|ben> by friday <https://tickets.example/1>`: what is what, wherever the parts stand. */
export function typedFollowUp(typed: string, frame: Frame): TypedFollowUp {
  const people = [...typed.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g)];
  if (people.length > 1)
    return { ok: false, says: 'One person looks after a follow-up. Name one, and the others in the words.' };
  const link = /<(https?:\/\/[^<>|\s]+)(?:\|[^<>]*)?>/.exec(typed);
  const rest = [people[0]?.[0], link?.[0]]
    .reduce<string>((text, part) => (part === undefined ? text : text.replace(part, ' ')), typed)
    .replace(/\s+/g, ' ')
    .trim();
  const due = dueAtEnd(rest, frame);
  if (due && !due.ok) return due;
  return {
    ok: true,
    text: due ? due.text : rest,
    ...(people[0]?.[1] ? { owner: people[0][1] } : {}),
    ...(due ? { dueOn: due.day } : {}),
    ...(link?.[1] ? { link: link[1].replaceAll('&amp;', '&') } : {}),
  };
}

/** `… by friday`, only where nothing else follows: "stand by friday's backup" names no day. */
function dueAtEnd(
  text: string,
  frame: Frame,
): { ok: true; text: string; day: string } | { ok: false; says: string } | undefined {
  for (const word of [...text.matchAll(/[\s,(]+(?:by|due|until|before)[:\s]\s*/gi)].toReversed()) {
    const found = leadingDay(text.slice(word.index + word[0].length), frame);
    if (found === undefined) continue;
    if (!found.ok) return found;
    if (!/^[).]?$/.test(found.rest)) continue;
    return { ok: true, text: text.slice(0, word.index).trim(), day: found.day };
  }
  return undefined;
}

/** `/incident follow-up …`; without words the form opens. */
export async function followUpCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const { room } = context;
  const zone = await zoneSoon(room, incident);
  if (argument === '') return void (await context.open(followUpModal(incident, zone)));
  const found = typedFollowUp(argument, { zone, now: room.door.now() });
  if (!found.ok) return context.tell(`:no_entry_sign: ${esc(found.says)} Nothing was written down.`);
  const text = await readableText(found.text, room.people);
  if (text.trim() === '')
    return context.tell(
      'Write what is to be done: `/incident follow-up Alert on connections @somebody by friday`.',
    );
  const owner = found.owner === undefined ? undefined : await personNamed(room, found.owner);
  const { dueOn, link } = found;
  const answer = await send(context, incident, {
    do: 'add follow-up',
    text,
    ...(owner ? { owner } : {}),
    ...(dueOn ? { dueOn } : {}),
    ...(link ? { link } : {}),
  });
  if (!answer.ok) return context.tell(notDoneWords(answer));
  const parts = [
    owner ? line(owner.name, 80) : '',
    dueOn ? `by ${dayWords(dueOn)}` : '',
    link ? esc(link) : '',
  ];
  const said = parts.filter(Boolean).join(', ');
  const lacks = [owner ? '' : 'an owner', dueOn ? '' : 'a day'].filter(Boolean).join(' and ');
  return context.tell(
    `:ballot_box_with_check: ${esc(answer.says ?? '')} ${line(text, 300)}${said ? ` (${said})` : ''}${lacks ? ` It needs ${lacks} before the report is final: \`/incident report\`` : ''}`,
  );
}

async function personNamed({ people, door }: Room, user: string): Promise<Person> {
  const id = `slack:${user}`;
  return { id, name: door.nameOf?.(id) ?? (await people.name(user)) };
}

/** One that is there is read behind the form that opens at once; a new one needs nothing. */
export async function openFollowUp(
  context: CommandContext,
  incident: number,
  { id, text }: { readonly id?: string | undefined; readonly text?: string | undefined },
): Promise<void> {
  const { room, actor } = context;
  const zone = await zoneSoon(room, incident);
  if (id === undefined) return void (await context.open(followUpModal(incident, zone, undefined, text)));
  const opened = await context.open(loadingModal(`Follow-up ${id}`));
  if (!opened) return;
  const view = (await mayTouch(room, actor.user, incident)) ? await knownView(room, incident, id) : gone();
  await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
}

export async function openFollowUps(context: CommandContext, incident: number): Promise<void> {
  const { room, actor } = context;
  const opened = await context.open(loadingModal(`Follow-ups of INC-${incident}`));
  if (!opened) return;
  const known = await room.door.look(incident, ({ followUps }) => [...followUps.values()]);
  const view = (await mayTouch(room, actor.user, incident))
    ? pickFollowUpModal(incident, known ?? [])
    : toldModal('Not done', ':no_entry_sign: You cannot see that incident.');
  await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
}

const gone = (): View => toldModal('Not done', ':no_entry_sign: There is no such follow-up any more.');

async function knownView(room: Room, incident: number, id: string): Promise<View> {
  const found = await room.door.look(incident, ({ followUps, declared }) => {
    const known = followUps.get(id);
    return known && followUpModal(incident, declared.zone, known);
  });
  return found ?? gone();
}

export async function followUpPicked({ room, entered }: ModalContext, incident: number): Promise<Done> {
  const id = entered.one(FOLLOW_UP.which);
  const view =
    id === NEW
      ? followUpModal(incident, await zoneSoon(room, incident))
      : await knownView(room, incident, id);
  return { reply: { update: view } };
}

export async function followUpFrom(context: ModalContext, data: ModalData<'follow-up'>): Promise<Done> {
  const { room, entered } = context;
  const { incident, id } = data;
  const frame = { zone: await zoneSoon(room, incident), now: room.door.now() };
  const due = entered.one(FOLLOW_UP.due);
  const known =
    id === undefined ? undefined : await room.door.look(incident, ({ followUps }) => followUps.get(id));
  // A day that was set before and has passed since then is no mistake of who changes something else.
  const day = due === '' || due === known?.dueOn ? undefined : dayFrom(due, frame);
  if (day && !day.ok) return { reply: { errors: { [FOLLOW_UP.due]: day.says } } };
  const user = entered.one(FOLLOW_UP.owner);
  const link = entered.one(FOLLOW_UP.link);
  const doneWhen = entered.one(FOLLOW_UP.done);
  const dropped = entered.one(FOLLOW_UP.dropped);
  const given = {
    text: entered.one(FOLLOW_UP.text),
    ...(user === '' ? {} : { owner: await personNamed(room, user) }),
    ...(day ? { dueOn: day.day } : {}),
    ...(link === '' ? {} : { link }),
    ...(doneWhen === '' ? {} : { doneWhen }),
  };
  const answer = await send(
    context,
    incident,
    id === undefined
      ? { do: 'add follow-up', ...given }
      : { do: 'change follow-up', id, ...(dropped === '' ? given : { dropped }) },
  );
  const words = `:ballot_box_with_check:${day ? ` By ${dayWords(day.day)}.` : ''}`;
  return saved(context, incident, answer, words, {
    empty: FOLLOW_UP.text,
    same: FOLLOW_UP.text,
    long: FOLLOW_UP.text,
    link: FOLLOW_UP.link,
    day: FOLLOW_UP.due,
  });
}
