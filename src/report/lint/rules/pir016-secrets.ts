/** PIR016: a secret or personal data in the finished text. */
import type { Finding } from '../problem.ts';
import { plainOf } from '../reading/plain.ts';
import type { Rule } from '../rule.ts';

/** Lines that are cleaned at once; only where that changes something does each line have to be. */
const AT_ONCE = 200;
/** A line is cleaned in pieces of this size that overlap, so that one of a megabyte takes no longer than many. */
const PIECE = 8000;
const OVERLAP = 500;

/** The first place where cleaning changes the text. */
function firstChange(text: string, clean: (text: string) => string): number | undefined {
  const cleaned = clean(text);
  if (cleaned === text) return undefined;
  let index = 0;
  while (index < cleaned.length && cleaned[index] === text[index]) index += 1;
  return index;
}

function inLine(line: string, clean: (text: string) => string): number | undefined {
  for (let from = 0; from < line.length; from += PIECE - OVERLAP) {
    const found = firstChange(line.slice(from, from + PIECE), clean);
    if (found !== undefined) return from + found;
    if (from + PIECE >= line.length) break;
  }
  // Markdown puts backslashes and stars into a token or an address.
  if (!/[\\*_`&]/.test(line) || line.length > PIECE) return undefined;
  const { text, columns } = plainOf(line);
  const found = text === line ? undefined : firstChange(text, clean);
  return found === undefined ? undefined : (columns[found] ?? 0);
}

export const pir016: Rule = {
  code: 'PIR016',
  title: 'A secret or personal data',
  level: 'error',
  finds:
    'The redaction that runs on everything Handrail writes would take something out of this line: a password, a token, a key, an e-mail address, a health number.',
  why: 'A report is copied, and nobody can call the copies back.',
  remedy: 'Take it out of the file; a password or token that stood in it has to be changed.',
  waivable: false,
  check({ paper }, { clean }) {
    if (!clean) return [];
    const findings: Finding[] = [];
    for (let from = 0; from < paper.lines.length; from += AT_ONCE) {
      const lines = paper.lines.slice(from, from + AT_ONCE);
      let found = false;
      for (const [index, line] of lines.entries()) {
        const column = line.length < 5 ? undefined : inLine(line, clean);
        if (column === undefined) continue;
        found = true;
        findings.push({
          place: { line: from + index + 1, column: column + 1 },
          // Never the words themselves: they would be in a terminal's history, or in a waiver.
          about: `line ${from + index + 1}`,
          says: 'This line holds a secret or personal data.',
        });
      }
      if (!found) findings.push(...overLines(lines, from, clean));
    }
    return findings;
  },
};

/** A key of many lines, of which no single line shows it. */
function overLines(lines: readonly string[], from: number, clean: (text: string) => string): Finding[] {
  const text = lines.map((line) => line.slice(0, PIECE)).join('\n');
  if (text.length > 200_000) return [];
  const index = firstChange(text, clean);
  if (index === undefined) return [];
  const before = text.slice(0, index).split('\n');
  const line = from + before.length;
  return [
    {
      place: { line, column: (before.at(-1)?.length ?? 0) + 1 },
      about: `line ${line}`,
      says: 'A secret or personal data begins in this line.',
    },
  ];
}
