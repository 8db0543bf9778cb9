/** An action's arguments against its own schema (RB102), the expressions in them against its types (RB117), none sensitive (RB112), none where a value must stand as it is (RB119). */
import { nearest, suggestion } from '../../catalog/nearest.ts';
import type { Path } from '../places.ts';
import type { Json } from '../runbook.ts';
import { type ScopeTypes, scopeTypes } from '../scope-types.ts';
import { actionShapes, type ObjectShape, type Shape, shapeWords } from '../shapes.ts';
import type { Signature } from '../signature.ts';
import { hasPlaces, onlyExpression, splitTemplate } from '../template.ts';
import type { Call } from './calls.ts';
import { type LintContext, reportKey, reportValue } from './context.ts';
import { checkArgument, checkMachineText, type Typed } from './place.ts';

export function checkArguments(context: LintContext, call: Call, action: Signature): void {
  const types = scopeTypes(context.runbook, call.stepIndex, context.register, call.reads);
  const path = [...call.path, 'with'];
  checkFields({ context, types, owner: action.name }, path, call.with, actionShapes(action).args);
  const schemas = action.params.shape as Record<string, { safeParse(value: unknown): Parsed }>;
  for (const [name, value] of Object.entries(call.with)) {
    if (JSON.stringify(value).includes('${{')) {
      if (action.written?.includes(name)) mustBeWritten(context, [...path, name], action.name);
      continue;
    }
    const parsed = schemas[name]?.safeParse(value);
    if (parsed === undefined || parsed.success) continue;
    const words = parsed.error?.issues[0]?.message ?? 'not right';
    const says = `${name} of ${action.name} does not take ${JSON.stringify(value)} (${words}).`;
    reportValue(context, [...path, name], { code: 'RB102', says });
  }
}

function mustBeWritten(context: LintContext, path: Path, owner: string): void {
  reportValue(context, path, {
    code: 'RB119',
    says: `${String(path.at(-1))} of ${owner} must stand here as it is: what somebody types must not decide it.`,
    remedy: 'Write the value itself, or name what the catalogue has.',
  });
}

interface Parsed {
  readonly success: boolean;
  readonly error?: { readonly issues: readonly { readonly message: string }[] };
}

/** Arguments for another runbook: only their expressions are checked here; their names when all files are known. */
export function checkFreeArguments(context: LintContext, types: ScopeTypes, path: Path, value: Json): void {
  if (typeof value === 'string') {
    if (hasPlaces(value)) checkText(context, types, path, value);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      checkFreeArguments(context, types, [...path, Array.isArray(value) ? Number(key) : key], inner);
    }
  }
}

/** A list of names that people are shown: texts, or one expression that gives such a list. */
export function checkNames(
  context: LintContext,
  types: ScopeTypes,
  path: Path,
  names: string | readonly string[],
): void {
  const list = typeof names === 'string' ? names : [...names];
  checkValue(
    { context, types, owner: 'confirm' },
    path,
    list,
    { kind: 'list', of: { kind: 'string' } },
    false,
  );
}

interface Checking {
  readonly context: LintContext;
  readonly types: ScopeTypes;
  readonly owner: string;
}

function checkFields(
  checking: Checking,
  path: Path,
  given: Readonly<Record<string, Json>>,
  shape: ObjectShape,
): void {
  const { context, owner } = checking;
  const meant = new Set<string | undefined>();
  for (const [name, value] of Object.entries(given)) {
    const field = shape.fields.get(name);
    if (field === undefined) {
      const remedy = suggestion(name, shape.fields.keys());
      meant.add(nearest(name, shape.fields.keys()));
      reportKey(context, [...path, name], {
        code: 'RB102',
        says: `${owner} has no argument ${name}.`,
        remedy,
      });
      checkFreeArguments(context, checking.types, [...path, name], value);
    } else checkValue(checking, [...path, name], value, field.shape, field.optional !== undefined);
  }
  for (const [name, field] of shape.fields) {
    if (field.optional !== undefined || Object.hasOwn(given, name) || meant.has(name)) continue;
    reportKey(context, path, { code: 'RB102', says: `${owner} needs the argument ${name}.` });
  }
}

/** Plain values are left to the action's own schema; here only what holds expressions. */
function checkValue(checking: Checking, path: Path, value: Json, shape: Shape, optional: boolean): void {
  const { context, types } = checking;
  if (typeof value === 'string') {
    if (!hasPlaces(value)) return;
    const split = splitTemplate(value);
    const single = onlyExpression(split);
    if (single === undefined) {
      checkText(context, types, path, value);
      if (shape.kind !== 'string' && shape.kind !== 'dyn') wrongType(context, path, 'text', shape);
      return;
    }
    const offset = split.parts[0]?.kind === 'expression' ? split.parts[0].offset : 0;
    const typed = checkArgument(context, types, path, single, offset);
    if (typed !== undefined) checkFit(checking, path, typed, shape, optional);
  } else if (Array.isArray(value)) {
    const of: Shape = shape.kind === 'list' ? shape.of : { kind: 'dyn' };
    value.forEach((item: Json, index) => {
      checkValue(checking, [...path, index], item, of, false);
    });
  } else if (typeof value === 'object' && value !== null) {
    const group = value as Readonly<Record<string, Json>>;
    if (shape.kind === 'object') checkFields({ ...checking, owner: String(path.at(-1)) }, path, group, shape);
    else checkFreeArguments(context, types, path, value);
  }
}

function checkText(context: LintContext, types: ScopeTypes, path: Path, value: string): void {
  const split = splitTemplate(value);
  if (onlyExpression(split) === undefined) checkMachineText(context, types, path, value);
  else if (split.parts[0]?.kind === 'expression') {
    checkArgument(context, types, path, split.parts[0].source, split.parts[0].offset);
  }
}

function checkFit(checking: Checking, path: Path, typed: Typed, shape: Shape, optional: boolean): void {
  const inner = /^optional<(.*)>$/.exec(typed.type)?.[1];
  if (inner !== undefined && !optional) {
    const says = `${String(path.at(-1))} is needed, and this may be missing.`;
    reportValue(checking.context, path, { code: 'RB117', says, remedy: 'Give it a value: .orValue(...).' });
  } else if (!fits(inner ?? typed.type, shape)) wrongType(checking.context, path, inner ?? typed.type, shape);
}

function wrongType(context: LintContext, path: Path, got: string, shape: Shape): void {
  const says = `${String(path.at(-1))} needs ${shapeWords(shape)}, and this is ${got}.`;
  reportValue(context, path, { code: 'RB117', says });
}

function fits(type: string, shape: Shape): boolean {
  if (type === 'dyn' || shape.kind === 'dyn' || type.includes('dyn')) return true;
  switch (shape.kind) {
    case 'int':
      return type === 'int' || (shape.format === 'seconds' && type === 'google.protobuf.Duration');
    case 'double':
      return type === 'double' || type === 'int';
    case 'string':
    case 'bool':
      return type === shape.kind;
    case 'list': {
      const item = /^list<(.*)>$/.exec(type)?.[1];
      return type === 'list' || (item !== undefined && fits(item, shape.of));
    }
    case 'map':
    case 'object':
      return type.startsWith('map') || !/^(int|double|string|bool|list.*|bytes)$/.test(type);
  }
}
