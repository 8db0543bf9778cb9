/** From the Markdown of a section back to what a person would have typed. */

const listed = /^\s*(?:[-*+]|\d{1,3}[.)])\s+\S/;

/** What a section cannot hold: it would be printed as the characters it is written with. */
const notPlain: readonly (readonly [RegExp, string])[] = [
  [/^\s{0,3}#{1,6}\s/, 'a heading'],
  [/^\s*(?:```|~~~)/, 'a block of code'],
  [/^\s*\|.*\|\s*$/, 'a table'],
  [/^\s{0,3}>/, 'a quotation'],
  [/^\s{0,3}(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$/, 'a rule'],
  [/<\/?[a-z][^>]*>/i, 'HTML'],
  [/!\[[^\]]*\]\(/, 'an image'],
];

/** Undefined for a line of a paragraph or of a list. */
export function notTyped(line: string): string | undefined {
  const outside = line.replace(/<!--.*?-->/g, '').replace(/<https?:\/\/[^>\s]*>/g, '');
  return notPlain.find(([shape]) => shape.test(outside))?.[1];
}

/** Escapes and addresses as they were typed. What somebody made bold keeps its stars, as characters. */
function inline(text: string): string {
  return text
    .replace(/<!--.*?-->/g, '')
    .replace(/<(https?:\/\/[^>\s]+)>/g, '$1')
    .replace(/\[([^\]]*)\]\((https?:\/\/[^)\s]+)\)/g, (_, words: string, url: string) =>
      words.replaceAll('\\', '') === url ? url : `${words} (${url})`,
    )
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, code: string) => character(Number.parseInt(code, 16)))
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(amp|lt|gt|quot);/g, (_, name: 'amp' | 'lt' | 'gt' | 'quot') => entities[name])
    .replaceAll('\u2060', '')
    .trimEnd();
}

/** As CommonMark has it: what is no character is shown as one that could not be read. */
const character = (code: number): string =>
  code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\uFFFD' : String.fromCodePoint(code);

const entities = { amp: '&', lt: '<', gt: '>', quot: '"' } as const;

/** Paragraphs, which a file may break anywhere, are one line each; items of a list stay under each other. */
export function typedAgain(lines: readonly string[]): string {
  const blocks: string[] = [];
  let open: 'paragraph' | 'list' | undefined;
  for (const line of lines) {
    if (line.trim() === '') {
      open = undefined;
      continue;
    }
    const text = inline(line);
    const last = blocks.length - 1;
    if (listed.test(line)) {
      const beside = open === 'list';
      blocks.push(beside ? `\n${text}` : `\n\n${text}`);
      open = 'list';
    } else if (open !== undefined) blocks[last] = `${blocks[last]} ${text.trim()}`;
    else {
      blocks.push(`\n\n${text}`);
      open = 'paragraph';
    }
  }
  return blocks.join('').trim();
}
