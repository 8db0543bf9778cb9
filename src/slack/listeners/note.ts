/** Writing a note, from the command and from its modal. */
import type { Answer } from '../../incidents/commands.ts';
import type { Bodies } from '../../incidents/events.ts';
import { sha256 } from '../../incidents/hash.ts';
import { leadingTime, timeWords, type UnderstoodTime } from '../../incidents/time-words.ts';
import { readableText } from '../message-text.ts';
import { esc } from '../mrkdwn.ts';
import { notDoneWords } from '../told-alone.ts';
import { firstSignWords } from './before-first-sign.ts';
import { type CommandContext, send } from './context.ts';
import { noteKind } from './note-kinds.ts';

type Kind = Bodies['note_added']['kind'];

/** `10:15 text`, `ruled out: 10:15 text`, `10:15 ruled out: text`. Answers in words what was understood. */
export async function noteFromText(
  context: CommandContext,
  incident: number,
  zone: string,
  typed: string,
): Promise<void> {
  const { room } = context;
  const words = await readableText(typed, room.people);
  const frame = { zone, now: room.door.now() };
  const first = noteKind(words);
  const found = leadingTime(first.text, frame);
  if (!found.ok) return context.tell(`:no_entry_sign: ${esc(found.says)} Nothing was noted.`);
  const second = first.kind === 'note' ? noteKind(found.rest) : { kind: first.kind, text: found.rest };
  const time = found.time ?? { at: frame.now, precision: 'exact' as const };
  if (second.text.trim() === '')
    return context.tell('Write what happened behind the time: `/incident note 10:15 pods are on new nodes`.');
  const answer = await sendNote(context, incident, {
    kind: second.kind,
    text: second.text,
    time,
    now: frame.now,
  });
  if (!answer.ok) return context.tell(notDoneWords(answer));
  const kept = answer.kept && answer.says ? ` ${esc(answer.says)}` : '';
  const early = await firstSignWords(room, incident, time.at);
  return context.tell(`:memo: Noted at ${esc(timeWords(time, frame))}.${kept}${early}`);
}

export async function sendNote(
  context: Pick<CommandContext, 'room' | 'actor' | 'id' | 'channel'>,
  incident: number,
  note: { kind: Kind; text: string; time: UnderstoodTime; now: number; zone?: string },
): Promise<Answer> {
  const { time, kind } = note;
  return send(context, incident, {
    do: 'note',
    body: {
      entry: `note-${sha256(context.id()).slice(0, 16)}`,
      kind,
      text: note.text.trim().slice(0, 8000),
      at: time.at,
      ...(time.until === undefined ? {} : { until: time.until }),
      precision: time.precision,
      source: { kind: 'slack', channel: context.channel },
    },
  });
}
