/** Words of another program for one line of ours: redacted first and cut then, because half a secret is not known as one. */
import { type RedactOptions, redact } from '../redact.ts';

/** One line of at most `most` characters; `…` stands for the rest. */
export function shortWords(text: string, most: number, options: RedactOptions = {}): string {
  // A program may print without end; what is cut off here is far behind what is shown.
  const line = redact(text.slice(0, 100 * most), options)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
