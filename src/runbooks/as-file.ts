/** From a normalised runbook back to the file that people write: what `normalise.ts` does, the other way round. */
import { Document, isMap, isScalar, isSeq, visit } from 'yaml';
import { offersIn } from './offers.ts';
import type { Leaves, Next, Param, Rule, Runbook, Step, Verify } from './runbook.ts';

/** The line by which an editor finds the schema, from a file in the runbooks folder. */
const SCHEMA = ' yaml-language-server: $schema=schema/runbook.v1.schema.json';

/**
 * The text of the file. `head` stands above it as a comment, `above` gives a comment for a step. Loading the text gives
 * the same runbook again, lines apart.
 */
export function runbookFile(
  runbook: Runbook,
  comments: { readonly head?: string; readonly above?: (step: Step) => string | undefined } = {},
): string {
  const { apiVersion, id, title, summary, owner, reviewed, alerts, docs, params, steps } = runbook;
  const file = new Document({
    apiVersion,
    id,
    title,
    summary,
    owner,
    reviewed,
    ...(alerts.length > 0 ? { alerts } : {}),
    ...(Object.keys(docs).length > 0 ? { docs } : {}),
    ...(Object.keys(params).length > 0 ? { params: paramsOf(params) } : {}),
    steps: steps.map(stepOf),
  });
  const head = comments.head?.split('\n').map((line) => ` ${line}`) ?? [];
  file.commentBefore = [SCHEMA, ...head].join('\n');
  const list = isMap(file.contents) ? file.contents.get('steps') : undefined;
  if (isSeq(list))
    list.items.forEach((item, index) => {
      const step = steps[index];
      const words = step && comments.above?.(step);
      if (!isMap(item)) return;
      if (words)
        item.commentBefore = words
          .split('\n')
          .map((line) => ` ${line}`)
          .join('\n');
      item.spaceBefore = index > 0;
    });
  visit(file, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !onOneLine.has(String(key.value))) return;
      const plain = isMap(value) || isSeq(value) ? (value.toJSON() as object) : undefined;
      if (plain && (isMap(value) || isSeq(value)) && JSON.stringify(plain).length < MOST_ON_ONE_LINE)
        value.flow = true;
    },
  });
  return file.toString({ lineWidth: 0 });
}

/** Short lists and maps that people write on one line. */
const onOneLine: ReadonlySet<string> = new Set([
  'with',
  'keep',
  'retry',
  'confirm',
  'capture',
  'locks',
  'from',
  'options',
  'undo',
]);
const MOST_ON_ONE_LINE = 85;

type Plain = Record<string, unknown>;

function paramsOf(params: Readonly<Record<string, Param>>): Plain {
  return Object.fromEntries(
    Object.entries(params).map(([name, { required, ...param }]) => [
      name,
      { ...param, ...(required ? { required } : {}) },
    ]),
  );
}

function stepOf(step: Step): Plain {
  const { id, kind, title, why, when, next, timeline } = step;
  return {
    id,
    kind,
    title,
    ...(why === undefined ? {} : { why }),
    ...(when === undefined ? {} : { when }),
    ...ofKind(step),
    ...(next === undefined ? {} : { next: nextOf(next) }),
    ...(timeline === undefined ? {} : { timeline }),
  };
}

function ofKind(step: Step): Plain {
  switch (step.kind) {
    case 'check':
      return {
        uses: step.uses,
        ...withOf(step.with),
        timeout: time(step.timeoutMs),
        ...(step.retry ? { retry: { times: step.retry.times, every: time(step.retry.everyMs) } } : {}),
        ...(step.capture ? { capture: step.capture } : {}),
        verdict: step.verdict.map(ruleOf),
        ...(step.proposesTarget ? { proposes_target: true } : {}),
      };
    case 'act': {
      const { confirm, undo } = step;
      const { expiresMs, from, ...rest } = confirm;
      return {
        uses: step.uses,
        ...withOf(step.with),
        timeout: time(step.timeoutMs),
        confirm: { ...rest, ...(from.length > 0 ? { from } : {}), expires: time(expiresMs) },
        ...(step.locks.length > 0 ? { locks: step.locks } : {}),
        verify: verifyOf(step.verify),
        ...(step.capture ? { capture: step.capture } : {}),
        undo:
          undo.kind === 'auto'
            ? 'auto'
            : undo.kind === 'none'
              ? { none: undo.why }
              : { uses: undo.uses, ...withOf(undo.with) },
        leaves: leavesOf(step.leaves),
        ...(step.alsoLeaves.length > 0 ? { also_leaves: step.alsoLeaves.map(leavesOf) } : {}),
      };
    }
    case 'ask':
      return {
        ...(Object.keys(step.form).length > 0 ? { form: paramsOf(step.form) } : {}),
        ...(step.choices.length > 0
          ? {
              choices: step.choices.map(({ next, ...choice }) => ({
                ...choice,
                ...(next === undefined ? {} : { next: nextOf(next) }),
              })),
            }
          : {}),
      };
    case 'manual':
      return {
        do: step.do,
        by_hand: step.byHand,
        verify: 'none' in step.verify ? step.verify : verifyOf(step.verify),
        leaves: leavesOf(step.leaves),
      };
    case 'run':
      return { runbook: step.runbook, ...withOf(step.with) };
  }
}

const withOf = (args: object): Plain => (Object.keys(args).length > 0 ? { with: args } : {});

function ruleOf(rule: Rule): Plain {
  const next = rule.next === undefined ? {} : { next: nextOf(rule.next) };
  return rule.if === undefined
    ? { else: rule.is, says: rule.says, ...next }
    : { if: rule.if, is: rule.is, says: rule.says, ...next };
}

function nextOf(next: Next): unknown {
  if ('stop' in next) return 'stop';
  if ('step' in next) return next.step;
  const [only, ...more] = offersIn(next).map(({ run, with: args }) => ({ run, ...withOf(args) }));
  return more.length === 0 ? only : [only, ...more];
}

function verifyOf({ uses, with: args, until, timeoutMs }: Verify): Plain {
  return { uses, ...withOf(args), until, timeout: time(timeoutMs) };
}

function leavesOf(leaves: Leaves): Plain {
  switch (leaves.kind) {
    case 'nothing':
      return { nothing: leaves.why };
    case 'permanent':
      return { permanent: leaves.what, follow_up: leaves.followUp };
    case 'temporary': {
      const { probe } = leaves;
      return {
        temporary: leaves.what,
        until: leaves.until,
        ...(leaves.sensitivity ? { sensitivity: leaves.sensitivity } : {}),
        ...(probe ? { probe: { uses: probe.uses, ...withOf(probe.with), gone: probe.gone } } : {}),
      };
    }
  }
}

/** As `parseDuration` reads it: the largest units that fit. */
function time(ms: number): string {
  let rest = Math.round(ms / 1000);
  let text = '';
  for (const [letter, size] of [
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const many = Math.floor(rest / size);
    rest -= many * size;
    if (many > 0) text += `${many}${letter}`;
  }
  return text;
}
