/** Writing for the report: sections, the tree of whys, and questions that do not apply. */
import type { Event } from '../../incidents/events.ts';
import { type Why, whysOf } from '../../report/model/whys.ts';
import { ownSectionNamed } from '../../report/sections.ts';
import type { View } from '../blocks.ts';
import type { ModalData, Submitted } from '../ids.ts';
import { line } from '../mrkdwn.ts';
import { toldModal } from '../views/modals/declare.ts';
import { pickSectionModal, SECTION, SECTION_MOST, sectionModal } from '../views/modals/section.ts';
import { chosenIn, WAIVE } from '../views/modals/waive.ts';
import { numbered, TOP, type WhyAct, whyActs, whyBlocks, whysModal } from '../views/modals/whys.ts';
import { loadingModal } from '../views/modals/write.ts';
import { type CommandContext, send } from './context.ts';
import { followUpFrom, followUpPicked } from './follow-up.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { mayTouch } from './pick.ts';
import { saved } from './saved.ts';

export type ReviewForm = Extract<
  Submitted,
  { modal: 'pick-section' | 'section' | 'whys' | 'pick-follow-up' | 'follow-up' | 'waive' }
>;

const unseen = (): View => toldModal('Not done', ':no_entry_sign: You cannot see that incident.');

/** With a section its form, without one the question which. Opens before anything is read. */
export async function openSection(context: CommandContext, incident: number, name?: string): Promise<void> {
  const { room, actor } = context;
  const opened = await context.open(
    name === undefined ? pickSectionModal(incident) : loadingModal('One moment'),
  );
  if (!opened || name === undefined) return;
  const view = (await mayTouch(room, actor.user, incident))
    ? sectionView(incident, name, await room.door.events(incident))
    : unseen();
  await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
}

export async function openWhys(context: CommandContext, incident: number): Promise<void> {
  const { room, actor } = context;
  const opened = await context.open(loadingModal(`Whys of INC-${incident}`));
  if (!opened) return;
  const view = (await mayTouch(room, actor.user, incident)) ? await whysView(room, incident, 0) : unseen();
  await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
}

function sectionView(incident: number, name: string, events: readonly Event[]): View {
  const own = ownSectionNamed(name);
  if (!own) return toldModal('Not done', ':no_entry_sign: There is no such section.');
  const { text, version } = writtenIn(events, name);
  if (text.length > SECTION_MOST)
    return toldModal(
      own.title,
      `This section has ${text.length} characters, and a form holds ${SECTION_MOST}. Shorten it where it was written.`,
    );
  return sectionModal(incident, own, text, version);
}

/** The last text of a section, and the entry that wrote it. */
function writtenIn(
  events: readonly Event[],
  section: string,
): { readonly text: string; readonly version: number; readonly by?: string } {
  const last = events.findLast((event) => event.type === 'section_written' && event.body.section === section);
  return last?.type === 'section_written'
    ? { text: last.body.text, version: last.version, by: last.by.name }
    : { text: '', version: 0 };
}

async function whysView(
  { door }: ModalContext['room'],
  incident: number,
  n: number,
  told?: string,
): Promise<View> {
  const [events, title] = await Promise.all([
    door.events(incident),
    door.look(incident, ({ declared }) => declared.title),
  ]);
  return whysModal(incident, title ?? `INC-${incident}`, whysOf(events), n, told);
}

/** What each form of the review does when it is sent. */
export async function reviewForm(context: ModalContext, { modal, data }: ReviewForm): Promise<Done> {
  const { room, actor, entered } = context;
  if (!(await mayTouch(room, actor.user, data.incident))) return { reply: { update: unseen() } };
  switch (modal) {
    case 'pick-section': {
      const events = await room.door.events(data.incident);
      return { reply: { update: sectionView(data.incident, entered.one(SECTION.name), events) } };
    }
    case 'section':
      return writeSection(context, data);
    case 'whys':
      return writeWhy(context, data);
    case 'pick-follow-up':
      return followUpPicked(context, data.incident);
    case 'follow-up':
      return followUpFrom(context, data);
    case 'waive': {
      const chosen = chosenIn(await room.door.review(data.incident), entered.one(WAIVE.question));
      if (!chosen) return { reply: { errors: { [WAIVE.question]: 'This is not asked any more.' } } };
      const { code, key } = chosen;
      const reason = entered.one(WAIVE.reason);
      const answer = await send(context, data.incident, { do: 'waive', code, key, reason });
      return saved(context, data.incident, answer, 'That does not apply; the reason stays in the report.', {
        empty: WAIVE.reason,
        rule: WAIVE.question,
        long: WAIVE.reason,
      });
    }
  }
}

async function writeSection(context: ModalContext, data: ModalData<'section'>): Promise<Done> {
  const { room, entered } = context;
  const { incident, section, was } = data;
  const text = entered.one(SECTION.text);
  const there = writtenIn(await room.door.events(incident), section);
  if (there.text.trim() === text && there.version === was) return { reply: { close: true } };
  // Two people in the same section: the second one must not write over what they never saw.
  if (there.version !== was) {
    const says = `${there.by ?? 'Somebody'} wrote this section meanwhile. Copy your words, open it again and put them together.`;
    return { reply: { errors: { [SECTION.text]: says } } };
  }
  const answer = await send(context, incident, { do: 'write section', section, text });
  const title = ownSectionNamed(section)?.title ?? section;
  const words = `:pencil2: *${line(title, 80)}* is ${text === '' ? 'empty again' : 'written'}.`;
  return saved(context, incident, answer, words, { empty: SECTION.text, long: SECTION.text });
}

async function writeWhy(context: ModalContext, data: ModalData<'whys'>): Promise<Done> {
  const { room, entered } = context;
  const { incident, n } = data;
  const blocks = whyBlocks(n);
  const chosen = entered.one(blocks.answer);
  const act: WhyAct = whyActs.find(([value]) => value === entered.one(blocks.act))?.[0] ?? 'add';
  const text = entered.one(blocks.text);
  const all = numbered(whysOf(await room.door.events(incident)));
  const one = all.find(({ why }) => why.id === chosen);
  const refuse = (block: string, says: string): Done => ({ reply: { errors: { [block]: says } } });
  if (chosen !== TOP && !one)
    return refuse(blocks.answer, 'This answer is not there any more. Choose another.');
  if (act !== 'add' && !one) return refuse(blocks.answer, 'Choose an answer: this is the incident itself.');
  if ((act === 'add' || act === 'change') && text === '') return refuse(blocks.text, 'Write the answer.');
  const answer = await send(context, incident, whatOf(act, one?.why, text));
  if (!answer.ok) {
    const reply = replyTo(answer, { empty: blocks.text, long: blocks.text, circle: blocks.answer });
    return { reply };
  }
  const said = {
    add: 'Added',
    change: 'Changed',
    open: 'Marked',
    known: 'Mark taken off',
    remove: 'Taken out',
  };
  const told = `${said[act]}. Go on, or press *Done*.`;
  return { reply: { update: await whysView(room, incident, n + 1, told) } };
}

function whatOf(act: WhyAct, one: Why | undefined, text: string) {
  const what = { do: 'write why' } as const;
  const id = one?.id ?? '';
  switch (act) {
    case 'add':
      return { ...what, ...(one ? { parent: id } : {}), text };
    case 'change':
      return { ...what, id, text };
    case 'open':
    case 'known':
      return { ...what, id, text: text === '' ? (one?.text ?? '') : text, open: act === 'open' };
    case 'remove':
      return { ...what, id, text: '', remove: true } as const;
  }
}
