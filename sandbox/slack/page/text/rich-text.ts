// Reads rich_text blocks: Slack's own form of formatted text, already taken apart.

import { type Inline, isSafeUrl, type Part } from './nodes.ts';

type Json = Record<string, unknown>;

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const string = (value: unknown): string => (typeof value === 'string' ? value : '');

function styled(node: Inline, style: unknown): Inline {
  const wanted = (style ?? {}) as Record<string, unknown>;
  let result = node;
  if (wanted.code === true && node.t === 'text') result = { t: 'code', text: node.text };
  for (const t of ['bold', 'italic', 'strike'] as const)
    if (wanted[t] === true) result = { t, inner: [result] };
  return result;
}

function leaf(element: Json): Inline[] {
  const { type, style } = element;
  switch (type) {
    case 'text':
      return string(element.text)
        .split('\n')
        .flatMap((text, at): Inline[] => [
          ...(at === 0 ? [] : [{ t: 'break' } as const]),
          ...(text === '' ? [] : [styled({ t: 'text', text }, style)]),
        ]);
    case 'link': {
      const url = string(element.url);
      const text: Inline = styled({ t: 'text', text: string(element.text) || url }, style);
      return [isSafeUrl(url) ? { t: 'link', url, inner: [text] } : text];
    }
    case 'emoji':
      return [{ t: 'emoji', name: string(element.name) }];
    case 'user':
      return [{ t: 'user', id: string(element.user_id) }];
    case 'channel':
      return [{ t: 'channel', id: string(element.channel_id) }];
    case 'usergroup':
      return [{ t: 'group', id: string(element.usergroup_id) }];
    case 'broadcast':
      return [{ t: 'broadcast', range: string(element.range) }];
    case 'date':
      return [
        {
          t: 'date',
          at: Number(element.timestamp),
          format: string(element.format),
          ...(typeof element.url === 'string' ? { url: element.url } : {}),
          fallback: string(element.fallback),
        },
      ];
    default:
      return [{ t: 'code', text: string(element.value) || `(${string(type)})` }];
  }
}

const line = (elements: unknown): Inline[] => list(elements).flatMap(leaf);

/** A `rich_text` block's elements. What is not known is shown by its type's name. */
export function richText(elements: unknown): Part[] {
  return list(elements).map((element): Part => {
    switch (element.type) {
      case 'rich_text_section':
        return { t: 'paragraph', inner: line(element.elements) };
      case 'rich_text_quote':
        return { t: 'quote', parts: [{ t: 'paragraph', inner: line(element.elements) }] };
      case 'rich_text_preformatted':
        return {
          t: 'code',
          text: list(element.elements)
            .map((each) => string(each.text) || string(each.url))
            .join(''),
        };
      case 'rich_text_list':
        return {
          t: 'list',
          ordered: element.style === 'ordered',
          start: Number(element.offset ?? 0) + 1,
          items: list(element.elements).map((each) => ({
            indent: Number(element.indent ?? 0),
            inner: line(each.elements),
          })),
        };
      default:
        return { t: 'paragraph', inner: [{ t: 'code', text: `(${string(element.type)})` }] };
    }
  });
}
