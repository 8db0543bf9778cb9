/** Walks a parsed expression: which names it reads, whether they exist, may be missing, are sensitive, have a unit. */

import { suggestion } from '../catalog/nearest.ts';
import { parseDuration } from './duration.ts';
import { checkLiteral, checkPattern, refuseMatches } from './expression-literals.ts';
import { parseQuantity } from './quantity.ts';
import type { ScopeTypes } from './scope-types.ts';
import type { Field, Format, ObjectShape, Shape } from './shapes.ts';

/** A node of the parsed expression, as far as it is read here. */
export interface ExpressionNode {
  readonly op: string;
  readonly args: unknown;
  /** Offsets in the expression; `pos` is that of the name in `a.name`. */
  readonly start: number;
  readonly end: number;
  readonly pos: number;
}

export interface ExpressionProblem {
  readonly code: string;
  readonly says: string;
  readonly remedy?: string;
  /** Where in the expression, from 0. */
  readonly offset: number;
}

/** What is known of a value without running anything; `undefined` where only CEL's own types know more. */
interface Known {
  readonly shape: Shape;
  readonly optional?: boolean;
}

export interface Reading {
  readonly problems: readonly ExpressionProblem[];
  /** Unit of a number, for people. */
  readonly format?: Format;
  /** True when a sensitive output is read, other than inside `found` or `size`. */
  readonly sensitive: boolean;
}

interface Walk {
  readonly types: ScopeTypes;
  readonly problems: ExpressionProblem[];
  sensitive: boolean;
}

type Names = ReadonlyMap<string, Known | undefined>;

const macros = new Set(['map', 'filter', 'exists', 'all', 'exists_one']);
const typeNames = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
]);

export function readExpression(root: ExpressionNode, types: ScopeTypes): Reading {
  const walk: Walk = { types, problems: [], sensitive: false };
  const known = look(root, walk, new Map());
  const shape = known?.shape;
  const format = shape?.kind === 'int' || shape?.kind === 'double' ? shape.format : undefined;
  return { problems: walk.problems, sensitive: walk.sensitive, ...(format && { format }) };
}

function look(node: ExpressionNode, walk: Walk, names: Names): Known | undefined {
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case 'id':
      return name(node, walk, names);
    case '.':
    case '.?':
      return select(node, walk, names, false);
    case '[]':
    case '[?]':
      return index(node, walk, names);
    case 'call':
      return call(node, walk, names);
    case 'rcall':
      return methodCall(node, walk, names);
    case '?:': {
      const [, yes, no] = children(node).map((child) => look(child, walk, names));
      return yes ?? no;
    }
    case '+':
    case '-': {
      const [left, right] = children(node).map((child) => look(child, walk, names));
      return hasFormat(left) ? left : (right ?? left);
    }
    default:
      for (const child of children(node)) look(child, walk, names);
      return undefined;
  }
}

function hasFormat(known: Known | undefined): boolean {
  return (known?.shape.kind === 'int' || known?.shape.kind === 'double') && known.shape.format !== undefined;
}

