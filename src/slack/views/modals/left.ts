/** Modals about what was left behind: one thing or all of the rest is kept, is gone, is followed elsewhere, is added. */
import { DEFAULT_UNTIL } from '../../../incidents/coming-time.ts';
import { waitsWords } from '../../../incidents/left-words.ts';
import type { LooseEnd } from '../../../incidents/state.ts';
import {
  type Block,
  choiceInput,
  modal,
  option,
  personInput,
  section,
  textInput,
  type View,
} from '../../blocks.ts';
import { callbackId, type ModalData, writeData } from '../../ids.ts';
import { code, line } from '../../mrkdwn.ts';

export const KEEP = { reason: 'reason', until: 'until', owner: 'owner' } as const;

const untilHint = (zone: string): string =>
  `tomorrow 10:00, friday, 2026-12-01, in 2 hours or in 3 days, in ${zone}. Whoever looks after it is asked then.`;

const untilInput = (zone: string): Block =>
  textInput({
    block: KEEP.until,
    label: 'Until when?',
    most: 100,
    value: DEFAULT_UNTIL,
    hint: untilHint(zone),
  });

const ownerInput = (owner: string | undefined): Block =>
  personInput({ block: KEEP.owner, label: 'Who looks after it?', ...(owner ? { chosen: owner } : {}) });

const headOf = ({ opened }: LooseEnd): string =>
  `*${line(opened.title, 300)}*${opened.object === '' ? '' : `\n${code(opened.object, 200)}`}`;

interface Given {
  readonly zone: string;
  /** Slack id of who is offered to look after it. */
  readonly owner?: string;
}

export function keepModal(end: LooseEnd, { zone, owner }: Given, data: ModalData<'keep'>): View {
  const says = end.opened.sensitivity
    ? 'It stays only when a second person, who may approve, agrees.'
    : 'It stays. Somebody looks after it.';
  return modal({
    callback: callbackId('keep'),
    title: 'Keep it',
    submit: 'Keep it',
    metadata: writeData('keep', data),
    blocks: [
      section(`${headOf(end)}\n${says}`),
      textInput({ block: KEEP.reason, label: 'Why does it stay?', lines: true, most: 1000 }),
      untilInput(zone),
      ownerInput(owner),
    ],
  });
}

export function keepRestModal(
  ends: readonly LooseEnd[],
  { zone, owner }: Given,
  data: ModalData<'keep-rest'>,
): View {
  const shown = ends.slice(0, 15).map(({ opened }) => `• ${line(opened.title, 150)}`);
  const more = ends.length > 15 ? [`… and ${ends.length - 15} more`] : [];
  return modal({
    callback: callbackId('keep-rest'),
    title: ends.length === 1 ? 'Keep it' : `Keep ${ends.length}`,
    submit: 'Keep',
    metadata: writeData('keep-rest', data),
    blocks: [
      section(['One reason for all of these:', ...shown, ...more].join('\n')),
      textInput({ block: KEEP.reason, label: 'Why do they stay?', lines: true, most: 1000 }),
      untilInput(zone),
      ownerInput(owner),
    ],
  });
}

export const GONE = { says: 'says' } as const;

export function goneModal(end: LooseEnd, data: ModalData<'gone'>): View {
  const first = end.waits?.for === 'gone' ? `\n${line(waitsWords(end) ?? '', 600)}` : '';
  const second = first === '' ? '\nNothing can look by itself, so a second person has to say so too.' : first;
  return modal({
    callback: callbackId('gone'),
    title: 'It is gone',
    submit: 'It is gone',
    metadata: writeData('gone', data),
    blocks: [
      section(`${headOf(end)}${second}`),
      textInput({
        block: GONE.says,
        label: 'How do you know?',
        most: 500,
        placeholder: 'deleted with kubectl, the list of pods has it no more',
        hint: 'It goes into the report.',
      }),
    ],
  });
}

export const MOVE = { link: 'link', says: 'says' } as const;

export function moveModal(end: LooseEnd, data: ModalData<'move'>): View {
  return modal({
    callback: callbackId('move'),
    title: 'Move to a ticket',
    submit: 'Move it',
    metadata: writeData('move', data),
    blocks: [
      section(
        `${headOf(end)}\nIt is followed there from now on, and nobody is asked about it here any more.`,
      ),
      textInput({
        block: MOVE.link,
        label: 'Where?',
        most: 1000,
        placeholder: 'https://tracker.example.org/123',
      }),
      textInput({ block: MOVE.says, label: 'What is to be said about it?', most: 500, optional: true }),
    ],
  });
}

export const ADD = { title: 'title', object: 'object', sensitivity: 'sensitivity' } as const;

export function addLeftModal(zone: string, data: ModalData<'add-left'>): View {
  const sorts = [
    option('Neither', 'no'),
    option('Personal data', 'personal-data'),
    option('Access', 'access'),
  ];
  return modal({
    callback: callbackId('add-left'),
    title: 'Something was left',
    submit: 'Add',
    metadata: writeData('add-left', data),
    blocks: [
      textInput({
        block: ADD.title,
        label: 'What was left?',
        most: 300,
        placeholder: 'A copy of the table users on my laptop',
      }),
      textInput({
        block: ADD.object,
        label: 'Where?',
        most: 300,
        optional: true,
        placeholder: 'prod/pod/debug-1',
      }),
      choiceInput({
        block: ADD.sensitivity,
        label: 'Is it personal data, or access for somebody?',
        options: sorts,
        chosen: 'no',
        hint: 'Both have to go before the incident is closed, or two people keep them.',
      }),
      personInput({ block: KEEP.owner, label: 'Who looks after it?', optional: true }),
      textInput({
        block: KEEP.until,
        label: 'By when is it to be gone?',
        most: 100,
        optional: true,
        hint: untilHint(zone),
      }),
    ],
  });
}
