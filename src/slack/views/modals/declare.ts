/** The modal that declares an incident, and what it turns into. */
import type { Catalog } from '../../../catalog/catalog.ts';
import {
  boxesInput,
  choiceInput,
  context,
  modal,
  option,
  section,
  textInput,
  type View,
} from '../../blocks.ts';
import { callbackId, type ModalData, writeData } from '../../ids.ts';
import { line } from '../../mrkdwn.ts';

/** Blocks of the modal, by which its listener reads and its errors are shown. */
export const DECLARE = {
  title: 'title',
  severity: 'severity',
  system: 'system',
  noticed: 'noticed',
  since: 'since',
  options: 'options',
} as const;

export const severities = [
  ['SEV1', 'SEV1: everybody is affected'],
  ['SEV2', 'SEV2: many are affected, or a main function'],
  ['SEV3', 'SEV3: few are affected, or there is a way around'],
  ['SEV4', 'SEV4: nobody is affected yet'],
] as const;

export function declareModal(given: {
  catalog: Catalog;
  zone: string;
  title?: string;
  noticed?: string;
  data: ModalData<'declare'>;
}): View {
  const { catalog, zone, title, noticed, data } = given;
  const systems = catalog.systems.slice(0, 100).map((system) => option(system.title, system.id));
  return modal({
    callback: callbackId('declare'),
    title: 'Declare an incident',
    submit: 'Declare',
    metadata: writeData('declare', data),
    blocks: [
      textInput({
        block: DECLARE.title,
        label: 'What is wrong?',
        placeholder: 'web-api times out',
        most: 200,
        ...(title ? { value: title } : {}),
      }),
      choiceInput({
        block: DECLARE.severity,
        label: 'How bad?',
        options: severities.map(([value, words]) => option(words, value)),
        chosen: 'SEV3',
      }),
      ...(systems.length > 0
        ? [
            choiceInput({
              block: DECLARE.system,
              label: 'Which system?',
              options: systems,
              optional: true,
              ...(systems.length === 1 ? { chosen: systems[0]?.value ?? '' } : {}),
            }),
          ]
        : []),
      textInput({
        block: DECLARE.noticed,
        label: 'What was noticed, and how?',
        lines: true,
        optional: true,
        most: 2000,
        ...(noticed ? { value: noticed } : {}),
      }),
      textInput({
        block: DECLARE.since,
        label: 'Since when?',
        optional: true,
        most: 60,
        placeholder: 'now',
        hint: `10:15, yesterday 23:50 or 20 minutes ago, in ${zone}. Empty means now.`,
      }),
      boxesInput({
        block: DECLARE.options,
        label: 'Options',
        optional: true,
        options: [
          option('Private: only invited people see it', 'private'),
          option('Drill: changes are only rehearsed', 'drill'),
        ],
      }),
    ],
  });
}

/** The declaration is on record; its channel is being opened. */
export function declaredModal(number: number, title: string): View {
  return toldModal(
    'Declared',
    `:white_check_mark: *INC-${number}* ${line(title, 200)}\nIts channel is being opened …`,
  );
}

export function openedModal(number: number, title: string, channel: { id: string; name: string }): View {
  return toldModal(
    `INC-${number}`,
    `:white_check_mark: *INC-${number}* ${line(title, 200)}\n*Open <#${channel.id}|${line(channel.name, 80)}>*`,
  );
}

/** A modal that only says something. */
export function toldModal(title: string, words: string, more?: string): View {
  return modal({
    callback: callbackId('told'),
    title,
    metadata: writeData('told', {}),
    blocks: [section(words), ...(more ? [context(more)] : [])],
  });
}
