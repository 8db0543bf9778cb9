/** The modal in which a person says that a question of the review does not apply, and why. */
import { sha256 } from '../../../incidents/hash.ts';
import type { Reviewed, ReviewQuestion } from '../../../report/reviewed.ts';
import { choiceInput, modal, option, section, textInput, type View } from '../../blocks.ts';
import { callbackId, writeData } from '../../ids.ts';

export const WAIVE = { question: 'question', reason: 'reason' } as const;

/** A choice holds 75 characters, and a key more. */
const valueOf = ({ code, key }: Pick<ReviewQuestion, 'code' | 'key'>): string =>
  `${code} ${sha256(key).slice(0, 24)}`;

/** `Impact, line 41`; empty where it stands nowhere in the file. */
const placeOf = ({ section: title, line }: ReviewQuestion): string =>
  [title, line === undefined ? undefined : `line ${line}`].filter(Boolean).join(', ');

/** Which question was chosen; undefined when it is not asked any more. */
export const chosenIn = ({ blocks, asks }: Reviewed, value: string): ReviewQuestion | undefined =>
  [...blocks, ...asks].find((question) => question.waivable && valueOf(question) === value);

export function waiveModal({ incident, blocks, asks }: Reviewed): View {
  const seen = new Set<string>();
  const questions = [...blocks, ...asks].filter((question) => {
    const value = valueOf(question);
    if (!question.waivable || seen.has(value)) return false;
    seen.add(value);
    return true;
  });
  if (questions.length === 0)
    return modal({
      callback: callbackId('told'),
      title: 'Nothing to say',
      metadata: writeData('told', {}),
      blocks: [section('There is no question that could be said not to apply.')],
    });
  return modal({
    callback: callbackId('waive'),
    title: 'Does not apply',
    submit: 'Save',
    metadata: writeData('waive', { incident }),
    blocks: [
      choiceInput({
        block: WAIVE.question,
        label: 'Which question?',
        options: questions
          .slice(0, 100)
          .map((question) =>
            option([placeOf(question), question.says].filter(Boolean).join(': '), valueOf(question)),
          ),
      }),
      textInput({
        block: WAIVE.reason,
        label: 'Why does it not apply?',
        lines: true,
        most: 500,
        hint: 'The reason stays in the report, beside the line.',
      }),
    ],
  });
}
