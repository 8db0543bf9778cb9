/** A text in sentences, each with where it begins. */

export interface Sentence {
  readonly text: string;
  readonly index: number;
}

const abbreviation = /(?:\b(?:e\.g|i\.e|etc|vs|approx|resp|ca|no|dr|mr|mrs|ms)|\b\p{Lu})$/iu;

/** Ends at `.`, `!` or `?` before a blank. Never empty sentences; linear. */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  const add = (to: number): void => {
    const part = text.slice(from, to);
    const trimmed = part.trim();
    if (trimmed !== '')
      sentences.push({ text: trimmed, index: from + part.length - part.trimStart().length });
    from = to;
  };
  for (const mark of text.matchAll(/[.!?…]["”')\]]?(?=\s)/g)) {
    const before = text.slice(Math.max(0, mark.index - 8), mark.index);
    if (mark[0][0] === '.' && abbreviation.test(before)) continue;
    add(mark.index + mark[0].length);
  }
  add(text.length);
  return sentences;
}
