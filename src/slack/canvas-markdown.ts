/** A report as the Markdown that a canvas takes: a part of GFM, in which nobody can be called. */
import type { BlockContent, Blockquote, Paragraph, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown, gfmToMarkdown } from 'mdast-util-gfm';
import { toMarkdown } from 'mdast-util-to-markdown';
import { gfmTable } from 'micromark-extension-gfm-table';
import { listOf } from './canvas-lists.ts';
import { definitionsOf, phrasing, type Text } from './canvas-phrasing.ts';
import { cut } from './fit.ts';

/** Characters of one document; Slack's own limit is not below it. */
const MOST = 100_000;
/** Slack refuses a table with more cells (docs.slack.dev, "Canvases"). */
const MOST_CELLS = 300;
/** Characters of one block of code. */
const MOST_CODE = 20_000;

interface CanvasDocument {
  /** The first paragraph, as plain text. */
  readonly lead: string;
  /** Markdown, as the report's file has it. */
  readonly report: string;
  /** The file's name: what the canvas cannot show is there. */
  readonly file: string;
  /** Without tables, quotes and nested lists: for when Slack refuses the shape of a document. */
  readonly plain?: boolean;
}

/**
 * Slack refuses headings below the third, quotes and code in lists, lists in lists of another kind and large tables
 * (canvas_creation_failed); a large table becomes several with the same head. What is cut is said at the end. Pure.
 */
export function canvasMarkdown({ lead, report, file, plain = false }: CanvasDocument): string {
  const taken = beginning(report);
  const root = fromMarkdown(taken, { extensions: [gfmTable()], mdastExtensions: [gfmFromMarkdown()] });
  const text: Text = { source: taken, definitions: definitionsOf(root), file };
  const first = paragraph([{ type: 'text', value: lead }]);
  const body = blocks(root.children, text, plain);
  // Most reports fit: written once.
  const whole = taken.length === report.length;
  const all = whole && report.length <= MOST ? written([first, ...body]) : undefined;
  if (all !== undefined && all.length <= MOST) return all;
  const says = `The rest does not fit here: the whole report is in the file ${file}.`;
  const note = paragraph([{ type: 'emphasis', children: [{ type: 'text', value: says }] }]);
  for (let fits = fitting(body); ; fits--) {
    const rest = whole && fits === body.length ? [] : [note];
    const part = written([first, ...body.slice(0, fits), ...rest]);
    if (part.length <= MOST || fits === 0) return part;
  }
}

/** No more than a canvas could hold: reading takes time. */
function beginning(report: string): string {
  const most = MOST * 1.2;
  return report.length <= most ? report : report.slice(0, report.lastIndexOf('\n', most) + 1);
}

/** How many blocks from the first on are about as long as a canvas may be; by the hundred, since writing takes time. */
function fitting(body: readonly RootContent[]): number {
  // The first paragraph and the note at the end.
  let [fits, length] = [0, 1000];
  for (const step of [100, 1])
    while (fits < body.length) {
      const more = written(body.slice(fits, fits + step)).length + 2;
      if (length + more > MOST) break;
      length += more;
      fits = Math.min(body.length, fits + step);
    }
  return fits;
}

function written(children: readonly RootContent[]): string {
  const root: Root = { type: 'root', children: [...children] };
  return toMarkdown(root, {
    bullet: '-',
    emphasis: '_',
    strong: '*',
    fence: '`',
    fences: true,
    listItemIndent: 'one',
    rule: '-',
    extensions: [
      gfmToMarkdown({ tablePipeAlign: false }),
      // `![](@U123)` calls somebody; an @ or < of typed text is never anything else than text.
      {
        unsafe: [
          { character: '@', inConstruct: 'phrasing' },
          { character: '<', inConstruct: 'phrasing' },
        ],
      },
    ],
  });
}

const paragraph = (children: PhrasingContent[]): Paragraph => ({ type: 'paragraph', children });

function blocks(nodes: readonly RootContent[], text: Text, plain: boolean): RootContent[] {
  return nodes.flatMap((node) => block(node, text, plain));
}

function block(node: RootContent, text: Text, plain: boolean): RootContent[] {
  switch (node.type) {
    case 'heading': {
      const children = phrasing(node.children, text);
      return children.length === 0
        ? []
        : [{ type: 'heading', depth: node.depth > 3 ? 3 : node.depth, children }];
    }
    case 'paragraph': {
      const children = phrasing(node.children, text);
      return children.length === 0 ? [] : [paragraph(children)];
    }
    case 'thematicBreak':
      return [node];
    case 'blockquote':
      return quoted(node, text, plain);
    case 'list':
      return [listOf(node, text, plain)];
    case 'table':
      return plain ? rowsAsLines(node, text) : tables(node, text);
    case 'code':
      if (node.lang === 'mermaid') return [paragraph(chart(text))];
      return node.value.trim() === '' ? [] : [{ type: 'code', value: cut(node.value, MOST_CODE) }];
    default: {
      // Comments and definitions show nothing; what else there is shows as it was typed.
      const children = phrasing([node], text);
      return children.length === 0 ? [] : [paragraph(children)];
    }
  }
}

const chart = ({ file }: Text): PhrasingContent[] => [
  { type: 'emphasis', children: [{ type: 'text', value: `A chart stands here in the file ${file}.` }] },
];

/** A quote holds paragraphs; everything else in it stands behind or before it. */
function quoted(node: Blockquote, text: Text, plain: boolean): RootContent[] {
  const out: RootContent[] = [];
  for (const inner of blocks(node.children, text, plain)) {
    const here = inner.type === 'blockquote' ? inner.children : [inner];
    for (const one of here) {
      const last = out.at(-1);
      if (plain || one.type !== 'paragraph') out.push(one);
      else if (last?.type === 'blockquote') last.children.push(one);
      else out.push({ type: 'blockquote', children: [one] });
    }
  }
  return out;
}

/** At most 300 cells each, the head repeated; lines of text where not even two rows fit. */
function tables(node: Table, text: Text): RootContent[] {
  const [head, ...rows] = node.children.map((row) => ({
    ...row,
    children: row.children.map((cell) => ({ ...cell, children: phrasing(cell.children, text) })),
  }));
  const columns = head?.children.length ?? 0;
  const each = Math.floor(MOST_CELLS / Math.max(1, columns)) - 1;
  if (!head || each < 1) return rowsAsLines(node, text);
  const parts: RootContent[] = [];
  for (let from = 0; from === 0 || from < rows.length; from += each)
    parts.push({
      type: 'table',
      align: node.align ?? null,
      children: [head, ...rows.slice(from, from + each)],
    });
  return parts;
}

function rowsAsLines(node: Table, text: Text): RootContent[] {
  const items = node.children.map((row) => ({
    type: 'listItem' as const,
    spread: false,
    children: [
      paragraph(
        row.children.flatMap((cell, index) => [
          ...(index > 0 ? [{ type: 'text' as const, value: ' · ' }] : []),
          ...or(phrasing(cell.children, text)),
        ]),
      ),
    ] as BlockContent[],
  }));
  return [{ type: 'list', ordered: false, spread: false, children: items }];
}

const or = (children: PhrasingContent[]): PhrasingContent[] =>
  children.length === 0 ? [{ type: 'text', value: '—' }] : children;
