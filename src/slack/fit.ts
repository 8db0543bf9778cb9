/** Makes texts and lists of blocks fit what Slack takes, so that no view can be refused for its length. */
import type { Block } from './blocks.ts';

/** Limits of @slack/types 3.2 (facts/slack.md). */
export const MOST = {
  section: 3000,
  header: 150,
  button: 75,
  value: 2000,
  option: 75,
  placeholder: 150,
  label: 2000,
  title: 24,
  topic: 250,
  channelName: 80,
  context: 2000,
  blocks: 50,
  viewBlocks: 100,
  options: 100,
  /** Text of all blocks of a message; measured at about 13,200 (bolt-js issue 2509), so kept under it. */
  messageText: 11_000,
} as const;

/**
 * The text, or its beginning and an ellipsis: at the end of a word unless that would lose half of it, and never inside
 * what people see as one character (an emoji of several code points, a letter with its accent).
 */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = boundary(text, Math.max(0, most - 1));
  const head = text.slice(0, end);
  const space = /\s/.test(text.charAt(end)) ? end : head.search(/\s\S*$/);
  const words = space >= end / 2 ? head.slice(0, space) : head;
  return `${words.replace(/[\s,;:·–-]+$/, '')}…`;
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The last end of a whole character at or before `at`, which lies inside the text. */
function boundary(text: string, at: number): number {
  // What belongs to one character is short: a long text is not read as a whole.
  const from = Math.max(0, at - 100);
  const found = characters.segment(text.slice(from, at + 100)).containing(at - from);
  return found ? from + found.index : at;
}

/** As `cut`, for text that is marked up already: never half of an entity or of a `<…>` token, and code stays closed. */
export function cutMarked(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = text
    .slice(0, boundary(text, Math.max(0, most - 5)))
    .replace(/&[a-z]*$/, '')
    .replace(/<[^>]*$/, '');
  const open = (start.split('```').length - 1) % 2 === 1;
  return open ? `${start}\n…\`\`\`` : `${start}…`;
}

/** Characters of the texts in blocks. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [name, item]) => {
    if (typeof item === 'string') return name === 'text' || name === 'title' ? sum + item.length : sum;
    return sum + textLength(item);
  }, 0);
}

/**
 * Blocks of one message: at most 50 and about 11,000 characters. What is left out is taken before the last block that
 * holds buttons, and a line says so: buttons are never lost.
 */
export function fitBlocks(blocks: readonly Block[]): Block[] {
  const buttons = blocks.findLastIndex((block) => block.type === 'actions');
  const tail = buttons >= 0 ? blocks.slice(buttons, buttons + 3) : [];
  const body = buttons >= 0 ? blocks.slice(0, buttons) : blocks;
  const kept: Block[] = [];
  let left = MOST.messageText - textLength(tail);
  for (const block of body) {
    const size = textLength(block);
    if (kept.length + tail.length >= MOST.blocks - 1 || size > left) break;
    kept.push(block);
    left -= size;
  }
  const missing = body.length - kept.length;
  const says: Block[] =
    missing === 0
      ? []
      : [
          {
            type: 'context',
            elements: [{ type: 'mrkdwn', text: '… shortened: see the thread or the report.' }],
          },
        ];
  return [...kept, ...says, ...tail];
}

/** Joins lines into texts of at most `most` characters each. */
export function joined(lines: readonly string[], most: number = MOST.section): string[] {
  const texts: string[] = [];
  let text = '';
  for (const line of lines) {
    const next = cutMarked(line, most);
    if (text !== '' && text.length + next.length + 1 > most) {
      texts.push(text);
      text = '';
    }
    text = text === '' ? next : `${text}\n${next}`;
  }
  if (text !== '') texts.push(text);
  return texts;
}
