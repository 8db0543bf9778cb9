// Reads Slack's mrkdwn: code blocks and quotes first, then what stands inside a line.

import { inlineOf, unescape } from './inline.ts';
import type { Inline, Part } from './nodes.ts';

const QUOTE = /^(?:&gt;|>) ?/;
const REST_QUOTE = /^(?:&gt;|>){3} ?/;

function lines(list: readonly string[]): Inline[] {
  return list.flatMap((line, at) => [...(at === 0 ? [] : [{ t: 'break' } as const]), ...inlineOf(line)]);
}

function outsideCode(text: string): Part[] {
  const parts: Part[] = [];
  let plain: string[] = [];
  let quoted: string[] = [];
  const endPlain = () => {
    if (plain.some((line) => line.trim() !== '')) parts.push({ t: 'paragraph', inner: lines(plain) });
    plain = [];
  };
  const endQuote = () => {
    if (quoted.length > 0) parts.push({ t: 'quote', parts: [{ t: 'paragraph', inner: lines(quoted) }] });
    quoted = [];
  };
  const all = text.split('\n');
  for (const [at, line] of all.entries()) {
    if (REST_QUOTE.test(line)) {
      endPlain();
      endQuote();
      quoted = [line.replace(REST_QUOTE, ''), ...all.slice(at + 1)];
      break;
    }
    if (QUOTE.test(line)) {
      endPlain();
      quoted.push(line.replace(QUOTE, ''));
    } else {
      endQuote();
      plain.push(line);
    }
  }
  endPlain();
  endQuote();
  return parts;
}

/** Mrkdwn as a message or a text object holds it, `&`, `<` and `>` escaped. Nothing is refused: what is no mark stays text. */
export function mrkdwn(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const block of text.matchAll(/```\n?([\s\S]*?)```/g)) {
    if ((block[1] ?? '').trim() === '') continue;
    parts.push(...outsideCode(text.slice(from, block.index).replace(/\n$/, '')));
    parts.push({ t: 'code', text: unescape(withoutTokens(block[1] ?? '')).replace(/\n$/, '') });
    from = block.index + block[0].length;
    if (text[from] === '\n') from += 1;
  }
  parts.push(...outsideCode(text.slice(from)));
  return parts;
}

/** In code the tokens of links show their text only. */
function withoutTokens(text: string): string {
  return text.replace(/<((?:https?:\/\/|mailto:)[^<>|]+)(?:\|([^<>]*))?>/g, (_, url, label) => label ?? url);
}
