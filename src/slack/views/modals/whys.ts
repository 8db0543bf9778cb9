/** The modal of the whys: the tree as it is, and one answer added, changed, marked or taken out at a time. */
import type { Why } from '../../../report/model/whys.ts';
import {
  type Block,
  choiceInput,
  context,
  modal,
  option,
  section,
  textInput,
  type View,
} from '../../blocks.ts';
import { joined } from '../../fit.ts';
import { callbackId, writeData } from '../../ids.ts';
import { line } from '../../mrkdwn.ts';

/** The incident itself, where a chain of whys begins. */
export const TOP = 'top';

export const whyActs = [
  ['add', 'Add an answer under it'],
  ['change', 'Change its words'],
  ['open', 'Nobody knows why: mark it open'],
  ['known', 'Take the mark off'],
  ['remove', 'Take it out, and what hangs on it'],
] as const;
export type WhyAct = (typeof whyActs)[number][0];

/** Slack keeps what was typed into a block of the same name: `n` makes the fields of the next turn new ones. */
export const whyBlocks = (n: number) => ({ answer: `answer-${n}`, act: `act-${n}`, text: `text-${n}` });

export interface NumberedWhy {
  /** `1.2.1` */
  readonly number: string;
  readonly why: Why;
}

/** The tree from its first answer on, each with its number. */
export function numbered(whys: readonly Why[], before = ''): NumberedWhy[] {
  return whys.flatMap((why, index) => {
    const number = `${before}${index + 1}`;
    return [{ number, why }, ...numbered(why.why, `${number}.`)];
  });
}

/** `n` goes up with each turn; `told` is what the last one did. */
export function whysModal(
  incident: number,
  title: string,
  whys: readonly Why[],
  n: number,
  told?: string,
): View {
  const all = numbered(whys);
  const blocks = whyBlocks(n);
  const rows = all.map(
    ({ number, why }) =>
      `${'›'.repeat(number.split('.').length)} *${number}* ${line(why.text, 300)}${why.open ? '  :grey_question: _nobody knows why_' : ''}`,
  );
  const tree: Block[] =
    rows.length === 0
      ? [section('Nobody has written one yet. Why did it happen? Then: why was that so?')]
      : joined(rows, 2800).map(section);
  return modal({
    callback: callbackId('whys'),
    title: `Whys of INC-${incident}`,
    submit: 'Save',
    close: 'Done',
    metadata: writeData('whys', { incident, n }),
    blocks: [
      ...(told === undefined ? [] : [context(told)]),
      section(`*Why: ${line(title, 200)}?*`),
      // An answer has 1,000 characters and there are 99; a form holds 100 blocks.
      ...tree.slice(0, 80),
      choiceInput({
        block: blocks.answer,
        label: 'Which answer?',
        options: [
          option('The incident itself', TOP),
          ...all.map(({ number, why }) => option(`${number} ${why.text}`, why.id)),
        ],
        chosen: all.at(-1)?.why.id ?? TOP,
      }),
      choiceInput({
        block: blocks.act,
        label: 'What do you want to do?',
        options: whyActs.map(([value, words]) => option(words, value)),
        chosen: 'add',
      }),
      textInput({
        block: blocks.text,
        label: 'Because …',
        lines: true,
        optional: true,
        most: 1000,
        hint: 'What made it possible, not who did it.',
      }),
    ],
  });
}
