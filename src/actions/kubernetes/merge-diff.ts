/** The difference between two JSON values: as a merge patch, and as lines that people read. */

type Json = unknown;

const isMap = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The JSON merge patch (RFC 7396) that makes `to` out of `from`; undefined when they are the same. */
export function mergeDiff(from: Json, to: Json): Json {
  if (!isMap(from) || !isMap(to)) return same(from, to) ? undefined : to;
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const change = key in from ? mergeDiff(from[key], value) : value;
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

export interface Line {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** Each value that differs, named by its path; entries of a list by their `name` where they have one. */
export function diffLines(from: Json, to: Json, path = ''): Line[] {
  if (same(from, to)) return [];
  const [a, b] = [keyed(from), keyed(to)];
  if (!a || !b) return [{ field: path, before: short(from), after: short(to) }];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    diffLines(a[key], b[key], path === '' ? key : `${path}.${key}`),
  );
}

/** A map, or a list whose entries have names of their own, as a map; undefined for everything else. */
function keyed(value: Json): Record<string, Json> | undefined {
  if (isMap(value)) return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const named = value.map((one) => [isMap(one) ? one['name'] : undefined, one] as const);
  const names = new Set(named.map(([name]) => name));
  if (names.size !== value.length || !named.every(([name]) => typeof name === 'string')) return undefined;
  return Object.fromEntries(named) as Record<string, Json>;
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key])]),
  );
}

const LONGEST = 200;

function short(value: Json): string {
  if (value === undefined) return 'not set';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}
