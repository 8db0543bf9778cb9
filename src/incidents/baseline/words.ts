/** A difference in words for people. */
import type { Question } from './diff.ts';
import { type NotChecked, objectName, THERE } from './snapshot.ts';

/** As many fields of a new object as a person reads in a line. */
const MOST_FIELDS = 4;

/** "Deployment web: replicas 3, now 0". Without who and when. */
export function whatChanged(question: Question): string {
  const { field, change, before, after } = question;
  const object = objectName(question);
  const value = (text: string | undefined) =>
    text === undefined || text === THERE ? '' : ` (${oneLine(text)})`;
  if (field === undefined) {
    return change === 'removed' ? `${object} is gone` : `${object} was made${inShort(question.made ?? [])}`;
  }
  const name = oneLine(field);
  if (change === 'added') return `${object} gained ${name}${value(after)}`;
  if (change === 'removed') return `${object} lost ${name}${value(before)}`;
  if (before === undefined || after === undefined) return `${object}: ${name} has another value`;
  return `${object}: ${name} was ${oneLine(before)}, is ${oneLine(after)}`;
}

function inShort(fields: NonNullable<Question['made']>): string {
  const told = fields.map(({ field, value }) => oneLine(value === THERE ? field : `${field} ${value}`));
  if (told.length === 0) return '';
  const rest = told.length - MOST_FIELDS;
  return `: ${told.slice(0, MOST_FIELDS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** "Deployment web: replicas 3, now 0, at about 11:20 with kubectl-edit". `clock` writes an instant (ms). */
export function whatChangedWhen(question: Question, clock: (at: number) => string): string {
  const { at, by } = question;
  const when = at === undefined ? '' : `, at about ${clock(at)}`;
  return `${whatChanged(question)}${when}${by === undefined ? '' : ` with ${oneLine(by)}`}`;
}

/** As people are asked: the buttons beside it are the answers. */
export function asQuestion(question: Question, clock: (at: number) => string): string {
  return `Nobody recorded this: ${whatChangedWhen(question, clock)}`;
}

/** "Secrets: no right to see them: ask the platform team". */
export function notCheckedWords({ kind, why }: NotChecked): string {
  return `${kind}: ${why}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
