/** Redacts the lines of the bot's own log: errors of libraries carry requests, addresses and answers. */
import { isName, redact } from '../redact.ts';
import { everyText } from './every-text.ts';
import { GONE, SECRET_NAMES } from './rules.ts';

const NAMED_SECRET = new RegExp(`${SECRET_NAMES}$`, 'i');

/** One line as pino writes it: JSON and a line end. For pino's `hooks.streamWrite`. */
export function cleanLine(line: string): string {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return redact(line);
  }
  return `${JSON.stringify(withoutNamed(everyText(entry, clean)))}\n`;
}

function clean(text: string): string {
  return redact(text, { exact: isName(text) });
}

/** `"password": "x"` is a field and its value, which no pattern over texts sees together. */
function withoutNamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      typeof one === 'string' && NAMED_SECRET.test(key) ? GONE : withoutNamed(one),
    ]),
  );
}
