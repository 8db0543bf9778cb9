/** Modals in which a person chooses one section of the report and writes it. */
import { type OwnSection, ownSections } from '../../../report/sections.ts';
import { choiceInput, modal, option, section, textInput, type View } from '../../blocks.ts';
import { callbackId, writeData } from '../../ids.ts';
import { esc } from '../../mrkdwn.ts';

export const SECTION = { name: 'name', text: 'text' } as const;

/** Characters that a form takes. */
export const SECTION_MOST = 3000;

export function pickSectionModal(incident: number): View {
  return modal({
    callback: callbackId('pick-section'),
    title: `Report of INC-${incident}`,
    submit: 'Write',
    metadata: writeData('pick-section', { incident }),
    blocks: [
      choiceInput({
        block: SECTION.name,
        label: 'Which section?',
        options: ownSections.map(({ name, title }) => option(title, name)),
        chosen: 'impact',
      }),
    ],
  });
}

/** `there` is what stands there now, `was` the entry of the record that wrote it; 0 when nothing does. */
export function sectionModal(incident: number, own: OwnSection, there: string, was: number): View {
  const hint = [own.hint, 'Lines that begin with a hyphen become a list. Empty takes the section away.']
    .filter(Boolean)
    .join(' ');
  return modal({
    callback: callbackId('section'),
    title: own.title,
    submit: 'Save',
    metadata: writeData('section', { incident, section: own.name, was }),
    blocks: [
      section(`*${esc(own.prompt, 500)}*`),
      textInput({
        block: SECTION.text,
        label: own.title,
        lines: true,
        optional: true,
        most: SECTION_MOST,
        hint,
        ...(there === '' ? {} : { value: there }),
      }),
    ],
  });
}
