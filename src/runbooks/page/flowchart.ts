/** The steps of a runbook as a Mermaid flowchart: which follows which, what a verdict chooses, what is nested or offered. */

import { offersIn } from '../offers.ts';
import type { Next, Runbook, Step } from '../runbook.ts';
import { oneLine, withoutValues } from '../without-values.ts';

/** Longest label, in characters; the whole title stands in the page. */
const longest = 60;

/**
 * Everything that Mermaid might read as its own, or a page as HTML, is written as an entity by its number. A label that
 * begins as a list of Markdown would be shown as "Unsupported markdown: list": its mark is written so as well.
 */
export function label(words: string): string {
  const plain = oneLine(words).toWellFormed();
  const letters = Array.from(plain);
  const short = letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : plain;
  const safe = short.replace(/[^\p{L}\p{M}\p{N} .,:?!()/'=@…–—-]/gu, (letter) => {
    return /\p{C}/u.test(letter) ? '' : `#${letter.codePointAt(0)};`;
  });
  const list = safe.trimStart().replace(/^(\d+)([.)])/, (_, number: string, mark: string) => {
    return `${number}#${mark.codePointAt(0)};`;
  });
  return list.trim() === '' ? '…' : list.replace(/^-/, '#45;');
}

const shapes: Readonly<Record<Step['kind'], readonly [open: string, close: string]>> = {
  check: ['["', '"]'],
  act: ['{{"', '"}}'],
  ask: ['{"', '"}'],
  manual: ['[/"', '"/]'],
  run: ['[["', '"]]'],
};

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly words: readonly string[];
  /** Dotted: the run does not go there by itself. */
  readonly offer: boolean;
}

/** Ids are our own (`s1`, `r1`, `done`), so that no name of a runbook can be a word of Mermaid. */
export function flowchart(runbook: Runbook): string[] {
  const { steps } = runbook;
  const others: string[] = [];
  const other = (id: string) => {
    if (!others.includes(id)) others.push(id);
    return `r${others.indexOf(id) + 1}`;
  };
  const nodes = steps.map((step, index) => {
    const [open, close] = shapes[step.kind];
    const nested = step.kind === 'run' ? `${withoutValues(step.title)} (${step.runbook})` : step.title;
    return `  s${index + 1}${open}${label(`${index + 1}: ${withoutValues(nested)}`)}${close}`;
  });
  const edges = joined(steps.flatMap((step, index) => edgesOf(steps, step, index, other)));
  return [
    'flowchart TD',
    ...nodes,
    ...others.map((id, index) => `  r${index + 1}[["${label(id)}"]]`),
    '  done(["end"])',
    ...edges.map(({ from, to, words, offer }) => {
      const says = words.length === 0 ? '' : `|"${label(words.join(', '))}"|`;
      return `  ${from} ${offer ? '-.->' : '-->'}${says} ${to}`;
    }),
  ];
}

function edgesOf(steps: readonly Step[], step: Step, index: number, other: (id: string) => string): Edge[] {
  const from = `s${index + 1}`;
  const following = index + 1 < steps.length ? `s${index + 2}` : 'done';
  const to = (next: Next | undefined, words: string): Edge[] => {
    const chosen = next ?? step.next;
    const says = words === '' ? [] : [words];
    if (chosen === undefined) return [{ from, to: following, words: says, offer: false }];
    if ('stop' in chosen) return [{ from, to: 'done', words: says, offer: false }];
    if ('run' in chosen)
      return offersIn(chosen).map(({ run }) => ({ from, to: other(run), words: says, offer: true }));
    const at = steps.findIndex(({ id }) => id === chosen.step);
    return [{ from, to: at < 0 ? 'done' : `s${at + 1}`, words: says, offer: false }];
  };
  const edges: Edge[] = [];
  if (step.kind === 'check' && step.verdict.some(({ next }) => next !== undefined)) {
    for (const rule of step.verdict)
      edges.push(...to(rule.next, rule.is === 'unknown' ? 'not known' : rule.is));
    // A check that failed or took too long is not known by no rule, and the run goes on.
    edges.push(...to(undefined, 'not known'));
  } else if (step.kind === 'ask' && step.choices.length > 0)
    for (const choice of step.choices) edges.push(...to(choice.next, withoutValues(choice.label)));
  else edges.push(...to(undefined, ''));
  if (step.when !== undefined) edges.push({ from, to: following, words: ['not needed'], offer: false });
  return edges;
}

/** One arrow for each pair of steps, with every word on it once; an arrow for everything needs none. */
function joined(edges: readonly Edge[]): Edge[] {
  const all = new Map<string, Edge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to} ${edge.offer}`;
    const known = all.get(key);
    const words = [...new Set([...(known?.words ?? []), ...edge.words])];
    all.set(key, { ...edge, words });
  }
  const ways = (from: string) => [...all.values()].filter((edge) => edge.from === from).length;
  return [...all.values()].map((edge) => (ways(edge.from) === 1 ? { ...edge, words: [] } : edge));
}
