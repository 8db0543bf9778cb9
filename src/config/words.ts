/** zod's issues in the words of a person who edits handrail.yaml: what is wrong, and what to do. */
import type { z } from 'zod';
import { nearest } from '../catalog/nearest.ts';
import { type ConfigProblem, quoted } from './problem.ts';
import type { Path, YamlFile } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

const BETWEEN = ' — ';

/** A message of the schema that holds both halves. */
export function says(what: string, todo: string): string {
  return what + BETWEEN + todo;
}

/** Every issue at its place. A missing key is not told again where a misspelling of it was found beside. */
export function problemsOf(issues: readonly Issue[], yaml: YamlFile): ConfigProblem[] {
  const flat = issues.flatMap((issue) => flatten(issue, []));
  const meant = new Set(
    flat.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => place([...issue.path, nearest(key, issue.message.split(' ')) ?? '']))
        : [],
    ),
  );
  return flat.flatMap((issue) =>
    isMissing(issue, yaml) && meant.has(place(issue.path)) ? [] : told(issue, yaml),
  );
}

/** Of a union only the branch that came nearest says something useful: the one for a value of that type. */
function flatten(issue: Issue, above: Path): Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branches = issue.errors.map((branch) => [...branch]);
    const inside = branches.find(
      (branch) => !branch.some((one) => one.code === 'invalid_type' && one.path.length === 0),
    );
    return (inside ?? branches[0] ?? []).flatMap((one) => flatten(one, path));
  }
  return [{ ...issue, path: [...path] }];
}

function told(issue: Issue, yaml: YamlFile): ConfigProblem[] {
  const { path } = issue;
  const key = String(path.at(-1) ?? '');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) =>
      yaml.problemAtKey(
        path,
        unknown,
        `unknown key ${quoted(unknown)}`,
        keyRemedy(unknown, issue.message.split(' ')),
      ),
    );
  }
  if (issue.code === 'invalid_key') {
    const [what, todo] = halves(issue.issues[0]?.message ?? '');
    return [yaml.problemAtKey(path.slice(0, -1), key, `${quoted(key)} ${what}`, todo)];
  }
  if (isMissing(issue, yaml)) {
    const what = `${quoted(key)} is missing`;
    return [yaml.problemAt(path, what, `add ${key}: ${sample(issue)}`)];
  }
  const subject = typeof path.at(-1) === 'number' ? `item ${Number(key) + 1}` : key === '' ? 'the file' : key;
  if (issue.code === 'invalid_type') {
    const [what, todo] = typeWords(issue.expected, valueAt(yaml.data, path));
    return [yaml.problemAt(path, `${subject} ${what}`, todo)];
  }
  if (issue.code === 'invalid_value' || issue.code === 'invalid_union') {
    const known = (issue.code === 'invalid_value' ? issue.values : optionsOf(issue)).map(String);
    const value = valueAt(yaml.data, path);
    const near = typeof value === 'string' ? nearest(value, known) : undefined;
    const todo = near ? `did you mean ${near}?` : `write one of ${known.join(', ')}`;
    const shown = typeof value === 'string' ? quoted(value) : 'this value';
    return [yaml.problemAt(path, `${subject} cannot be ${shown}`, todo)];
  }
  const [what, todo] = halves(issue.message);
  return [yaml.problemAt(path, `${subject} ${what}`, todo)];
}

function optionsOf(issue: Issue): readonly unknown[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
}

function halves(message: string): [string, string] {
  const at = message.indexOf(BETWEEN);
  return at < 0 ? ['is not right', message] : [message.slice(0, at), message.slice(at + BETWEEN.length)];
}

function keyRemedy(key: string, known: readonly string[]): string {
  if (/pass(word|wd)?$|secret|token/i.test(key)) {
    return known.includes('password_from')
      ? 'secrets do not belong in this file: write password_from: and the name of an environment variable'
      : 'secrets do not belong in this file: put them in the environment (.env.example)';
  }
  const near = nearest(key, known);
  return near ? `did you mean ${near}?` : `remove it; known here: ${known.join(', ')}`;
}

function typeWords(expected: string, value: unknown): [string, string] {
  if (value === null) {
    return ['is empty', 'give it a value (text that starts with # needs quotes), or remove the line'];
  }
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return [`is read as a ${typeof value}`, 'put it in quotes'];
  }
  if (expected === 'array') return ['must be a list', 'write each item on a line that starts with "- "'];
  if (expected === 'object' || expected === 'record')
    return ['must be a map', 'write "key: value" lines under it'];
  if (expected === 'boolean') return ['must be true or false', 'write true or false, without quotes'];
  return ['must be text', 'write one value here'];
}

function sample(issue: Issue): string {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ');
  if (issue.code === 'invalid_union') return optionsOf(issue).map(String).join(' or ');
  if (issue.code === 'invalid_type' && issue.expected === 'boolean') return 'true or false';
  return '...';
}

/** A key that is not in the file at all (a key without a value is there, and empty). */
function isMissing(issue: Issue, yaml: YamlFile): boolean {
  if (!['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code)) return false;
  return issue.path.length > 0 && valueAt(yaml.data, issue.path) === undefined;
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = Reflect.get(value, segment);
  }
  return value;
}

function place(path: Path): string {
  return JSON.stringify(path.map(String));
}
