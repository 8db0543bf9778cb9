/** Lists as a canvas takes them: each item is one line, and a list holds lists of its own kind only. */
import type { List, ListItem, PhrasingContent, RootContent } from 'mdast';
import { phrasing, plainText, type Text } from './canvas-phrasing.ts';

/** No deeper: further ones stand beside each other. */
const DEEPEST = 4;

interface Line {
  readonly children: PhrasingContent[];
  /** Of a thing to do. */
  readonly checked: boolean | undefined;
  readonly under: readonly Line[];
}

/** Things to do, where all items are and none has a list under it; a mark in the text elsewhere. */
export function listOf(node: List, text: Text, plain: boolean): List {
  const lines = linesOf(node, text);
  const todo = lines.every(({ checked, under }) => checked !== undefined && under.length === 0);
  return drawn(lines, node.ordered === true, todo, plain ? DEEPEST : 1, node.start ?? 1);
}

function linesOf(node: List, text: Text): Line[] {
  return node.children.map((item) => {
    const { checked, children } = unchecked(item, text);
    const pieces: PhrasingContent[][] = [];
    const under: Line[] = [];
    for (const child of children) {
      if (child.type === 'list') under.push(...linesOf(child, text));
      else pieces.push(inLine(child, text));
    }
    const shown = pieces.filter((piece) => piece.length > 0);
    return {
      children: shown.flatMap((piece, index) =>
        index > 0 ? [{ type: 'text', value: ' ' }, ...piece] : piece,
      ),
      checked,
      under,
    };
  });
}

/** What a list cannot hold becomes words of the item. */
function inLine(node: RootContent, text: Text): PhrasingContent[] {
  switch (node.type) {
    case 'paragraph':
      return phrasing(node.children, text);
    case 'heading': {
      const children = phrasing(node.children, text);
      return children.length === 0 ? [] : [{ type: 'strong', children }];
    }
    case 'code': {
      const value = node.value.replace(/\s+/g, ' ').trim();
      return value === '' || node.lang === 'mermaid' ? [] : [{ type: 'inlineCode', value }];
    }
    case 'blockquote':
    case 'list':
    case 'listItem':
    case 'table':
    case 'tableRow':
      return node.children.flatMap((child, index) => [
        ...(index > 0 ? [{ type: 'text' as const, value: ' ' }] : []),
        ...inLine(child, text),
      ]);
    case 'tableCell':
      return phrasing(node.children, text);
    case 'thematicBreak':
      return [];
    default:
      return phrasing([node], text);
  }
}

/** `[ ] ` at the beginning of an item, unless a backslash before it makes it text. */
function unchecked(
  item: ListItem,
  { source }: Text,
): { checked: boolean | undefined; children: RootContent[] } {
  const children = [...item.children];
  const [first] = children;
  const start = first?.type === 'paragraph' ? first.children[0] : undefined;
  const found = start?.type === 'text' ? /^\[([ xX])\](\s+|$)/.exec(start.value) : null;
  const at = start?.position?.start.offset;
  if (
    first?.type !== 'paragraph' ||
    start?.type !== 'text' ||
    !found ||
    at === undefined ||
    source[at] !== '['
  )
    return { checked: item.checked ?? undefined, children };
  const value = start.value.slice(found[0].length);
  const rest = [...(value === '' ? [] : [{ type: 'text' as const, value }]), ...first.children.slice(1)];
  return {
    checked: found[1] !== ' ',
    children: [{ type: 'paragraph', children: rest }, ...children.slice(1)],
  };
}

function drawn(lines: readonly Line[], ordered: boolean, todo: boolean, depth: number, start: number): List {
  const children = lines.flatMap((line): ListItem[] => {
    const one = itemOf(line, todo);
    if (line.under.length === 0) return [one];
    const below = drawn(line.under, ordered, false, depth + 1, 1);
    if (depth < DEEPEST) return [{ ...one, children: [...one.children, below] }];
    return [one, ...below.children];
  });
  return { type: 'list', ordered, ...(ordered ? { start } : {}), spread: false, children };
}

function itemOf({ children, checked }: Line, todo: boolean): ListItem {
  const words = children.some((child) => plainText(child).trim() !== '' || child.type === 'inlineCode')
    ? children
    : [{ type: 'text' as const, value: '—' }];
  const mark = todo || checked === undefined ? [] : [{ type: 'text' as const, value: checked ? '☑ ' : '☐ ' }];
  return {
    type: 'listItem',
    spread: false,
    checked: todo ? (checked ?? false) : null,
    children: [{ type: 'paragraph', children: [...mark, ...words] }],
  };
}
