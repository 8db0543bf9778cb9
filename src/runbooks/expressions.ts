/**
 * CEL behind one door: the only file that knows the engine.
 *
 * Units. Sizes are whole bytes and lengths of time whole seconds, plain `int` in CEL, so that arithmetic, arguments
 * and JSON stay simple. A field says its unit by `.meta({ format: 'bytes' | 'seconds' })` and `render` prints it for
 * people. `quantity("16Mi")` is bytes; `duration("2h")` is CEL's own and compares with seconds from the right:
 * `out.age_seconds < duration("2h")`.
 *
 * What may be missing (an optional output, a step that may have been skipped) is read with `.?` and given a value
 * with `.orValue(...)`; `render` prints an empty one as nothing and `resolve` leaves the argument out.
 */
import { Environment, EvaluationError, type ParseResult } from '@marcbachmann/cel-js';
import { classOf, fromCel, isDuration, toCel } from './cel-values.ts';
import { readableSeconds } from './duration.ts';
import { type ExpressionNode, type ExpressionProblem, readExpression } from './expression-reading.ts';
import { foundIn } from './linear-pattern.ts';
import { parseQuantity } from './quantity.ts';
import { readable, withValues } from './readable.ts';
import type { Arguments, Expression, Json, Template } from './runbook.ts';
import type { Scope, ScopeTypes } from './scope-types.ts';
import type { Format, ObjectShape, Shape } from './shapes.ts';
import { hasPlaces, onlyExpression, splitTemplate } from './template.ts';

export type { Scope, ScopeTypes } from './scope-types.ts';
export { scopeTypes } from './scope-types.ts';

/** An expression that the values at hand do not answer. `message` is for a person. */
export class ExpressionFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExpressionFailed';
  }
}

/** CEL's name of the result, such as `bool`, `list<string>` or `optional<int>`. */
export interface Checked {
  readonly type: string;
  readonly format?: Format;
  readonly sensitive: boolean;
}

export type CheckResult = Checked | { readonly problems: readonly ExpressionProblem[] };

type Compiled = { readonly parsed: ParseResult } & Checked;

const base = new Environment({
  enableOptionalTypes: true,
  limits: { maxAstNodes: 500, maxDepth: 40, maxListElements: 100, maxMapEntries: 100 },
})
  .registerFunction('quantity(string): int', (text: string) => {
    const bytes = parseQuantity(text);
    if (bytes === undefined) throw new Error(`${text} is not an amount such as 16Mi`);
    return bytes;
  })
  .registerFunction('found(string, string): bool', foundIn);
const duration = 'google.protobuf.Duration';
type Seconds = { readonly seconds: bigint };
base
  .registerOperator(`int < ${duration}`, (a: bigint, b: Seconds) => a < b.seconds)
  .registerOperator(`int <= ${duration}`, (a: bigint, b: Seconds) => a <= b.seconds)
  .registerOperator(`int > ${duration}`, (a: bigint, b: Seconds) => a > b.seconds)
  .registerOperator(`int >= ${duration}`, (a: bigint, b: Seconds) => a >= b.seconds);

/** The parsed expression, with where everything in it stands; undefined when it cannot be read. No names are checked. */
export function parseExpression(source: Expression): ExpressionNode | undefined {
  try {
    return base.parse(source).ast;
  } catch {
    return undefined;
  }
}

/** Checks without evaluating. Never throws; every problem of names at once, else the first of types. */
export function checkExpression(source: Expression, types: ScopeTypes): CheckResult {
  const compiled = compile(source, types);
  if ('problems' in compiled) return compiled;
  const { type, format, sensitive } = compiled;
  return { type, sensitive, ...(format && { format }) };
}

/** The value as JSON has it; undefined for an optional that is empty. Throws ExpressionFailed. */
export function evaluate(source: Expression, scope: Scope, types: ScopeTypes): Json | undefined {
  return plain(source, run(source, scope, types).value);
}

