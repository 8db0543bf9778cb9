/** Words of another program for one line of ours: redacted first and cut then, because half a secret is not known as one. */
import { type RedactOptions, redact } from '../redact.ts';

/** One line of at most `most` characters; `…` stands for the rest. Of a web page its text, of bytes what can be read. */
export function shortWords(text: string, most: number, options: RedactOptions = {}): string {
  // A program may print without end; what is cut off here is far behind what is shown.
  const line = redact(textOf(text.slice(0, 100 * most)), options)
    .replace(/[\s\p{Cc}\ufffd]+/gu, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** A proxy or a login page on the way answers with markup: people need to know that, and what it says. */
function textOf(text: string): string {
  if (!/<(!doctype|html|head|body)\b/i.test(text)) return text;
  const said = text
    .replace(/<(script|style)\b[^<]*/gi, ' ')
    .replace(/<[^>]*>?|^[^<]*doctype[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return said === '' ? 'a web page' : `a web page (${said})`;
}
