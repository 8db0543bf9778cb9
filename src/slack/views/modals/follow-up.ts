/** Modals in which a person chooses a follow-up, writes one, changes it or drops it. */
import type { Bodies } from '../../../incidents/events.ts';
import { choiceInput, modal, option, personInput, textInput, type View } from '../../blocks.ts';
import { callbackId, writeData } from '../../ids.ts';
import { slackId } from '../../mrkdwn.ts';

type Known = Bodies['follow_up_added'];

export const FOLLOW_UP = {
  which: 'which',
  text: 'text',
  owner: 'owner',
  due: 'due',
  link: 'link',
  done: 'done',
  dropped: 'dropped',
} as const;

/** Not one of those that are there. */
export const NEW = 'new';

/** A form offers a hundred; the newest ones are the ones that people look for. */
const MOST = 99;

export function pickFollowUpModal(incident: number, known: readonly Known[]): View {
  return modal({
    callback: callbackId('pick-follow-up'),
    title: `Follow-ups of INC-${incident}`,
    submit: 'Go on',
    metadata: writeData('pick-follow-up', { incident }),
    blocks: [
      choiceInput({
        block: FOLLOW_UP.which,
        label: 'Which one?',
        options: [
          option('A new one', NEW),
          ...known.slice(-MOST).map(({ id, text }) => option(`${id}: ${text}`, id)),
        ],
        chosen: NEW,
      }),
    ],
  });
}

/** `zone` is where the days are counted. Without `known` it is a new one, which `text` begins. */
export function followUpModal(incident: number, zone: string, known?: Known, text?: string): View {
  const begins = known?.text ?? text;
  const owner = slackId(known?.owner);
  return modal({
    callback: callbackId('follow-up'),
    title: known ? `Follow-up ${known.id}` : 'New follow-up',
    submit: 'Save',
    metadata: writeData('follow-up', { incident, ...(known ? { id: known.id } : {}) }),
    blocks: [
      textInput({
        block: FOLLOW_UP.text,
        label: 'What is to be done?',
        lines: true,
        most: 1000,
        hint: 'Begin with a verb: add, write, move, remove, test.',
        ...(begins ? { value: begins } : {}),
      }),
      personInput({
        block: FOLLOW_UP.owner,
        label: 'Who does it?',
        optional: true,
        ...(owner ? { chosen: owner } : {}),
      }),
      textInput({
        block: FOLLOW_UP.due,
        label: 'By when?',
        optional: true,
        most: 60,
        placeholder: 'friday, in two weeks, 2026-12-01',
        hint: `A day, counted in ${zone}.`,
        ...(known?.dueOn ? { value: known.dueOn } : {}),
      }),
      textInput({
        block: FOLLOW_UP.link,
        label: 'Where is it followed?',
        optional: true,
        most: 1000,
        placeholder: 'https://',
        ...(known?.link ? { value: known.link } : {}),
      }),
      textInput({
        block: FOLLOW_UP.done,
        label: 'How can one tell that it is done?',
        optional: true,
        most: 1000,
        ...(known?.doneWhen ? { value: known.doneWhen } : {}),
      }),
      ...(known
        ? [
            textInput({
              block: FOLLOW_UP.dropped,
              label: 'Nobody will do it, because …',
              optional: true,
              most: 1000,
              hint: 'Only when it is dropped. The reason stays in the record.',
            }),
          ]
        : []),
    ],
  });
}