/** Throws ExpressionFailed, also when the answer is neither true nor false. */
export function holds(source: Expression, scope: Scope, types: ScopeTypes): boolean {
  const { value } = run(source, scope, types);
  if (typeof value !== 'boolean') throw new ExpressionFailed(`"${source}" gives no yes or no`);
  return value;
}

/** Text for people. An empty list is `none`, true and false are `yes` and `no`. Throws ExpressionFailed. */
export function render(template: Template, scope: Scope, types: ScopeTypes): string {
  return withValues(filled(template, (source) => people(source, scope, types)));
}

/** As `render`, with `…` for what is not known yet: the title of a step that is still ahead. Never throws. */
export function renderSoFar(template: Template, scope: Scope, types: ScopeTypes): string {
  const parts = filled(template, (source) => {
    try {
      return people(source, scope, types);
    } catch {
      return '…';
    }
  });
  return withValues(parts);
}

/**
 * An argument: a template that is one `${{ }}` keeps its type, others become text as machines write it. Goes into
 * lists and objects. undefined when it is one place that is an empty optional. Throws ExpressionFailed.
 */
export function resolve(argument: Json, scope: Scope, types: ScopeTypes): Json | undefined {
  if (typeof argument === 'string') {
    if (!hasPlaces(argument)) return argument;
    const single = onlyExpression(splitTemplate(argument));
    if (single !== undefined) return evaluate(single, scope, types);
    return filled(argument, (source) => machine(source, evaluate(source, scope, types))).join('');
  }
  if (Array.isArray(argument)) return argument.map((item: Json) => resolve(item, scope, types) ?? null);
  if (typeof argument === 'object' && argument !== null) {
    return resolveArguments(argument as Arguments, scope, types);
  }
  return argument;
}

/** All arguments of a call; one that is an empty optional is left out. Throws ExpressionFailed. */
export function resolveArguments(args: Arguments, scope: Scope, types: ScopeTypes): Record<string, Json> {
  const entries = Object.entries(args).flatMap(([key, value]) => {
    const made = resolve(value, scope, types);
    return made === undefined ? [] : [[key, made] as const];
  });
  return Object.fromEntries(entries);
}

function filled(template: Template, words: (source: string) => string): string[] {
  const { parts } = splitTemplate(template);
  return parts.map((part) => (part.kind === 'text' ? part.text : words(part.source)));
}

function people(source: Expression, scope: Scope, types: ScopeTypes): string {
  const { value, format } = run(source, scope, types);
  if (isDuration(value)) return readableSeconds(Number(value.seconds));
  return readable(plain(source, value), format);
}

function machine(source: Expression, value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ExpressionFailed(`"${source}" cannot be put into text`);
}

function plain(source: Expression, value: unknown): Json | undefined {
  try {
    return fromCel(value);
  } catch (error) {
    throw new ExpressionFailed(`"${source}" cannot be used: ${wordsOf(error)}`, { cause: error });
  }
}

function run(source: Expression, scope: Scope, types: ScopeTypes): { value: unknown; format?: Format } {
  const compiled = compile(source, types);
  if ('problems' in compiled) {
    throw new ExpressionFailed(`"${source}" does not fit this runbook: ${compiled.problems[0]?.says ?? ''}`);
  }
  const given: Record<string, unknown> = { system: {}, ...scope };
  const context: Record<string, unknown> = {};
  for (const [name, shape] of [...worldRoots(types), ...placeRoots(types)]) {
    const value = toCel(given[name], shape);
    if (value !== undefined) context[name] = value;
  }
  try {
    return { value: compiled.parsed(context), ...(compiled.format && { format: compiled.format }) };
  } catch (error) {
    throw new ExpressionFailed(failure(source, error), { cause: error });
  }
}

