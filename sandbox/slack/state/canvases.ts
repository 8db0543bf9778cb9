// The canvas of a channel: what is in it, what its parts are, and which Markdown a canvas takes.

import type { Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Channel } from './channels.ts';
import { emit, type Workspace } from './workspace.ts';

/** `one a channel`; `none` where the plan has no canvases; `disabled` where they are turned off. */
export type CanvasPolicy = 'one a channel' | 'none' | 'disabled';

export interface Canvas {
  id: string;
  title: string;
  markdown: string;
  by: string;
}

const MOST_CHARACTERS = 100_000;
const MOST_CELLS = 300;

/** Makes the channel's canvas, by the bot or by a person. */
export function makeCanvas(
  ws: Workspace,
  channel: Channel,
  draft: { title: string; markdown: string; by: string },
): Canvas {
  const canvas = { id: ws.ids.next('F'), ...draft };
  channel.canvas = canvas;
  emit(ws, { type: 'canvas_changed', channel });
  return canvas;
}

export function writeCanvas(ws: Workspace, channel: Channel, canvas: Canvas, markdown: string): void {
  canvas.markdown = markdown;
  emit(ws, { type: 'canvas_changed', channel });
}

/** As `conversations.info` shows it. */
export function canvasProperties(canvas: Canvas | undefined): Record<string, unknown> {
  if (canvas === undefined) return {};
  const { id, markdown } = canvas;
  return {
    properties: {
      canvas: { file_id: id, is_empty: markdown.trim() === '', quip_thread_id: `${id}Q` },
      tabs: [{ id: `Ct${id}`, label: '', type: 'canvas', data: { file_id: id } }],
    },
  };
}

const parsed = (markdown: string) =>
  fromMarkdown(markdown, { extensions: [gfmTable()], mdastExtensions: [gfmFromMarkdown()] });

function textOf(node: Nodes): string {
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map((child) => textOf(child)).join('') : '';
}

interface Part {
  id: string;
  /** `h1`, `h2`, `h3`, or what else it is. */
  type: string;
  text: string;
}

/** What `canvases.sections.lookup` finds things in: its text is as people read it. */
export function partsOf({ id, markdown }: Canvas): Part[] {
  return parsed(markdown).children.map((node, index) => ({
    id: `temp:C:${id}${index}`,
    type: node.type === 'heading' ? `h${node.depth}` : node.type,
    text: textOf(node),
  }));
}

/** Why Slack would not take the document, in the words of its `detail`; undefined when it does. */
export function markdownProblem(markdown: string): string | undefined {
  if (markdown.length > MOST_CHARACTERS) return `longer than ${MOST_CHARACTERS} characters`;
  for (const node of parsed(markdown).children) {
    const found = problemOf(node, undefined);
    if (found !== undefined) return `'content' error: line ${node.position?.start.line ?? 0}: ${found}`;
  }
  return undefined;
}

function problemOf(node: RootContent, list: boolean | undefined): string | undefined {
  switch (node.type) {
    case 'heading':
      if (node.depth > 3) return 'Unsupported heading level';
      break;
    case 'html':
      return 'Unsupported HTML';
    case 'image':
      if (!/^[@#]|^https?:/.test(node.url)) return 'Unsupported image';
      break;
    case 'table':
      if (list !== undefined) return 'Unsupported table in a list';
      if (node.children.reduce((sum, row) => sum + row.children.length, 0) > MOST_CELLS)
        return 'Unsupported table type';
      break;
    case 'code':
    case 'blockquote':
      if (list !== undefined) return `Unsupported block in a list: ${node.type}`;
      break;
    case 'list': {
      const ordered = node.ordered === true;
      if (list !== undefined && list !== ordered) return 'Unsupported list in a list of another kind';
      return firstProblem(node.children, ordered);
    }
    default:
      break;
  }
  return 'children' in node ? firstProblem(node.children, list) : undefined;
}

function firstProblem(nodes: readonly RootContent[], list: boolean | undefined): string | undefined {
  for (const node of nodes) {
    const found = problemOf(node, list);
    if (found !== undefined) return found;
  }
  return undefined;
}
