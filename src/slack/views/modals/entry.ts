/** The form of one entry of the timeline: its words, its time, on or off, with the first words; and the one to erase it. */
import { sha256 } from '../../../incidents/hash.ts';
import { timeWords } from '../../../incidents/time-words.ts';
import type { Entry } from '../../../incidents/timeline.ts';
import {
  actions,
  button,
  choiceInput,
  context,
  modal,
  option,
  section,
  textInput,
  type View,
} from '../../blocks.ts';
import { callbackId, writeData } from '../../ids.ts';
import { code, esc, who } from '../../mrkdwn.ts';

export const ENTRY = { text: 'text', at: 'at', shown: 'shown', reason: 'reason' } as const;

/** Slack takes no more in a field. */
const MOST_TYPED = 3000;

/** So that an entry that nobody touched is told from one that was typed anew. */
export const wordsHash = (text: string): string => sha256(text.trim().replace(/\r\n/g, '\n')).slice(0, 24);

/** `now` in ms. */
export function entryModal(incident: number, entry: Entry, zone: string, now: number): View {
  const { text, at, until, precision, original, corrections, show } = entry;
  const when = (one: Pick<Entry, 'at' | 'until' | 'precision'>): string =>
    timeWords(
      { at: one.at, precision: one.precision, ...(one.until === undefined ? {} : { until: one.until }) },
      { zone, now },
    );
  const first = original
    ? [
        section(
          `*At first:* ${esc(when({ precision, ...original }), 200)}\n${entry.deletedAt === undefined ? esc(original.text, 1200) : ''}`,
        ),
      ]
    : [];
  const history = corrections
    .slice(-5)
    .map(
      ({ at: then, by, why, reason }) =>
        `${why} ${esc(when({ at: then, precision: 'exact' }), 100)} by ${who(by)}${reason ? `: ${esc(reason, 200)}` : ''}`,
    );
  const whole = text.length <= MOST_TYPED;
  const hidden = show === 'hide';
  return modal({
    callback: callbackId('entry'),
    title: 'Edit an entry',
    submit: 'Save',
    metadata: writeData('entry', {
      incident,
      entry: entry.id,
      words: wordsHash(text),
      at,
      ...(until === undefined ? {} : { until }),
      precision,
      hidden,
    }),
    blocks: [
      ...first,
      ...(history.length > 0 ? [context(history.join('\n'))] : []),
      textInput({
        block: ENTRY.text,
        label: 'What happened?',
        lines: true,
        optional: true,
        most: MOST_TYPED,
        ...(whole ? { value: text } : {}),
        hint: whole
          ? 'What it said before stays in the record.'
          : 'These words are too long for a form. Empty keeps them as they are.',
      }),
      textInput({
        block: ENTRY.at,
        label: 'When?',
        optional: true,
        most: 80,
        placeholder: 'as it is',
        hint: `It stands at ${when({ at, precision, ...(until === undefined ? {} : { until }) })}. To change it: 10:15, 10:15ish, 10:30 to 11:54 or yesterday 23:50, in ${zone}. Empty keeps it.`,
      }),
      choiceInput({
        block: ENTRY.shown,
        label: 'On the timeline?',
        options: [option('On the timeline', 'on'), option('Off the timeline', 'off')],
        chosen: hidden ? 'off' : 'on',
      }),
      textInput({
        block: ENTRY.reason,
        label: 'Why?',
        most: 500,
        hint: 'It stands in the record beside the correction.',
      }),
      context(
        `To take the words out of the record for good, two people are needed. This is entry ${code(entry.id)}.`,
      ),
      ...actions([button('open-erase', 'Erase the words …', { incident, entry: entry.id })], 'erase'),
    ],
  });
}

export const ERASE = { reason: 'reason' } as const;

export function eraseModal(incident: number, entry: string): View {
  return modal({
    callback: callbackId('erase'),
    title: 'Erase an entry',
    submit: 'Ask to erase it',
    metadata: writeData('erase', { incident, entry }),
    blocks: [
      section(
        'The words and the evidence of this entry are taken out of the record for good. *Somebody else who may approve has to agree*, with a button in the channel.',
      ),
      textInput({
        block: ERASE.reason,
        label: 'Why?',
        most: 500,
        hint: 'Do not repeat the words here: this reason stays in the record and in the report.',
      }),
      context(
        'What cannot be erased from here: the message that somebody wrote in Slack (delete it there), reports that were posted, backups of the database.',
      ),
    ],
  });
}
