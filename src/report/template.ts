/** A team's own form of the report: a Markdown file with slots, `{{ timeline }}`, over the same model. */
import type { PhrasingContent, Root, RootContent } from 'mdast';
import { nearest } from '../catalog/nearest.ts';
import type { ReportModel } from './model.ts';
import { inline, words } from './nodes.ts';
import { aloneSlots, inLineSlots, type Slot, slotNamed } from './template/slots.ts';
import { depthOf, placeOf, type SlotPlace, slotShape, templateTree, textsOf } from './template/tree.ts';
import type { Times } from './times.ts';

/** Data alone: a report is rendered in a thread of its own. */
export interface ReportTemplate {
  /** Name of the file without its folder, for the last line. */
  readonly name: string;
  readonly text: string;
}

export interface TemplateProblem extends SlotPlace {
  readonly what: string;
  readonly todo: string;
}

/** Thrown for a template that has problems; says all of them. */
export class BadTemplate extends Error {
  readonly problems: readonly TemplateProblem[];
  constructor(name: string, problems: readonly TemplateProblem[]) {
    super(
      problems.map(({ line, column, what, todo }) => `${name}:${line}:${column} ${what}: ${todo}`).join('\n'),
    );
    this.name = 'BadTemplate';
    this.problems = problems;
  }
}

/** Characters; a table of thousands of rows would take minutes to read. */
const LONGEST = 64 * 1024;

/** Characters of a line: thousands of marks in one take minutes. */
const LONGEST_LINE = 2000;
/** Lists in lists, quotations in quotations; what walks the tree goes down as far. */
const DEEPEST = 50;

const known = `There is, in a line: ${inLineSlots.join(', ')}; in a paragraph of its own: ${aloneSlots.join(', ')}`;

function problemWith(name: string, slot: Slot | undefined, isAlone: boolean): [string, string] | undefined {
  if (!slot) {
    const near = nearest(name, [...inLineSlots, ...aloneSlots]);
    const meant = near === undefined ? '' : `did you mean {{ ${near} }}? `;
    return [`there is no slot {{ ${name.slice(0, 60)} }}`, `${meant}${known}`];
  }
  if (slot.kind === 'alone' && !isAlone)
    return [`{{ ${name} }} is more than a line can hold`, 'put it in a paragraph of its own'];
  return undefined;
}

const slotsIn = (text: string): readonly string[] =>
  [...text.matchAll(slotShape)].map(([, name]) => (name ?? '').toLowerCase());

/** Only the slot, and nothing else in its paragraph. */
function slotAlone(node: RootContent): Extract<Slot, { kind: 'alone' }> | undefined {
  const [only, ...more] = node.type === 'paragraph' ? node.children : [];
  if (only?.type !== 'text' || more.length > 0 || !/^\s*\{\{[^{}]*\}\}\s*$/.test(only.value))
    return undefined;
  const slot = slotNamed(slotsIn(only.value)[0] ?? '');
  return slot?.kind === 'alone' ? slot : undefined;
}

/** Every problem of a template, in the order of the file; none: it can be used. Never throws. */
export function templateProblems(text: string): readonly TemplateProblem[] {
  if (text.length > LONGEST) {
    const what = `it has ${text.length} characters`;
    return [{ line: 1, column: 1, what, todo: `keep it below ${LONGEST}` }];
  }
  if (text.trim() === '')
    return [{ line: 1, column: 1, what: 'it is empty', todo: `write Markdown with slots. ${known}` }];
  const long = text.split('\n').findIndex((line) => line.length > LONGEST_LINE);
  if (long >= 0) {
    const what = 'this line is very long';
    return [{ line: long + 1, column: 1, what, todo: `break it below ${LONGEST_LINE} characters` }];
  }
  const tree = templateTree(text);
  if (depthOf(tree) > DEEPEST) {
    const what = 'its lists or quotations are too deep in each other';
    return [{ line: 1, column: 1, what, todo: `nest them at most ${DEEPEST / 2} deep` }];
  }
  return [...textsOf(tree)].flatMap(([node, around]) =>
    slotsIn(node.value).flatMap((name, index): TemplateProblem[] => {
      const parent = around.at(-1);
      const isAlone = parent?.type === 'paragraph' && slotAlone(parent) !== undefined;
      const problem = problemWith(name, slotNamed(name), isAlone);
      return problem ? [{ ...placeOf(text, node, index), what: problem[0], todo: problem[1] }] : [];
    }),
  );
}

/** A text with its slots filled: what is filled in is text of its own, never read as Markdown. */
function filledText(value: string, bare: boolean, report: ReportModel, times: Times): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let from = 0;
  for (const match of value.matchAll(slotShape)) {
    const slot = slotNamed((match[1] ?? '').toLowerCase());
    if (slot?.kind !== 'in line') continue;
    if (match.index > from) parts.push({ type: 'text', value: value.slice(from, match.index) });
    const said = slot.words(report, times);
    parts.push(...(bare ? [words(said)] : inline([said])));
    from = match.index + match[0].length;
  }
  if (from < value.length) parts.push({ type: 'text', value: value.slice(from) });
  return parts;
}

/** `bare`: within a link or a heading, where no other link may stand. */
function filled<T extends RootContent>(
  node: T,
  bare: boolean,
  report: ReportModel,
  times: Times,
): RootContent[] {
  const slot = slotAlone(node);
  if (slot) return slot.blocks(report, times);
  if (node.type === 'text') return filledText(node.value, bare, report, times);
  if (!('children' in node)) return [node];
  const inner = bare || node.type === 'link' || node.type === 'linkReference' || node.type === 'heading';
  const children = (node.children as RootContent[]).flatMap((child) => filled(child, inner, report, times));
  return [{ ...node, children } as RootContent];
}

/** The template with its slots filled. Throws BadTemplate. */
export function fillTemplate(template: ReportTemplate, report: ReportModel, times: Times): RootContent[] {
  const problems = templateProblems(template.text);
  if (problems.length > 0) throw new BadTemplate(template.name, problems);
  const root: Root = templateTree(template.text);
  return root.children.flatMap((child) => filled(child, false, report, times));
}
