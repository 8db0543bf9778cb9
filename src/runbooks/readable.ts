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
  if (Array.isArray(value)) return value.map((item) => readable(item, format)).join(', ') || 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
