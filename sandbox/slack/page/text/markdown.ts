// Reads the Markdown that the bot writes (reports and `markdown` blocks): a part of the language, enough to read it well.

import { markdownInline } from './markdown-inline.ts';
import type { Inline, Item, Part } from './nodes.ts';

const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const FENCE = /^\s*(```+|~~~+)\s*(\S*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

const cells = (line: string): Inline[][] =>
  line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => markdownInline(cell.replace(/\\\|/g, '|').trim()));

const task = (text: string): string => text.replace(/^\[ \]\s/, '☐ ').replace(/^\[[xX]\]\s/, '☑ ');

interface Lines {
  all: readonly string[];
  at: number;
}

function fenced(lines: Lines): Part {
  const mark = FENCE.exec(lines.all[lines.at] ?? '')?.[1] ?? '```';
  const inside: string[] = [];
  lines.at += 1;
  while (lines.at < lines.all.length && !lines.all[lines.at]?.trim().startsWith(mark)) {
    inside.push(lines.all[lines.at] ?? '');
    lines.at += 1;
  }
  lines.at += 1;
  return { t: 'code', text: inside.join('\n') };
}

function list(lines: Lines): Part {
  const first = ITEM.exec(lines.all[lines.at] ?? '');
  const items: (Omit<Item, 'inner'> & { text: string })[] = [];
  const ordered = first?.[2] !== undefined;
  while (lines.at < lines.all.length) {
    const line = lines.all[lines.at] ?? '';
    const match = ITEM.exec(line);
    const last = items.at(-1);
    if (match !== null) {
      const indent = Math.floor((match[1] ?? '').replace(/\t/g, '    ').length / 2);
      if (indent === 0 && (match[2] !== undefined) !== ordered) break;
      items.push({ indent: Math.min(indent, 8), text: task(match[3] ?? '') });
    } else if (line.trim() === '') {
      // A blank line ends the list unless an item or more of the last one follows.
      const next = lines.all[lines.at + 1] ?? '';
      if (!ITEM.test(next) && !/^\s{2,}\S/.test(next)) break;
    } else if (/^\s+\S/.test(line) && last !== undefined) last.text += `\n${line.trim()}`;
    else break;
    lines.at += 1;
  }
  return {
    t: 'list',
    ordered,
    start: Number(first?.[2] ?? 1),
    items: items.map(({ text, indent }) => ({ indent, inner: markdownInline(text) })),
  };
}

function quote(lines: Lines): Part {
  const inside: string[] = [];
  while (/^ {0,3}>/.test(lines.all[lines.at] ?? '')) {
    inside.push((lines.all[lines.at] ?? '').replace(/^ {0,3}> ?/, ''));
    lines.at += 1;
  }
  return { t: 'quote', parts: markdown(inside.join('\n')) };
}

function table(lines: Lines): Part {
  const head = cells(lines.all[lines.at] ?? '');
  const rows: Inline[][][] = [];
  lines.at += 2;
  while (/\|/.test(lines.all[lines.at] ?? '')) {
    rows.push(cells(lines.all[lines.at] ?? ''));
    lines.at += 1;
  }
  return { t: 'table', head, rows };
}

const startsPart = (line: string): boolean =>
  FENCE.test(line) || HEADING.test(line) || RULE.test(line) || ITEM.test(line) || /^ {0,3}>/.test(line);

/** CommonMark's usual parts and GFM's tables, tasks and strikes; HTML is shown as the text it is. */
export function markdown(text: string): Part[] {
  const parts: Part[] = [];
  const lines: Lines = { all: text.replace(/\r\n?/g, '\n').split('\n'), at: 0 };
  while (lines.at < lines.all.length) {
    const line = lines.all[lines.at] ?? '';
    const heading = HEADING.exec(line);
    const isTable = line.includes('|') && TABLE_LINE.test(lines.all[lines.at + 1] ?? '');
    if (line.trim() === '') lines.at += 1;
    else if (FENCE.test(line)) parts.push(fenced(lines));
    else if (heading !== null) {
      parts.push({ t: 'heading', level: heading[1]?.length ?? 1, inner: markdownInline(heading[2] ?? '') });
      lines.at += 1;
    } else if (RULE.test(line)) {
      parts.push({ t: 'rule' });
      lines.at += 1;
    } else if (/^ {0,3}>/.test(line)) parts.push(quote(lines));
    else if (ITEM.test(line)) parts.push(list(lines));
    else if (isTable) parts.push(table(lines));
    else {
      const from = lines.at;
      lines.at += 1;
      while (lines.all[lines.at]?.trim() && !startsPart(lines.all[lines.at] ?? '')) lines.at += 1;
      parts.push({ t: 'paragraph', inner: markdownInline(lines.all.slice(from, lines.at).join('\n')) });
    }
  }
  return parts;
}
