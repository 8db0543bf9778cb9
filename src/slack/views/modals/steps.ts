/** Modals of a step: a reason, a phrase to type, an answer. */
import { FIRST_ARRIVES } from '../../../incidents/decide/unguarded.ts';
import type { AskStep } from '../../../runbooks/runbook.ts';
import { type Block, choiceInput, modal, option, section, textInput, type View } from '../../blocks.ts';
import { callbackId, type ModalData, writeData } from '../../ids.ts';
import { line } from '../../mrkdwn.ts';
import { type Choices, paramInput, readingBlock, stillReading } from './run.ts';

export const REASON = 'reason';

const reasonWords = {
  'go-on': {
    title: 'Go on anyway',
    submit: 'Go on',
    says: 'The step stays as it is, and the run goes on.',
    label: 'Why is that all right?',
  },
  skip: {
    title: 'Skip this step',
    submit: 'Skip',
    says: 'The step is not done, and the run goes on.',
    label: 'Why is it not needed?',
  },
  'end-run': {
    title: 'End this run',
    submit: 'End it',
    says: 'Steps that are not done yet stay undone.',
    label: 'Why does it end here?',
  },
  alone: {
    title: 'Go alone',
    submit: 'Start the change',
    says: 'Nobody else looks at this change before it is made. The others are told, and it stays on the list of what was left behind.',
    label: 'Why can it not wait?',
  },
  'alone-disagree': {
    title: 'Not agreed',
    submit: 'Not agreed',
    says: 'The change stays as it is. That you do not agree becomes a follow-up.',
    label: 'Why not?',
  },
} as const;

/** A reason goes into the report. */
export function reasonModal<M extends keyof typeof reasonWords>(name: M, data: ModalData<M>): View {
  const words = reasonWords[name];
  return modal({
    callback: callbackId(name),
    title: words.title,
    submit: words.submit,
    metadata: writeData(name, data),
    blocks: [
      section(words.says),
      textInput({
        block: REASON,
        label: words.label,
        lines: true,
        most: 1000,
        hint:
          name === 'alone' ? 'At least 10 characters. It goes into the report.' : 'It goes into the report.',
      }),
    ],
  });
}

export const PHRASE = 'phrase';

export function phraseModal(phrase: string, says: string, data: ModalData<'phrase'>): View {
  return modal({
    callback: callbackId('phrase'),
    title: 'Confirm by typing',
    submit: 'Start the change',
    metadata: writeData('phrase', data),
    blocks: [section(says), textInput({ block: PHRASE, label: `Type exactly: ${phrase}`, most: 300 })],
  });
}

/** Nothing in the target keeps the change from being made twice, and the first call may still be made. */
export function againModal(data: ModalData<'again'>): View {
  return modal({
    callback: callbackId('again'),
    title: 'Try again',
    submit: 'Plan it again',
    metadata: writeData('again', data),
    blocks: [
      section(
        'The worker of the first call is not known to be gone. If it is only frozen it makes its change when it wakes up, and *nothing in the target keeps the change from being made twice.* Look at the target before you confirm the new plan.',
      ),
      textInput({ block: PHRASE, label: `Type exactly: ${FIRST_ARRIVES}`, most: 100 }),
    ],
  });
}

export const CHOICE = { choice: 'choice', reason: 'reason' } as const;

/** A field of the step's own form. */
export const formBlock = (name: string): string => `form:${name}`;

export function chooseModal(
  given: {
    title: string;
    choices: readonly { id: string; label: string }[];
    step: AskStep;
    chosen?: string;
    reasonNeeded: boolean;
    /** Live choices of the fields that are known. */
    live?: Choices;
    /** Set while live choices are still read. */
    loading?: boolean;
  },
  data: ModalData<'choose'>,
): View {
  const { live = {}, loading = false } = given;
  const options = given.choices.slice(0, 100).map((choice) => option(choice.label, choice.id));
  const form: Block[] = Object.entries(given.step.form).map(([name, param]) =>
    stillReading(name, param, live, loading)
      ? readingBlock(param)
      : paramInput(formBlock(name), param, undefined, live[name]),
  );
  return modal({
    callback: callbackId('choose'),
    title: 'Decide',
    submit: 'Decide',
    metadata: writeData('choose', data),
    blocks: [
      section(`*${line(given.title, 300)}*`),
      ...(options.length > 0
        ? [
            choiceInput({
              block: CHOICE.choice,
              label: 'Choice',
              options,
              ...(given.chosen ? { chosen: given.chosen } : {}),
            }),
          ]
        : []),
      ...form,
      textInput({
        block: CHOICE.reason,
        label: 'Why?',
        lines: true,
        most: 1000,
        optional: !given.reasonNeeded,
        hint: 'It goes into the report.',
      }),
    ],
  });
}
