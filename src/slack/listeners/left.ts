/** What people do about what was left behind: its buttons, and what their forms send. */
import type { What } from '../../incidents/commands.ts';
import { byUrgency } from '../../incidents/left-words.ts';
import { isAmongTheRest } from '../../incidents/loose-end.ts';
import type { Incident, LooseEnd } from '../../incidents/state.ts';
import type { View } from '../blocks.ts';
import type { Clicked, Submitted } from '../ids.ts';
import { esc, slackId } from '../mrkdwn.ts';
import { leftPage } from '../views/left.ts';
import { toldModal } from '../views/modals/declare.ts';
import {
  ADD,
  addLeftModal,
  GONE,
  goneModal,
  KEEP,
  keepModal,
  keepRestModal,
  MOVE,
  moveModal,
} from '../views/modals/left.ts';
import type { ButtonContext } from './clicked.ts';
import { send } from './context.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { openLater } from './open-later.ts';
import { mayTouch } from './pick.ts';
import { zoneSoon } from './zone-of.ts';

type Value<V extends Clicked['verb']> = Extract<Clicked, { verb: V }>['value'];
type Data<M extends Submitted['modal']> = Extract<Submitted, { modal: M }>['data'];

const OVER = 'This is not left behind any more.';

/** Opens the form of one thing that is still there. */
function openFor(
  context: ButtonContext,
  title: string,
  { incident, looseEnd }: { incident: number; looseEnd: string },
  draw: (end: LooseEnd, state: { zone: string; owner?: string }) => View,
): Promise<void> {
  const read = (state: Incident) => {
    const end = state.looseEnds.get(looseEnd);
    return end && end.state !== 'gone' ? { end, given: givenOf(state, end) } : undefined;
  };
  return openLater(context, title, incident, read, ({ end, given }) => draw(end, given), OVER);
}

/** Who is offered: who looks after it already, else the lead. */
function givenOf({ roles, declared }: Incident, end?: LooseEnd): { zone: string; owner?: string } {
  const owner = slackId(end?.owner) ?? slackId(roles.get('lead'));
  return { zone: declared.zone, ...(owner ? { owner } : {}) };
}

export const openKeep = (context: ButtonContext, value: Value<'open-keep'>): Promise<void> =>
  openFor(context, 'Keep it', value, (end, given) => keepModal(end, given, value));

export const openGone = (context: ButtonContext, value: Value<'open-gone'>): Promise<void> =>
  openFor(context, 'It is gone', value, (end) => goneModal(end, value));

export const openMove = (context: ButtonContext, value: Value<'open-move'>): Promise<void> =>
  openFor(context, 'Move to a ticket', value, (end) => moveModal(end, value));

export function openKeepRest(context: ButtonContext, value: Value<'open-keep-rest'>): Promise<void> {
  const read = (state: Incident) => {
    const ends = byUrgency(state.looseEnds.values()).filter(isAmongTheRest);
    return ends.length > 0 ? { ends, given: givenOf(state) } : undefined;
  };
  return openLater(
    context,
    'Keep the rest',
    value.incident,
    read,
    ({ ends, given }) => keepRestModal(ends, given, value),
    'There is nothing left that waits to be kept.',
  );
}

export async function openAddLeft(
  context: Pick<ButtonContext, 'room' | 'open'>,
  { incident }: Value<'open-add-left'>,
): Promise<void> {
  await context.open(addLeftModal(await zoneSoon(context.room, incident), { incident }));
}

/** A page that only this person sees: what others do meanwhile stays theirs. */
export async function showLeftPage(
  context: ButtonContext,
  { incident, page }: Value<'left-page'>,
): Promise<void> {
  const { room, actor } = context;
  if (!(await mayTouch(room, actor.user, incident))) return context.done();
  const found = await room.door.look(incident, (state) => leftPage(state, page));
  return found ? context.replace(found.text, found.blocks) : context.done();
}

/** Sends it; what was understood is said back in place of the form. */
async function decide(
  context: ModalContext,
  incident: number,
  what: What,
  fields: Record<string, string>,
): Promise<Done> {
  const answer = await send(context, incident, what);
  if (!answer.ok || !answer.says) return { reply: replyTo(answer, fields) };
  return { reply: { update: toldModal('Done', `:white_check_mark: ${esc(answer.says)}`) } };
}

const keepFields = { reason: KEEP.reason, until: KEEP.until };

async function personIn({ entered, room }: ModalContext): Promise<{ id: string; name: string } | undefined> {
  const user = entered.one(KEEP.owner);
  return user === '' ? undefined : { id: `slack:${user}`, name: await room.people.name(user) };
}

export async function keepFrom(context: ModalContext, { incident, looseEnd }: Data<'keep'>): Promise<Done> {
  const owner = await personIn(context);
  if (!owner) return { reply: { errors: { [KEEP.owner]: 'Choose somebody.' } } };
  const { entered } = context;
  const what = { looseEnd, reason: entered.one(KEEP.reason), until: entered.one(KEEP.until), owner };
  return decide(context, incident, { do: 'keep', ...what }, keepFields);
}

export async function keepRestFrom(context: ModalContext, { incident }: Data<'keep-rest'>): Promise<Done> {
  const owner = await personIn(context);
  const { entered } = context;
  const what = {
    reason: entered.one(KEEP.reason),
    until: entered.one(KEEP.until),
    ...(owner ? { owner } : {}),
  };
  return decide(context, incident, { do: 'keep rest', ...what }, keepFields);
}

export function goneFrom(context: ModalContext, { incident, looseEnd }: Data<'gone'>): Promise<Done> {
  const says = context.entered.one(GONE.says);
  return decide(context, incident, { do: 'say gone', looseEnd, says }, { reason: GONE.says, own: GONE.says });
}

export function moveFrom(context: ModalContext, { incident, looseEnd }: Data<'move'>): Promise<Done> {
  const { entered } = context;
  const says = entered.one(MOVE.says);
  const what: What = { do: 'move', looseEnd, link: entered.one(MOVE.link), ...(says ? { says } : {}) };
  return decide(context, incident, what, { link: MOVE.link });
}

export async function addLeftFrom(context: ModalContext, { incident }: Data<'add-left'>): Promise<Done> {
  const { entered } = context;
  const owner = await personIn(context);
  const until = entered.one(KEEP.until);
  const sort = entered.one(ADD.sensitivity);
  const what: What = {
    do: 'add left',
    title: entered.one(ADD.title),
    object: entered.one(ADD.object),
    ...(owner ? { owner } : {}),
    ...(until ? { until } : {}),
    ...(sort === 'personal-data' || sort === 'access' ? { sensitivity: sort } : {}),
  };
  return decide(context, incident, what, { title: ADD.title, until: KEEP.until });
}
