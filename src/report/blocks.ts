/** A text of several lines that a person wrote, as paragraphs and lists; nothing else that is typed becomes Markdown. */
import type { List, ListItem, Paragraph } from 'mdast';
import { inline, paragraph } from './nodes.ts';
import { visible } from './typed.ts';

const bullet = /^(\s*)(?:[-*+•◦‣–]|(\d{1,3})[.)])\s+(\S.*)$/u;

/** No deeper: further ones stand beside each other. */
const DEEPEST = 4;

interface Open {
  readonly indent: number;
  readonly list: List;
}

const itemOf = (text: string): ListItem => ({
  type: 'listItem',
  spread: false,
  checked: null,
  children: [{ type: 'paragraph', children: inline([text]) }],
});

const listOf = (ordered: boolean): List => ({
  type: 'list',
  ordered,
  ...(ordered ? { start: 1 } : {}),
  spread: false,
  children: [],
});

/** A tab counts as four blanks. */
const width = (blanks: string): number => blanks.replaceAll('\t', '    ').length;

/** Puts an item under the lists that are open; gives a new outermost list when it begins one. */
function put(open: Open[], indent: number, ordered: boolean, text: string): List | undefined {
  while (open.length > 1 && indent < (open.at(-1)?.indent ?? 0)) open.pop();
  const here = open.at(-1);
  if (!here || (open.length === 1 && indent <= here.indent + 1 && here.list.ordered !== ordered)) {
    const list = listOf(ordered);
    list.children.push(itemOf(text));
    open.splice(0, open.length, { indent, list });
    return list;
  }
  const above = here.list.children.at(-1);
  if (above && indent > here.indent + 1 && open.length < DEEPEST) {
    const list = listOf(ordered);
    list.children.push(itemOf(text));
    above.children.push(list);
    open.push({ indent, list });
  } else here.list.children.push(itemOf(text));
  return undefined;
}

/**
 * Each line is a paragraph of its own, since whoever pressed Enter wanted a new line; lines that begin with a hyphen,
 * a bullet or a number are lists, by their indentation lists in lists. Empty for a text without words.
 */
export function textBlocks(text: string): (Paragraph | List)[] {
  const blocks: (Paragraph | List)[] = [];
  let open: Open[] = [];
  for (const line of visible(text).split('\n')) {
    // An empty line between two items does not end their list.
    if (line.trim() === '') continue;
    const found = bullet.exec(line);
    if (found) {
      const list = put(open, width(found[1] ?? ''), found[2] !== undefined, found[3] ?? '');
      if (list) blocks.push(list);
      continue;
    }
    const last = open.at(-1)?.list.children.at(-1);
    const [first] = last?.children ?? [];
    // What is indented under an item goes on with it.
    if (last && first?.type === 'paragraph' && last.children.length === 1 && /^\s{2}/.test(line))
      first.children.push({ type: 'text', value: ' ' }, ...inline([line]));
    else {
      open = [];
      blocks.push(paragraph(line));
    }
  }
  return blocks;
}
