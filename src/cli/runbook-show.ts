/** `handrail runbook show`: a runbook to read in a terminal, without colour, or as JSON as a run would pin it. */
import { register } from '../actions/index.ts';
import { impactOf } from '../runbooks/impact.ts';
import { impactWords, paramsInWords, type StepInWords, stepsInWords } from '../runbooks/in-words.ts';
import type { Loaded } from '../runbooks/library.ts';
import type { Register } from '../runbooks/signature.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { oneRunbook } from './one-runbook.ts';

/** Gives the exit code. Throws WrongInput. */
export async function showRunbook(
  given: Terminal & { readonly names: readonly string[]; readonly values: { readonly json?: boolean } },
): Promise<number> {
  const loaded = await oneRunbook(given, given.names[0] ?? '', register);
  if (given.values.json) given.print(JSON.stringify(loaded.runbook, null, 2));
  else for (const line of linesOfRunbook(loaded, register)) given.print(line);
  return EXIT.ok;
}

export function linesOfRunbook({ runbook, file, hash }: Loaded, register: Register): string[] {
  const { id, title, summary, owner, reviewed, alerts, docs, params, steps } = runbook;
  return [
    `${title} — ${id}`,
    ...wrapped(summary, ''),
    '',
    `Owner ${owner}, reviewed ${reviewed}. ${file}, ${hash.slice(0, 12)}.`,
    impactWords(impactOf(steps)),
    ...(alerts.length > 0 ? [`Alerts: ${alerts.join(', ')}`] : []),
    ...section('Meaning', docs.meaning),
    ...section('Impact', docs.impact),
    ...section('Mitigation', docs.mitigation),
    ...list('Parameters', paramsInWords(params)),
    ...stepsInWords(runbook, register).flatMap(linesOfStep),
  ];
}

function linesOfStep(one: StepInWords): string[] {
  const { number, step, kind, title, why, instructions } = one;
  return [
    '',
    `${number}. ${title}  [${step.id}: ${kind}]`,
    ...(why === undefined ? [] : wrapped(why, '   ')),
    ...(instructions === undefined ? [] : wrapped(instructions, '   ')),
    ...one.facts.flatMap(({ name, says }) => hanging(`   ${name}: `, says)),
    ...one.form.flatMap(({ name, says }) => hanging('   Asks: ', `${name}, ${says}`)),
    ...one.answers.flatMap(({ when, is, says }) => hanging(`   - ${is}: `, `${says} [${when}]`.trim())),
    ...(one.byHand.length === 0 ? [] : ['   By hand:', ...one.byHand.map((line) => `     $ ${line}`)]),
    ...one.leaves.flatMap((says) => hanging('   Leaves behind: ', says)),
  ];
}

function section(name: string, text: string | undefined): string[] {
  return text === undefined ? [] : hanging(`${name}: `, text);
}

function list(name: string, entries: readonly { name: string; says: string }[]): string[] {
  if (entries.length === 0) return [];
  return ['', `${name}:`, ...entries.flatMap((one) => hanging(`  ${one.name}: `, one.says))];
}

/** Columns of a plain terminal. */
const width = 100;

function hanging(lead: string, text: string): string[] {
  const indent = ' '.repeat(Math.min(lead.length, 6));
  const [first = '', ...rest] = wrapped(`${lead.trimStart()}${text}`, indent);
  const start = lead.slice(0, lead.length - lead.trimStart().length);
  return [`${start}${first.trimStart()}`, ...rest];
}

/** Lines of a text, each word kept whole; line ends that were written stay. */
function wrapped(text: string, indent: string): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let now = '';
    for (const word of line.trim().split(/\s+/)) {
      if (now !== '' && indent.length + now.length + 1 + word.length > width) {
        lines.push(now);
        now = '';
      }
      now = now === '' ? word : `${now} ${word}`;
    }
    return [...lines, now].map((one) => `${indent}${one}`.trimEnd());
  });
}
