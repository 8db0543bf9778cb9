/** Modals in which people write down: a note, a role, that the service is back, which incident a message belongs to. */
import {
  choiceInput,
  context,
  modal,
  option,
  personInput,
  section,
  textInput,
  type View,
} from '../../blocks.ts';
import { callbackId, type ModalData, writeData } from '../../ids.ts';
import { line } from '../../mrkdwn.ts';
import type { Seen } from '../help.ts';

export const NOTE = { kind: 'kind', text: 'text', at: 'at' } as const;

export const noteKinds = [
  ['note', 'Note'],
  ['ruled-out', 'Ruled out'],
  ['help-asked', 'Asked for help'],
  ['help-answered', 'Got help'],
  ['decision', 'Decision'],
] as const;

export function noteModal(incident: number, zone: string, text?: string): View {
  return modal({
    callback: callbackId('note'),
    title: `Note on INC-${incident}`,
    submit: 'Save',
    metadata: writeData('note', { incident }),
    blocks: [
      textInput({
        block: NOTE.text,
        label: 'What happened?',
        lines: true,
        most: 3000,
        ...(text ? { value: text } : {}),
      }),
      choiceInput({
        block: NOTE.kind,
        label: 'Kind',
        options: noteKinds.map(([value, words]) => option(words, value)),
        chosen: 'note',
      }),
      textInput({
        block: NOTE.at,
        label: 'When?',
        optional: true,
        most: 60,
        placeholder: 'now',
        hint: `10:15, 10:15ish, 10:30 to 11:54, yesterday 23:50 or 20 minutes ago, in ${zone}. Empty means now.`,
      }),
    ],
  });
}

export const ROLE = { role: 'role', person: 'person' } as const;
export const roles = ['lead', 'deputy', 'scribe', 'communications'] as const;

export function roleModal(incident: number): View {
  return modal({
    callback: callbackId('role'),
    title: `Roles of INC-${incident}`,
    submit: 'Save',
    metadata: writeData('role', { incident }),
    blocks: [
      choiceInput({
        block: ROLE.role,
        label: 'Role',
        options: roles.map((role) => option(role, role)),
        chosen: 'lead',
      }),
      personInput({ block: ROLE.person, label: 'Who?' }),
    ],
  });
}

export const RESOLVE = { summary: 'summary', at: 'at' } as const;

export function resolveModal(incident: number, zone: string, summary?: string): View {
  return modal({
    callback: callbackId('resolve'),
    title: `Resolve INC-${incident}`,
    submit: 'The service is back',
    metadata: writeData('resolve', { incident }),
    blocks: [
      section(
        'Say that the service is back. What was left behind is listed next, and the draft of the report is posted.',
      ),
      textInput({
        block: RESOLVE.summary,
        label: 'What brought it back?',
        lines: true,
        optional: true,
        most: 2000,
        ...(summary ? { value: summary } : {}),
      }),
      textInput({
        block: RESOLVE.at,
        label: 'Since when is it back?',
        optional: true,
        most: 60,
        placeholder: 'now',
        hint: `10:15 or 20 minutes ago, in ${zone}. Empty means now.`,
      }),
    ],
  });
}

export const PICK = { incident: 'incident' } as const;

/** A message outside of an incident's channel: which incident does it belong to? */
export function pickModal(seen: readonly Seen[], data: ModalData<'pick-for-message'>): View {
  const options = seen
    .slice(0, 100)
    .map(({ number, row }) => option(`INC-${number} ${row.title}`, String(number)));
  if (options.length === 0)
    return modal({
      callback: callbackId('told'),
      title: 'No incident is open',
      metadata: writeData('told', {}),
      blocks: [section('No incident is open that you can see. Declare one with `/incident start`.')],
    });
  return modal({
    callback: callbackId('pick-for-message'),
    title: 'Put on the timeline',
    submit: 'Put on the timeline',
    metadata: writeData('pick-for-message', data),
    blocks: [
      choiceInput({
        block: PICK.incident,
        label: 'Of which incident?',
        options,
        chosen: options[0]?.value ?? '',
      }),
    ],
  });
}

/** Shown at once; its content follows when it is known. */
export function loadingModal(title: string): View {
  return modal({
    callback: callbackId('told'),
    title,
    metadata: writeData('told', {}),
    blocks: [context(line('One moment …'))],
  });
}