function failure(source: Expression, error: unknown): string {
  if (!(error instanceof EvaluationError)) return `"${source}" failed: ${wordsOf(error)}`;
  const part = error.node === undefined ? source : source.slice(error.node.start, error.node.end);
  if (error.code === 'no_such_key' || error.code === 'unknown_variable') {
    return `${part} is not known: its step has not run, was skipped or gave no answer`;
  }
  return `"${source}" failed: ${error.summary}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const compiledByTypes = new WeakMap<ScopeTypes, Map<string, Compiled | { problems: ExpressionProblem[] }>>();

function compile(
  source: Expression,
  types: ScopeTypes,
): Compiled | { problems: readonly ExpressionProblem[] } {
  let known = compiledByTypes.get(types);
  if (known === undefined) compiledByTypes.set(types, (known = new Map()));
  let made = known.get(source);
  if (made === undefined) known.set(source, (made = compileNew(source, types)));
  return made;
}

function compileNew(source: Expression, types: ScopeTypes): Compiled | { problems: ExpressionProblem[] } {
  try {
    const parsed = environment(types).parse(source);
    const reading = readExpression(parsed.ast, types);
    if (reading.problems.length > 0) return { problems: [...reading.problems] };
    const { valid, type, error } = parsed.check();
    if (!valid || type === undefined) return { problems: [typeProblem(error)] };
    const { format, sensitive } = reading;
    return { parsed, type, sensitive, ...(format && { format }) };
  } catch (error) {
    return { problems: [typeProblem(error)] };
  }
}

function typeProblem(error: unknown): ExpressionProblem {
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  const words = (summary ?? wordsOf(error)).replace(/\.$/, '');
  const remedy = words.includes('optional<')
    ? { remedy: 'Give what may be missing a value: .orValue(...).' }
    : {};
  return { code: 'RB117', says: `${words}.`, offset: range?.start ?? 0, ...remedy };
}

type TypeNames = Map<ReadonlyMap<string, unknown>, string>;

interface Environments {
  readonly common: Environment;
  readonly names: TypeNames;
  readonly byOut: Map<Shape | undefined, Map<Shape | undefined, Environment>>;
}

const environments = new WeakMap<object, Environments>();

/** One environment for each `out` and `item` of a runbook: making them is what costs. */
function environment(types: ScopeTypes): Environment {
  let kept = environments.get(types.world);
  if (kept === undefined) {
    const common = base.clone();
    const names: TypeNames = new Map();
    for (const [name, shape] of worldRoots(types))
      common.registerVariable(name, celType(common, shape, names));
    environments.set(types.world, (kept = { common, names, byOut: new Map() }));
  }
  const byItem = kept.byOut.get(types.out) ?? new Map<Shape | undefined, Environment>();
  kept.byOut.set(types.out, byItem);
  let made = byItem.get(types.item);
  if (made === undefined) {
    made = kept.common.clone();
    const names = new Map(kept.names);
    for (const [name, shape] of placeRoots(types)) made.registerVariable(name, celType(made, shape, names));
    byItem.set(types.item, made);
  }
  return made;
}

function worldRoots({ world }: ScopeTypes): [string, Shape][] {
  return [
    ['params', world.params],
    ['incident', world.incident],
    ['system', world.system],
    ['steps', world.steps],
  ];
}

function placeRoots({ out, item }: ScopeTypes): [string, Shape][] {
  return [
    ...(out ? [['out', out] as [string, Shape]] : []),
    ...(item ? [['item', item] as [string, Shape]] : []),
  ];
}

function celType(env: Environment, shape: Shape, names: TypeNames): string {
  if (shape.kind === 'list') return `list<${celType(env, shape.of, names)}>`;
  if (shape.kind === 'map') return `map<string, ${celType(env, shape.of, names)}>`;
  if (shape.kind !== 'object') return shape.kind;
  return names.get(shape.fields) ?? registerObject(env, shape, names);
}

function registerObject(env: Environment, shape: ObjectShape, names: TypeNames) {
  const taken = new Set(names.values());
  let name = shape.name.replace(/[^\w.]/g, '_');
  while (taken.has(name)) name += '_';
  names.set(shape.fields, name);
  const fields: Record<string, string> = {};
  for (const [key, field] of shape.fields) fields[key] = celType(env, field.shape, names);
  env.registerType(name, { ctor: classOf(shape), fields });
  return name;
}
