/** The form of one entry: opened from its row, and what it says brought to the door. */
import type { RecordWhat } from '../../incidents/commands/record.ts';
import { onlyTime } from '../../incidents/time-words.ts';
import { type Entry, timeline } from '../../incidents/timeline.ts';
import type { ModalData } from '../ids.ts';
import { esc } from '../mrkdwn.ts';
import type { Room } from '../room.ts';
import { toldModal } from '../views/modals/declare.ts';
import { ENTRY, entryModal, wordsHash } from '../views/modals/entry.ts';
import { loadingModal } from '../views/modals/write.ts';
import type { ButtonContext } from './clicked.ts';
import { send } from './context.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { mayTouch } from './pick.ts';

/** As the timeline shows it now; also one that was taken off. */
export async function entryOf(room: Room, incident: number, id: string): Promise<Entry | undefined> {
  return timeline(await room.door.events(incident)).find((entry) => entry.id === id);
}

/** The modal opens at once; the entry is read behind it. */
export async function openEntry(
  context: ButtonContext,
  { incident, entry: id }: { readonly incident: number; readonly entry: string },
): Promise<void> {
  const { room } = context;
  const opened = await context.open(loadingModal('Edit an entry'));
  if (!opened) return;
  const may = await mayTouch(room, context.actor.user, incident);
  const entry = may ? await entryOf(room, incident, id) : undefined;
  const zone = (await room.door.zoneOf(incident)) ?? room.door.config.zone;
  const view = !entry
    ? toldModal('Not there', ':no_entry_sign: This entry is not on the timeline any more.')
    : entry.erased
      ? toldModal('Erased', `:no_entry_sign: ${esc(entry.text)}`)
      : entryModal(incident, entry, zone, room.door.now());
  await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
}

/** Only what was typed anew is a correction. */
export async function entryFrom(context: ModalContext, data: ModalData<'entry'>): Promise<Done> {
  const { room, entered } = context;
  const { door } = room;
  const { incident, entry, at, until, precision, hidden } = data;
  const zone = (await door.zoneOf(incident)) ?? door.config.zone;
  const typed = entered.one(ENTRY.at);
  const when = typed === '' ? undefined : onlyTime(typed, { zone, now: door.now() });
  if (when && !when.ok) return { reply: { errors: { [ENTRY.at]: when.says } } };
  const time = when?.time;
  const text = entered.one(ENTRY.text);
  const off = entered.one(ENTRY.shown) === 'off';
  const what: RecordWhat = {
    do: 'correct entry',
    entry,
    ...(text === '' || wordsHash(text) === data.words ? {} : { text }),
    ...(time ? { at: time.at } : {}),
    ...(time?.until === undefined ? {} : { until: time.until }),
    ...(time && time.precision !== precision ? { precision: time.precision } : {}),
    ...(off === hidden ? {} : { hidden: off }),
    seen: { at, ...(until === undefined ? {} : { until }) },
    reason: entered.one(ENTRY.reason),
  };
  const answer = await send(context, incident, what);
  if (answer.ok && answer.says)
    return { reply: { update: toldModal('Corrected', `:pencil2: ${esc(answer.says)}`) } };
  const fields = {
    text: ENTRY.text,
    same: ENTRY.text,
    range: ENTRY.at,
    future: ENTRY.at,
    reason: ENTRY.reason,
  };
  return { reply: replyTo(answer, fields) };
}
