/** A value as people read it in a sentence: sizes and lengths of time with units, lists with commas, yes and no. */
import { readableSeconds } from './duration.ts';
import { readableBytes } from './quantity.ts';
import type { Json } from './runbook.ts';
import type { Format } from './shapes.ts';

/** `format` is the unit that a number has. An empty list is `none`; nothing is an empty text. */
export function readable(value: Json | undefined, format: Format | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (format === 'bytes') return readableBytes(value);
    return format === 'seconds' ? readableSeconds(value) : String(value);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => readable(item, format));
    // A sentence within a list: its full stop would stand before the comma.
    return items.map((text, n) => (n < items.length - 1 ? withoutStop(text) : text)).join(', ') || 'none';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A template with its values put in: a value that ends a sentence, before a full stop of the template, ends it once. */
export function withValues(parts: readonly string[]): string {
  return parts.reduce((text, part) => (/^\.(?:\s|$)/.test(part) ? withoutStop(text) : text) + part, '');
}

/** Without the full stop of a sentence; a single word, such as a name in DNS, is as it is. */
function withoutStop(text: string): string {
  return /\s.*[^.\s]\.$/s.test(text) ? text.slice(0, -1) : text;
}
