/** A runbook's page in the repository, as mdast: everything its file says, in an order for reading. */
import type { Root, RootContent } from 'mdast';
import { impactOf } from '../impact.ts';
import { impactWords, paramsInWords, type StepInWords, stepsInWords } from '../in-words.ts';
import { offersIn } from '../offers.ts';
import type { Runbook } from '../runbook.ts';
import type { Register } from '../signature.ts';
import { flowchart } from './flowchart.ts';
import { block, code, heading, link, list, type Piece, paragraph, strong, table, text } from './nodes.ts';

/** Deterministic. `source`: name of the runbook's file beside the page; `known`: ids of runbooks that have a page too. */
export function pageOf(
  runbook: Runbook,
  source: string,
  register: Register,
  known: ReadonlySet<string>,
): Root {
  const { title, summary, owner, reviewed, alerts, docs, params, steps } = runbook;
  const inWords = stepsInWords(runbook, register);
  const children: RootContent[] = [
    heading(1, title),
    text(summary),
    list([
      [strong('Runbook'), ': ', link(source, runbook.id), `, owner ${owner}, reviewed ${reviewed}`],
      [strong('Steps'), `: ${impactWords(impactOf(steps))}`],
      ...(alerts.length > 0 ? [[strong('Alerts'), `: ${alerts.join(', ')}`]] : []),
    ]),
    ...section('Meaning', docs.meaning),
    ...section('Impact', docs.impact),
    heading(2, 'Diagnosis'),
    ...diagnosis(inWords),
    ...mitigation(docs.mitigation, inWords),
    heading(2, 'Parameters'),
    ...parameters(params),
    heading(2, 'Way through'),
    block('mermaid', flowchart(runbook)),
    heading(2, 'Steps'),
    ...(steps.some(({ kind }) => kind === 'check')
      ? [text('A check that fails or takes too long is not known, and the run goes on.')]
      : []),
    ...inWords.flatMap((step) => stepNodes(step, known)),
    paragraph(
      'This page is made from ',
      link(source, source),
      ' by ',
      code('handrail runbook docs'),
      '. Change the file, not the page.',
    ),
  ];
  return { type: 'root', children };
}

function section(name: string, words: string | undefined): RootContent[] {
  return words === undefined ? [] : [heading(2, name), text(words)];
}

/** What is looked at, in order. */
function diagnosis(steps: readonly StepInWords[]): RootContent[] {
  const checks = steps.filter(({ step }) => step.kind === 'check');
  if (checks.length === 0) return [text('Nothing is looked at first.')];
  return [list(checks.map(({ number, title }) => [`Step ${number}: ${title}`]))];
}

/** As the author says it, with the steps that change something. */
function mitigation(words: string | undefined, steps: readonly StepInWords[]): RootContent[] {
  const changing = steps.filter(({ step }) => ['act', 'manual', 'run'].includes(step.kind));
  const none = 'This runbook changes nothing.';
  return [
    heading(2, 'Mitigation'),
    ...(words === undefined ? [] : [text(words)]),
    ...(changing.length > 0
      ? [list(changing.map(({ number, title, kind }) => [`Step ${number} (${kind}): ${title}`]))]
      : words === undefined
        ? [text(none)]
        : []),
  ];
}

function parameters(params: Runbook['params']): RootContent[] {
  const rows = paramsInWords(params).map(({ name, says }): Piece[] => [code(name), says]);
  return rows.length === 0 ? [text('None.')] : [table(['name', 'what'], rows)];
}

function stepNodes(one: StepInWords, known: ReadonlySet<string>): RootContent[] {
  const { number, title, kind, step, why, instructions, facts, form, answers, byHand, leaves } = one;
  const offered = runbooksNamed(one);
  return [
    heading(3, `${number}. ${title}`),
    paragraph(code(step.id), `: ${kind}.`),
    ...(why === undefined ? [] : [text(why)]),
    ...(instructions === undefined ? [] : [text(instructions)]),
    ...(facts.length === 0
      ? []
      : [list(facts.map(({ name, says }): Piece[] => [strong(name), `: ${says}`]))]),
    ...(form.length === 0
      ? []
      : [
          table(
            ['asks for', 'what'],
            form.map(({ name, says }): Piece[] => [code(name), says]),
          ),
        ]),
    ...(answers.length === 0
      ? []
      : [
          table(
            step.kind === 'check' ? ['answer', 'says', 'when'] : ['choice', 'label', ''],
            answers.map(({ when, is, says }): Piece[] =>
              step.kind === 'check' ? [strong(is), says, code(when)] : [code(is), when, says],
            ),
          ),
        ]),
    ...(byHand.length === 0 ? [] : [text('By hand:'), block('sh', byHand)]),
    ...(leaves.length === 0 ? [] : [text('Leaves behind:'), list(leaves.map((says): Piece[] => [says]))]),
    ...(offered.length === 0
      ? []
      : [
          paragraph(
            'Other runbooks: ',
            ...offered.flatMap((id, index): Piece[] => [
              ...(index > 0 ? [', '] : []),
              known.has(id) ? link(`${id}.md`, id) : code(id),
            ]),
            '.',
          ),
        ]),
  ];
}

/** Runbooks that a step runs or offers. */
function runbooksNamed({ step }: StepInWords): string[] {
  const nexts = [
    step.next,
    ...(step.kind === 'check' ? step.verdict.map(({ next }) => next) : []),
    ...(step.kind === 'ask' ? step.choices.map(({ next }) => next) : []),
  ];
  const offered = nexts.flatMap((next) => offersIn(next).map(({ run }) => run));
  return [...new Set([...(step.kind === 'run' ? [step.runbook] : []), ...offered])];
}
