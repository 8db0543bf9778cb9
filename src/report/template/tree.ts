/** A template's Markdown as a tree: CommonMark with tables and task lists, and the places of its slots. */
import type { Nodes, Parents, Root, Text } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfmTable } from 'micromark-extension-gfm-table';

/** 1-based. */
export interface SlotPlace {
  readonly line: number;
  readonly column: number;
}

/** `{{ name }}` and what stands around it in one text. */
export const slotShape = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** `- [ ] ` at the beginning of an item: the extension that reads it is not among what is installed. */
function withTasks(node: Nodes): void {
  if (!('children' in node)) return;
  if (node.type === 'listItem') {
    const [first] = node.children;
    const text = first?.type === 'paragraph' ? first.children[0] : undefined;
    const found = text?.type === 'text' ? /^\[([ xX])\][ \t]+/.exec(text.value) : null;
    if (found && text?.type === 'text') {
      node.checked = found[1] !== ' ';
      text.value = text.value.slice(found[0].length);
    }
  }
  for (const child of node.children) withTasks(child);
}

/** Never throws: every text is Markdown. Seconds for a table of a thousand rows; callers bound the length. */
export function templateTree(text: string): Root {
  const root = fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmFromMarkdown()] });
  withTasks(root);
  return root;
}

/** How deep the lists and quotations of a tree are in each other. */
export function depthOf(root: Root): number {
  let deepest = 0;
  const open: [Nodes, number][] = [[root, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    deepest = Math.max(deepest, depth);
    if ('children' in node) for (const child of node.children) open.push([child, depth + 1]);
  }
  return deepest;
}

/** Every text of the tree with what is around it, from the outside in. */
export function* textsOf(
  node: Nodes,
  around: readonly Parents[] = [],
): Generator<[Text, readonly Parents[]]> {
  if (node.type === 'text') yield [node, around];
  if (!('children' in node)) return;
  for (const child of node.children) yield* textsOf(child, [...around, node]);
}

/** Where the `index`-th slot of this text begins in the file. */
export function placeOf(source: string, node: Text, index: number): SlotPlace {
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? source.length;
  const found = [...source.slice(from, to).matchAll(slotShape)][index];
  const before = source.slice(0, from + (found?.index ?? 0)).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
