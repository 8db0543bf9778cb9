/** Turns what zod found wrong in a file into problems at their place, with the nearest name where one was misspelt. */
import { z } from 'zod';
import { suggestion } from '../catalog/nearest.ts';
import type { Path, Places, Spot } from './places.ts';
import type { Problem } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What the issue-to-words functions need of the file. `base`: path of the checked value in the file. */
export interface Checked {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly base: Path;
  readonly places: Places;
  readonly file: string;
}

/** One problem per mistake (`RB002`), each at the key or value that is wrong. */
export function schemaProblems(checked: Checked, issues: readonly Issue[]): Problem[] {
  const problems = issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    return one(checked, issue, path);
  });
  // A misspelt key is one mistake: that the right one is missing is not said a second time.
  const meant = new Set(
    problems.flatMap(({ remedy }) => /^Did you mean (.*)\?$/.exec(remedy ?? '')?.[1] ?? []),
  );
  return problems.filter(({ says }) => !meant.has(/^(\S+) is missing\.$/.exec(says)?.[1] ?? ''));
}

function one(checked: Checked, issue: Issue, path: Path): Problem[] {
  const { base, places } = checked;
  const full = [...base, ...path];
  const name = full.findLast((part) => typeof part === 'string') ?? 'the file';
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schemaAt(checked.schema, checked.value, path));
    return issue.keys.map((key) =>
      problem(checked, places.key([...full, key]), `${key} is not known here.`, suggestion(key, known)),
    );
  }
  const value = valueAt(checked.value, path);
  if (value === undefined) {
    const owner = full.slice(0, -1);
    return [problem(checked, places.key(owner), `${String(full.at(-1) ?? 'everything')} is missing.`)];
  }
  if (issue.code === 'invalid_union') {
    const best = bestOption(issue.errors, value);
    if (best !== undefined) {
      return best.flatMap((inner) => {
        const innerPath = inner.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
        return one(checked, inner, [...path, ...innerPath]);
      });
    }
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    return [
      problem(
        checked,
        places.value(full),
        `${name}: ${shown(value)} is not one of ${values.join(', ')}.`,
        typeof value === 'string' ? didYouMean(value, values) : undefined,
      ),
    ];
  }
  if (issue.code === 'invalid_key') {
    const words = issue.issues[0]?.message ?? 'cannot be a name';
    return [problem(checked, places.key(full), `${String(full.at(-1))} ${words}.`)];
  }
  if (issue.code === 'invalid_type') {
    return [
      problem(checked, places.value(full), `${name} must be ${kindOf(issue.expected)}, not ${shown(value)}.`),
    ];
  }
  const words = issue.message.startsWith('Invalid input') ? `is not right: ${shown(value)}` : issue.message;
  return [problem(checked, places.value(full), `${name} ${words.replace(/\.$/, '')}.`)];
}

function problem(checked: Checked, spot: Spot, says: string, remedy?: string): Problem {
  const extra = remedy === undefined ? {} : { remedy };
  return { code: 'RB002', level: 'error', file: checked.file, ...spot, says, ...extra };
}

function didYouMean(value: string, values: readonly string[]): string | undefined {
  const words = suggestion(value, values);
  return words?.startsWith('Did') ? words : undefined;
}

/** The option that the writer most likely meant: the right kind of value, then the fewest mistakes. */
function bestOption(options: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const cost = (issues: readonly Issue[]) =>
    issues.reduce((sum, issue) => {
      const wrongKind = issue.path.length === 0 && issue.code === 'invalid_type';
      const wrongWord =
        issue.path.length === 0 && issue.code === 'invalid_value' && typeof value === 'object';
      const keys = issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
      return sum + (wrongKind || wrongWord ? 100 : keys);
    }, 0);
  return options.toSorted((a, b) => cost(a) - cost(b))[0];
}

function kindOf(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a group of fields',
    record: 'a group of fields',
  };
  return words[expected] ?? expected;
}

function shown(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of fields';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

/** The schema of the value at a path; of a union the option that shares most keys with the value. */
function schemaAt(schema: z.ZodType, value: unknown, path: Path): z.ZodType {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodUnion) {
    const options = (bare.options as z.ZodType[]).map((option) => unwrapped(option));
    const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const shared = (option: z.ZodType) => knownKeys(option).filter((key) => keys.includes(key)).length;
    const best = options.toSorted((a, b) => shared(b) - shared(a))[0];
    return best === undefined || shared(best) === 0 ? bare : schemaAt(best, value, path);
  }
  const [part, ...rest] = path;
  if (part === undefined) return bare;
  const inner = valueAt(value, [part]);
  if (bare instanceof z.ZodObject) {
    const field = (bare.shape as Record<string, z.ZodType>)[part];
    return field === undefined ? bare : schemaAt(field, inner, rest);
  }
  if (bare instanceof z.ZodArray) return schemaAt(bare.element as z.ZodType, inner, rest);
  if (bare instanceof z.ZodRecord) return schemaAt(bare.valueType as z.ZodType, inner, rest);
  return bare;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let bare = schema;
  while (bare instanceof z.ZodOptional || bare instanceof z.ZodDefault) bare = bare.unwrap() as z.ZodType;
  return bare;
}

function knownKeys(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodUnion) {
    return (schema.options as z.ZodType[]).flatMap((option) => knownKeys(unwrapped(option)));
  }
  return [];
}
