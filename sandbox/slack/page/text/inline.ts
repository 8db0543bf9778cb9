// Reads what stands inside one line of mrkdwn: marks, code, tokens in angle brackets, addresses and emoji.

import { type Inline, isSafeUrl } from './nodes.ts';

export const unescape = (text: string): string =>
  text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: '&', lt: '<', gt: '>' })[name as string] ?? '');

const marks = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const WORD = /[\p{L}\p{N}]/u;

const plainText = (text: string): Inline[] => (text === '' ? [] : [{ t: 'text', text: unescape(text) }]);

function token(body: string): Inline | undefined {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? undefined : unescape(body.slice(bar + 1));
  const labelled = label === undefined || label === '' ? {} : { label };
  const mention = /^([@#])([A-Z0-9]+)$/.exec(target);
  if (mention !== null)
    return { t: mention[1] === '@' ? 'user' : 'channel', id: mention[2] ?? '', ...labelled };
  const group = /^!subteam\^([A-Z0-9]+)$/.exec(target);
  if (group !== null) return { t: 'group', id: group[1] ?? '', ...labelled };
  const broadcast = /^!(here|channel|everyone)$/.exec(target);
  if (broadcast !== null) return { t: 'broadcast', range: broadcast[1] ?? '' };
  const date = /^!date\^(\d+)\^([^^]*)(?:\^(.+))?$/.exec(target);
  if (date !== null)
    return {
      t: 'date',
      at: Number(date[1]),
      format: unescape(date[2] ?? ''),
      ...(date[3] === undefined ? {} : { url: unescape(date[3]) }),
      fallback: label ?? '',
    };
  const url = unescape(target);
  if (!isSafeUrl(url)) return label === undefined ? undefined : { t: 'text', text: label };
  return { t: 'link', url, inner: [{ t: 'text', text: label || url.replace(/^mailto:/i, '') }] };
}

/** The index of the mark that closes the one at `at`, or -1. It must touch what it marks, and no letter may follow. */
function closing(text: string, at: number, mark: string): number {
  const before = text[at - 1];
  if (before !== undefined && (WORD.test(before) || before === mark)) return -1;
  const first = text[at + 1];
  if (first === undefined || /\s/.test(first) || first === mark) return -1;
  for (let end = at + 2; end < text.length; end += 1) {
    // What is in angle brackets or in backticks is no mark.
    if (text[end] === '<') {
      const close = text.indexOf('>', end);
      if (close > 0) end = close;
    } else if (text[end] === '`') {
      const close = text.indexOf('`', end + 1);
      if (close > 0) end = close;
    } else if (text[end] === mark && !/\s/.test(text[end - 1] ?? ' ')) {
      const after = text[end + 1];
      if (after === undefined || (!WORD.test(after) && after !== mark)) return end;
    }
  }
  return -1;
}

const URL_HERE = /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]*_~`]/;
const EMOJI_HERE = /^:([a-z0-9+_'-]+):(?!:)/;

/** One line without line breaks, escaped as Slack escapes it. */
export function inlineOf(line: string): Inline[] {
  const found: Inline[] = [];
  let plain = '';
  const put = (node: Inline) => {
    found.push(...plainText(plain), node);
    plain = '';
  };
  for (let at = 0; at < line.length; ) {
    const char = line[at] ?? '';
    const rest = line.slice(at);
    if (char === '`') {
      const end = line.indexOf('`', at + 1);
      if (end > at + 1) {
        put({ t: 'code', text: unescape(line.slice(at + 1, end)) });
        at = end + 1;
        continue;
      }
    } else if (char === '<') {
      const end = line.indexOf('>', at);
      const node = end > at ? token(line.slice(at + 1, end)) : undefined;
      if (node !== undefined) {
        put(node);
        at = end + 1;
        continue;
      }
    } else if (char === '*' || char === '_' || char === '~') {
      const end = closing(line, at, char);
      if (end > 0) {
        put({ t: marks[char], inner: inlineOf(line.slice(at + 1, end)) });
        at = end + 1;
        continue;
      }
    } else if (char === ':') {
      const name = EMOJI_HERE.exec(rest)?.[1];
      if (name !== undefined && /[a-z+]/.test(name) && !/[\p{L}\p{N}]$/u.test(line.slice(0, at))) {
        put({ t: 'emoji', name });
        at += name.length + 2;
        continue;
      }
    } else if (char === 'h') {
      const url = /[\p{L}\p{N}]$/u.test(line.slice(0, at)) ? undefined : URL_HERE.exec(rest)?.[0];
      if (url !== undefined) {
        put({ t: 'link', url: unescape(url), inner: [{ t: 'text', text: unescape(url) }] });
        at += url.length;
        continue;
      }
    }
    plain += char;
    at += 1;
  }
  found.push(...plainText(plain));
  return found;
}
