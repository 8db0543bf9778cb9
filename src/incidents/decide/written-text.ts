/** A text that a person wrote for the report, as it is kept. */
import { Refused } from '../refused.ts';

/**
 * Without blanks at its ends and with plain line ends. Throws Refused when it is longer than `most` characters, or
 * empty and `whenEmpty` says what is missing.
 */
export function writtenText(text: string, most: number, whenEmpty: string): string {
  const kept = text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
  if (kept === '' && whenEmpty !== '') throw new Refused('empty', whenEmpty);
  if (kept.length > most)
    throw new Refused(
      'long',
      `This has ${kept.length} characters; at most ${most} are kept. Make it shorter.`,
    );
  return kept;
}
