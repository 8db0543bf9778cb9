/** Changes names in a step's expressions: `params.x` and `steps.y` become what they are called in another runbook. */
import type { ExpressionNode } from './expression-reading.ts';
import { parseExpression } from './expressions.ts';
import type {
  ActStep,
  Arguments,
  Expression,
  Json,
  Leaves,
  Next,
  Param,
  Rule,
  Step,
  Template,
  Verify,
} from './runbook.ts';
import { splitTemplate } from './template.ts';

/** What each name becomes; one that is not in it stays. */
export interface NewNames {
  readonly params: ReadonlyMap<string, string>;
  readonly steps: ReadonlyMap<string, string>;
}

interface Name {
  readonly root: 'params' | 'steps';
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** Written as `steps["word"]`. */
  readonly quoted: boolean;
}

/** Every parameter and step that an expression reads, with where. */
function namesIn(source: Expression): Name[] {
  const found: Name[] = [];
  const ast = parseExpression(source);
  if (ast) walk(ast, found);
  return found.sort((a, b) => a.start - b.start);
}

function walk(node: ExpressionNode, found: Name[]): void {
  const parts = Array.isArray(node.args) ? (node.args as unknown[]) : [node.args];
  const [base, key] = parts;
  if (isNode(base) && base.op === 'id' && (base.args === 'params' || base.args === 'steps')) {
    const root = base.args;
    if ((node.op === '.' || node.op === '.?') && typeof key === 'string')
      found.push({ root, word: key, start: node.pos, end: node.pos + key.length, quoted: false });
    else if (isNode(key) && key.op === 'value' && typeof key.args === 'string')
      found.push({ root, word: key.args, start: key.start, end: key.end, quoted: true });
  }
  for (const part of parts.flat(2)) if (isNode(part)) walk(part, found);
}

function isNode(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

export function renameExpression(source: Expression, names: NewNames): Expression {
  let out = source;
  for (const { root, word, start, end, quoted } of namesIn(source).toReversed()) {
    const to = names[root].get(word) ?? word;
    out = out.slice(0, start) + (quoted ? JSON.stringify(to) : to) + out.slice(end);
  }
  return out;
}

export function renameTemplate(template: Template, names: NewNames): Template {
  return splitTemplate(template)
    .parts.map((part) =>
      part.kind === 'text' ? part.text : `\${{ ${renameExpression(part.source, names)} }}`,
    )
    .join('');
}

/** The same step with other names in it. `next` is left to whoever knows which steps there are. */
export function renameStep(step: Step, names: NewNames): Step {
  return rewrite(step, {
    expression: (source) => renameExpression(source, names),
    template: (text) => renameTemplate(text, names),
  });
}

export function renameParam(param: Param, names: NewNames): Param {
  const { from } = param;
  if (!from) return param;
  const turn = turning(names);
  return { ...param, from: { ...from, with: args(from.with, turn), show: turn.template(from.show) } };
}

/** Ids of the steps that a step's expressions read, itself included when it does. */
export function stepsReadBy(step: Step): ReadonlySet<string> {
  const read = new Set<string>();
  const look = (source: Expression): Expression => {
    for (const { root, word } of namesIn(source)) if (root === 'steps') read.add(word);
    return source;
  };
  rewrite(step, {
    expression: look,
    template(text) {
      for (const part of splitTemplate(text).parts) if (part.kind === 'expression') look(part.source);
      return text;
    },
  });
  return read;
}

interface Turn {
  readonly expression: (source: Expression) => Expression;
  readonly template: (text: Template) => Template;
}

const turning = (names: NewNames): Turn => ({
  expression: (source) => renameExpression(source, names),
  template: (text) => renameTemplate(text, names),
});

function rewrite(step: Step, turn: Turn): Step {
  const common = {
    title: turn.template(step.title),
    ...(step.when === undefined ? {} : { when: turn.expression(step.when) }),
    ...(step.next === undefined ? {} : { next: next(step.next, turn) }),
  };
  switch (step.kind) {
    case 'check':
      return {
        ...step,
        ...common,
        with: args(step.with, turn),
        verdict: step.verdict.map((one) => rule(one, turn)),
      };
    case 'act':
      return { ...step, ...common, ...act(step, turn) };
    case 'ask':
      return {
        ...step,
        ...common,
        choices: step.choices.map((choice) => ({
          ...choice,
          label: turn.template(choice.label),
          ...(choice.next === undefined ? {} : { next: next(choice.next, turn) }),
        })),
      };
    case 'manual':
      return {
        ...step,
        ...common,
        do: turn.template(step.do),
        byHand: step.byHand.map(turn.template),
        verify: 'none' in step.verify ? { none: turn.template(step.verify.none) } : verify(step.verify, turn),
        leaves: leaves(step.leaves, turn),
      };
    case 'run':
      return { ...step, ...common, with: args(step.with, turn) };
  }
}

function covers(names: NonNullable<ActStep['confirm']['covers']>, turn: Turn) {
  return typeof names === 'string' ? turn.template(names) : names.map((name) => turn.template(name));
}

function act(step: ActStep, turn: Turn): Partial<ActStep> {
  const { confirm, undo } = step;
  return {
    with: args(step.with, turn),
    confirm: {
      ...confirm,
      ...(confirm.phrase === undefined ? {} : { phrase: turn.template(confirm.phrase) }),
      ...(confirm.says === undefined ? {} : { says: turn.template(confirm.says) }),
      ...(confirm.covers === undefined ? {} : { covers: covers(confirm.covers, turn) }),
    },
    verify: verify(step.verify, turn),
    undo:
      undo.kind === 'call'
        ? { ...undo, with: args(undo.with, turn) }
        : undo.kind === 'none'
          ? { ...undo, why: turn.template(undo.why) }
          : undo,
    leaves: leaves(step.leaves, turn),
    alsoLeaves: step.alsoLeaves.map((one) => leaves(one, turn)),
    locks: step.locks.map(turn.template),
  };
}

function verify(one: Verify, turn: Turn): Verify {
  return { ...one, with: args(one.with, turn), until: turn.expression(one.until) };
}

function leaves(one: Leaves, turn: Turn): Leaves {
  switch (one.kind) {
    case 'nothing':
      return { ...one, why: turn.template(one.why) };
    case 'permanent':
      return { ...one, what: turn.template(one.what), followUp: turn.template(one.followUp) };
    case 'temporary': {
      const { probe } = one;
      return {
        ...one,
        what: turn.template(one.what),
        until: turn.template(one.until),
        probe: probe && { ...probe, with: args(probe.with, turn), gone: turn.expression(probe.gone) },
      };
    }
  }
}

function rule(one: Rule, turn: Turn): Rule {
  return {
    ...one,
    ...(one.if === undefined ? {} : { if: turn.expression(one.if) }),
    says: turn.template(one.says),
    ...(one.next === undefined ? {} : { next: next(one.next, turn) }),
  };
}

function next(one: Next, turn: Turn): Next {
  if (!('run' in one)) return one;
  const { or } = one;
  return {
    ...one,
    with: args(one.with, turn),
    ...(or ? { or: or.map((other) => ({ ...other, with: args(other.with, turn) })) } : {}),
  };
}

function args(given: Arguments, turn: Turn): Arguments {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, json(value, turn)]));
}

function json(value: Json, turn: Turn): Json {
  if (typeof value === 'string') return turn.template(value);
  if (Array.isArray(value)) return value.map((one: Json) => json(one, turn));
  return typeof value === 'object' && value !== null ? args(value as Arguments, turn) : value;
}