function isNode(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

function children(node: ExpressionNode): ExpressionNode[] {
  if (isNode(node.args)) return [node.args];
  return Array.isArray(node.args) ? node.args.flat(2).filter(isNode) : [];
}

function literal(value: unknown): Known | undefined {
  if (typeof value === 'string') return { shape: { kind: 'string' } };
  if (typeof value === 'bigint') return { shape: { kind: 'int' } };
  if (typeof value === 'number') return { shape: { kind: 'double' } };
  return typeof value === 'boolean' ? { shape: { kind: 'bool' } } : undefined;
}

function name(node: ExpressionNode, walk: Walk, names: Names): Known | undefined {
  const word = String(node.args);
  if (names.has(word)) return names.get(word);
  const field = walk.types.roots.get(word);
  if (field === undefined) {
    if (!typeNames.has(word)) unknownName(word, node, walk);
    return undefined;
  }
  if (field.refused !== undefined) {
    walk.problems.push({ ...field.refused, offset: node.start });
    return undefined;
  }
  return { shape: field.shape };
}

function unknownName(word: string, node: ExpressionNode, walk: Walk): void {
  const { params, steps } = walk.types.world;
  const remedy = params.fields.has(word)
    ? `Did you mean params.${word}?`
    : steps.fields.has(word)
      ? `Did you mean steps.${word}?`
      : suggestion(word, walk.types.roots.keys());
  const says = `${word} is not known in an expression.`;
  walk.problems.push({ code: 'RB117', says, offset: node.start, ...(remedy && { remedy }) });
}

function select(node: ExpressionNode, walk: Walk, names: Names, guarded: boolean): Known | undefined {
  const [base, word] = node.args as [ExpressionNode, string];
  const owner = look(base, walk, names);
  return owner && field(owner, word, node, walk, node.op === '.?' || guarded);
}

function field(
  owner: Known,
  word: string,
  node: ExpressionNode,
  walk: Walk,
  soft: boolean,
): Known | undefined {
  const optional = owner.optional === true || soft;
  if (owner.shape.kind === 'map') return { shape: owner.shape.of, optional };
  if (owner.shape.kind !== 'object') return undefined;
  const found = owner.shape.fields.get(word);
  if (found === undefined) {
    walk.problems.push({ ...unknownField(owner.shape, word), offset: node.pos });
    return undefined;
  }
  if (found.refused !== undefined) {
    walk.problems.push({ ...found.refused, offset: node.pos });
    return undefined;
  }
  if (found.optional !== undefined && !soft) walk.problems.push(unguarded(found.optional, word, node));
  if (found.sensitive) walk.sensitive = true;
  return { shape: found.shape, ...(optional && { optional }) };
}

function unknownField(shape: ObjectShape, word: string) {
  const known = [...shape.fields].filter(([, { refused }]) => refused === undefined).map(([key]) => key);
  const code = shape.unknown?.code ?? 'RB117';
  const says = shape.unknown?.says(word) ?? `${shape.name} has no ${word}.`;
  const remedy = suggestion(word, known);
  return { code, says, ...(remedy && { remedy }) };
}

function unguarded(
  optional: NonNullable<Field['optional']>,
  word: string,
  node: ExpressionNode,
): ExpressionProblem {
  const step = optional.code === 'RB104' ? 'The step ' : '';
  const remedy = `Write .?${word} and end with .orValue(...) where a value is needed.`;
  return { code: optional.code, says: `${step}${word} ${optional.why}.`, remedy, offset: node.pos };
}

function index(node: ExpressionNode, walk: Walk, names: Names): Known | undefined {
  const [base, key] = node.args as [ExpressionNode, ExpressionNode];
  const owner = look(base, walk, names);
  look(key, walk, names);
  const soft = node.op === '[?]';
  if (owner?.shape.kind === 'list')
    return { shape: owner.shape.of, optional: soft || owner.optional === true };
  if (owner === undefined || typeof key.args !== 'string' || key.op !== 'value') return undefined;
  return field(owner, key.args, { ...node, pos: key.start }, walk, soft);
}

function call(node: ExpressionNode, walk: Walk, names: Names): Known | undefined {
  const [word, args] = node.args as [string, ExpressionNode[]];
  const [first, second] = args;
  if (word === 'has' && first?.op === '.') {
    select(first, walk, names, true);
    return { shape: { kind: 'bool' } };
  }
  const before = walk.sensitive;
  const [known] = args.map((arg) => look(arg, walk, names));
  if (word === 'found') {
    walk.sensitive = before;
    if (second !== undefined) checkPattern(second, walk.problems);
  }
  if (word === 'size') {
    walk.sensitive = before;
    return { shape: { kind: 'int' } };
  }
  if (word === 'matches') refuseMatches(node, walk.problems);
  if (word === 'quantity') {
    checkLiteral(first, walk.problems, (text) => parseQuantity(text) !== undefined, 'an amount such as 16Mi');
    return { shape: { kind: 'int', format: 'bytes' } };
  }
  if (word === 'duration') {
    checkLiteral(
      first,
      walk.problems,
      (text) => parseDuration(text) !== undefined,
      'a length of time such as 2h',
    );
    return undefined;
  }
  return word === 'int' || word === 'double' ? known : undefined;
}

function methodCall(node: ExpressionNode, walk: Walk, names: Names): Known | undefined {
  const [word, receiver, args] = node.args as [string, ExpressionNode, ExpressionNode[]];
  const space = receiver.op === 'id' ? receiver.args : undefined;
  if (space === 'cel' && word === 'bind') {
    const [variable, value, body] = args;
    const known = value && look(value, walk, names);
    return body && look(body, walk, new Map(names).set(String(variable?.args), known));
  }
  if (space === 'optional') {
    for (const arg of args) look(arg, walk, names);
    return undefined;
  }
  const before = walk.sensitive;
  const owner = look(receiver, walk, names);
  if (macros.has(word)) {
    const [variable, ...bodies] = args;
    const item = owner?.shape.kind === 'list' ? { shape: owner.shape.of } : undefined;
    const inner = new Map(names).set(String(variable?.args), item);
    for (const body of bodies) look(body, walk, inner);
    return word === 'filter' ? owner : undefined;
  }
  const [fallback] = args.map((arg) => look(arg, walk, names));
  if (word === 'matches') refuseMatches(node, walk.problems);
  if (word === 'value') {
    const remedy = 'Use .orValue(...) and say what holds without it.';
    walk.problems.push({
      code: 'RB117',
      says: '.value() fails when nothing is there.',
      remedy,
      offset: receiver.end + 1,
    });
  }
  if (word === 'size') walk.sensitive = before;
  if (word === 'orValue') return owner === undefined ? fallback : { shape: owner.shape };
  return word === 'or' ? owner : undefined;
}
