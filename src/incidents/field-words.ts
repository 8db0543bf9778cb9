/** Fields of an answer as a person reads them: `exists: no · last exit code: 1`. One form for Slack, terminal and report. */

/**
 * `last_exit_code` and `lastExitCode` as `last exit code`; `podIP` as `pod IP`. What is no field name of ours (a label's
 * key, an environment variable) stays as it is.
 */
export function fieldName(name: string): string {
  if (!/^[a-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$/.test(name)) return name;
  return name
    .replaceAll('_', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase());
}

/** `exists: no · reachable: 3 · expected: 3` */
export function fieldWords(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${fieldName(name)}: ${inlineWords(value)}`)
    .join(' · ');
}

/** A value on one line; an object in a list by its fields. */
export function inlineWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(itemWords).join(', ');
  // The keys of a map may be data, such as labels: as they are.
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, inner]) => `${key}=${inlineWords(inner)}`)
      .join('  ');
  return plainWords(value);
}

/** One item of a list: `name: web-1 · ready: yes`. */
export function itemWords(item: unknown): string {
  const isFields = typeof item === 'object' && item !== null && !Array.isArray(item);
  return isFields ? fieldWords(item as Record<string, unknown>) : inlineWords(item);
}

function plainWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}
