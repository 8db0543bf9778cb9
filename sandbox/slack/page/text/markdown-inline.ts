// Reads what stands inside a paragraph of Markdown: emphasis, code, links, escapes and line breaks.

import { type Inline, isSafeUrl } from './nodes.ts';

const URL_HERE = /^https?:\/\/[^\s<>]*[^\s<>.,;:!?'")\]*_~`]/;
const ESCAPED = /^\\([!-/:-@[-`{-~])/;
const LINK = /^!?\[((?:\\.|[^\]\\])*)\]\(\s*<?([^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+"[^"]*")?\s*\)/;
const EMPHASIS = [
  ['**', 'bold'],
  ['__', 'bold'],
  ['~~', 'strike'],
  ['*', 'italic'],
  ['_', 'italic'],
] as const;

function emphasis(text: string, at: number): { node: Inline; end: number } | undefined {
  for (const [mark, t] of EMPHASIS) {
    if (!text.startsWith(mark, at)) continue;
    const from = at + mark.length;
    if (/^\s|^$/.test(text.slice(from, from + 1))) return undefined;
    if (mark.startsWith('_') && /[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')) return undefined;
    for (let end = from + 1; end <= text.length - mark.length; end += 1) {
      if (text[end] === '\\') {
        end += 1;
        continue;
      }
      if (!text.startsWith(mark, end) || /\s/.test(text[end - 1] ?? ' ')) continue;
      if (mark.length === 1 && text[end + 1] === mark) {
        end += 1;
        continue;
      }
      if (mark.startsWith('_') && /[\p{L}\p{N}]/u.test(text[end + mark.length] ?? ' ')) continue;
      return { node: { t, inner: markdownInline(text.slice(from, end)) }, end: end + mark.length };
    }
  }
  return undefined;
}

function code(text: string, at: number): { node: Inline; end: number } | undefined {
  const fence = /^`+/.exec(text.slice(at))?.[0] ?? '`';
  let end = text.indexOf(fence, at + fence.length);
  while (end > 0 && text[end + fence.length] === '`') {
    const run = /^`+/.exec(text.slice(end))?.[0].length ?? 1;
    end = run === fence.length ? end : text.indexOf(fence, end + run);
    if (run === fence.length) break;
  }
  if (end < 0) return undefined;
  const inside = text.slice(at + fence.length, end).replace(/\n/g, ' ');
  return {
    node: { t: 'code', text: /^ .* $/.test(inside) && inside.trim() !== '' ? inside.slice(1, -1) : inside },
    end: end + fence.length,
  };
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

/** A paragraph's text; its line breaks are soft unless two blanks or a backslash stand before them. */
export function markdownInline(text: string): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  let at = 0;
  const flush = () => {
    if (plain !== '') found.push({ t: 'text', text: plain });
    plain = '';
  };
  const put = (node: Inline, end: number) => {
    flush();
    found.push(node);
    at = end;
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const char = rest[0] ?? '';
    const escaped = char === '\\' ? ESCAPED.exec(rest) : null;
    if (escaped !== null) {
      plain += escaped[1];
      at += 2;
      continue;
    }
    const hard = /^(?: {2,}|\\)\n/.exec(rest);
    if (hard !== null) {
      put({ t: 'break' }, at + hard[0].length);
      continue;
    }
    const entity = char === '&' ? /^&(amp|lt|gt|quot|nbsp);/.exec(rest) : null;
    if (entity !== null) {
      plain += entities[entity[1] ?? ''];
      at += entity[0].length;
      continue;
    }
    const link = char === '[' || char === '!' ? LINK.exec(rest) : null;
    if (link !== null) {
      const [all, label = '', url = ''] = link;
      const inner = markdownInline(label === '' ? url : label);
      if (isSafeUrl(url)) put({ t: 'link', url, inner }, at + all.length);
      else {
        flush();
        found.push(...inner);
        at += all.length;
      }
      continue;
    }
    const auto = char === '<' ? /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/i.exec(rest) : null;
    if (auto !== null) {
      const url = auto[1] ?? '';
      put({ t: 'link', url, inner: [{ t: 'text', text: url }] }, at + auto[0].length);
      continue;
    }
    const bare =
      char === 'h' && !/[\p{L}\p{N}]$/u.test(text.slice(0, at)) ? URL_HERE.exec(rest)?.[0] : undefined;
    if (bare !== undefined) {
      put({ t: 'link', url: bare, inner: [{ t: 'text', text: bare }] }, at + bare.length);
      continue;
    }
    const marked = char === '`' ? code(text, at) : '*_~'.includes(char) ? emphasis(text, at) : undefined;
    if (marked !== undefined) {
      put(marked.node, marked.end);
      continue;
    }
    plain += char === '\n' ? ' ' : char;
    at += 1;
  }
  flush();
  return found;
}
