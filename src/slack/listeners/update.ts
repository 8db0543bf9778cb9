/** `/incident update`, its button and its form: words for everybody who waits. */
import type { What } from '../../incidents/commands.ts';
import { updateDraft } from '../../incidents/so-far.ts';
import { timeWords } from '../../incidents/time-words.ts';
import { readableText } from '../message-text.ts';
import { esc } from '../mrkdwn.ts';
import { notDoneWords, type Refusal } from '../told-alone.ts';
import { minutesOf, UPDATE, updateModal } from '../views/modals/update.ts';
import { type CommandContext, send } from './context.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { overFor } from './over.ts';
import { lookSoon } from './soon.ts';
import { zoneSoon } from './zone-of.ts';

/** The form, with what the state says; `refused` tells why there is none. */
export async function openUpdate(
  context: Pick<CommandContext, 'room' | 'open'>,
  incident: number,
  refused: (answer: Refusal) => Promise<void>,
): Promise<void> {
  const { room } = context;
  const over = await overFor(room, incident, 'run');
  if (over) return refused(over);
  const now = room.door.now();
  const known = await lookSoon(room, incident, (state) => ({
    draft: updateDraft(state, now),
    hidden: state.declared.private,
  }));
  await context.open(
    updateModal({
      incident,
      draft: known?.draft ?? '',
      channel: room.door.config.updatesChannel,
      // Not known in time: as if it were private, so that nothing slips out.
      hidden: known?.hidden ?? true,
    }),
  );
}

const isPrivate = (context: Pick<CommandContext, 'room'>, incident: number): Promise<boolean | undefined> =>
  context.room.door.look(incident, ({ declared }) => declared.private);

export async function updateFrom(context: ModalContext, { incident }: { incident: number }): Promise<Done> {
  const { entered, room } = context;
  const phrase = entered.one(UPDATE.yes);
  const minutes = minutesOf(entered.one(UPDATE.next));
  const hidden = await isPrivate(context, incident);
  const what: What = {
    do: 'post update',
    text: entered.one(UPDATE.text),
    ...(minutes === undefined ? {} : { next: room.door.now() + minutes * 60_000 }),
    outside: hidden === false || phrase !== '',
    ...(phrase === '' ? {} : { phrase }),
  };
  const answer = await send(context, incident, what);
  return { reply: replyTo(answer, { text: UPDATE.text, next: UPDATE.next, private: UPDATE.yes }) };
}

const promised = /\bnext(?:\s+update)?\s+in\s+(\d{1,3})\s*(m|mins?|minutes?|h|hrs?|hours?)\b\.?\s*$/i;

/** `The dump is being restored. Next update in 30 minutes`: the minutes that this promises. */
export function promisedMinutes(text: string): number | undefined {
  const found = promised.exec(text);
  if (!found) return undefined;
  const minutes = Number(found[1]) * (/^h/i.test(found[2] ?? '') ? 60 : 1);
  return minutes > 0 && minutes <= 1440 ? minutes : undefined;
}

/** Typed behind the command. Words of a private incident stay inside: letting them out takes the form. */
export async function updateCommand(context: CommandContext, incident: number, typed: string): Promise<void> {
  if (typed === '') return openUpdate(context, incident, (refused) => context.tell(notDoneWords(refused)));
  const { room } = context;
  const text = await readableText(typed, room.people);
  const minutes = promisedMinutes(text);
  const now = room.door.now();
  const next = minutes === undefined ? undefined : now + minutes * 60_000;
  const hidden = await isPrivate(context, incident);
  const answer = await send(context, incident, {
    do: 'post update',
    text,
    ...(next === undefined ? {} : { next }),
    outside: hidden === false,
  });
  if (!answer.ok) return context.tell(notDoneWords(answer));
  const zone = await zoneSoon(room, incident);
  const again =
    next === undefined
      ? ''
      : ` The next one is promised for ${timeWords({ at: next, precision: 'exact' }, { zone, now })}.`;
  const stays = hidden
    ? ' The incident is private, so it stays in its channel. To tell others as well: `/incident update` alone, and type yes.'
    : '';
  return context.tell(`:mega: The update is on the timeline.${stays}${esc(again)}`);
}
