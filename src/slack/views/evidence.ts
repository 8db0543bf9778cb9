/** What a check found or a change gave, for the thread of its run. */
import type { EventOf } from '../../incidents/events.ts';
import { fieldName, inlineWords, itemWords } from '../../incidents/field-words.ts';
import type { Capture } from '../../runbooks/runbook.ts';
import { type Block, context, section } from '../blocks.ts';
import { cut, fitBlocks } from '../fit.ts';
import { codeBlock, esc, line, verdictWords } from '../mrkdwn.ts';

/** Kept fields, one a line; a list has one row for each item. */
export function fieldLines(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (!Array.isArray(value) || value.length === 0) return [`${fieldName(name)}: ${inlineWords(value)}`];
    return [`${fieldName(name)}:`, ...value.map((item) => `  - ${itemWords(item)}`)];
  });
}

export type WithEvidence =
  | EventOf<'check_done'>
  | EventOf<'check_repeated'>
  | EventOf<'act_done'>
  | EventOf<'verified'>;

/**
 * The evidence of one answer; `summary` is one line of it. `file` holds all of it when it does not fit the message.
 */
export function evidenceMessage(
  title: string,
  event: WithEvidence,
  share: Exclude<Capture['share'], 'none'> = 'thread',
): { text: string; blocks: Block[]; file?: string } {
  const { says, evidence, seconds } = event.body;
  const elsewhere = event.type === 'check_done' ? event.body.elsewhere : undefined;
  const again = event.type === 'check_repeated' ? ' (checked again at resolve)' : '';
  const mark = markOf(event);
  const text = `${line(title, 150)}: ${line(says, 300)}`;
  if (share === 'summary') {
    const warning = elsewhere ? ` :warning: ${line(elsewhere, 300)}` : '';
    return {
      text,
      blocks: [context(`*${line(title, 200)}*${again}  ${mark}  ${line(says, 1000)}${warning}`)],
    };
  }
  const all = fieldLines(evidence?.fields ?? {}).join('\n');
  const fits = all.length <= 6_000;
  const parts = all === '' ? [] : split(fits ? all : cut(all, 2_600));
  return {
    text,
    blocks: fitBlocks([
      section(`*${line(title, 200)}*${again}  ${mark}\n${esc(says, 1800)}`),
      ...(elsewhere ? [context(`:warning: ${line(elsewhere, 300)}`)] : []),
      ...parts.map((part) => section(codeBlock(part, 2_700))),
      context(
        `${seconds.toFixed(1)} s${evidence?.hash ? `, hash of everything that was read: ${evidence.hash.slice(0, 12)}` : ''}`,
      ),
    ]),
    ...(fits ? {} : { file: all }),
  };
}

function markOf(event: WithEvidence): string {
  switch (event.type) {
    case 'check_done':
    case 'check_repeated':
      return verdictWords[event.body.verdict];
    case 'act_done':
      return outcomeWords[event.body.outcome];
    case 'verified':
      return event.body.held ? ':white_check_mark: Verified' : ':red_circle: Not verified';
  }
}

const outcomeWords = {
  made: ':white_check_mark: Made',
  failed: ':red_circle: Not made',
  unknown: ':grey_question: Not known whether it was made',
} as const;

function split(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const row of text.split('\n')) {
    const next = cut(row, 2_000);
    if (part !== '' && part.length + next.length + 1 > 2_000) {
      parts.push(part);
      part = '';
    }
    part = part === '' ? next : `${part}\n${next}`;
  }
  return part === '' ? parts : [...parts, part];
}
