/** A runbook in words for people who read it before an incident: what `handrail runbook show` and its page have in common. */
import { readableSeconds } from './duration.ts';
import type { Impact } from './impact.ts';
import { offersIn } from './offers.ts';
import type { ActStep, Leaves, Next, Param, Runbook, Step, Verify } from './runbook.ts';
import type { Register } from './signature.ts';
import { hasPlaces } from './template.ts';
import { callInWords, oneLine, withoutValues } from './without-values.ts';

/** One thing worth knowing of a step, such as how it is undone. */
export interface Fact {
  readonly name: string;
  readonly says: string;
}

export interface StepInWords {
  readonly step: Step;
  /** 1-based. */
  readonly number: number;
  readonly kind: string;
  readonly title: string;
  readonly why?: string;
  /** What it uses, when, and everything about its change, in reading order. */
  readonly facts: readonly Fact[];
  /** Each possible answer: of a check its verdicts, of a question its choices. */
  readonly answers: readonly { readonly when: string; readonly is: string; readonly says: string }[];
  readonly form: readonly { readonly name: string; readonly says: string }[];
  /** Instructions of a step by hand. */
  readonly instructions?: string;
  /** What a person types instead. */
  readonly byHand: readonly string[];
  readonly leaves: readonly string[];
}

const kinds: Readonly<Record<Step['kind'], string>> = {
  check: 'check, changes nothing',
  act: 'change',
  ask: 'question',
  manual: 'by hand',
  run: 'another runbook',
};

const verdicts = { ok: 'ok', warn: 'look', bad: 'bad', unknown: 'not known' } as const;

export function impactWords({ checks, changes, byHand }: Impact): string {
  return `checks ${checks}, changes ${changes}, by hand ${byHand}`;
}

export function stepsInWords(runbook: Runbook, register: Register): StepInWords[] {
  return runbook.steps.map((step, index) => ({
    step,
    number: index + 1,
    kind: kinds[step.kind],
    title: withoutValues(step.title),
    ...(step.why === undefined ? {} : { why: step.why.trim() }),
    facts: factsOf(step),
    answers: answersOf(step),
    form: step.kind === 'ask' ? paramsInWords(step.form) : [],
    ...(step.kind === 'manual' ? { instructions: withoutValues(step.do) } : {}),
    byHand: byHandOf(step, register),
    leaves: leavesOf(step).map(leftInWords),
  }));
}

export function paramsInWords(params: Readonly<Record<string, Param>>): { name: string; says: string }[] {
  return Object.entries(params).map(([name, param]) => {
    const { type, label, required, min, max, pattern, options } = param;
    const parts = [
      type,
      param.default === undefined ? (required ? 'required' : 'may be left out') : `default ${param.default}`,
      ...(options ? [`one of ${options.join(', ')}`] : []),
      ...(min === undefined ? [] : [`at least ${min}`]),
      ...(max === undefined ? [] : [`at most ${max}`]),
      ...(pattern === undefined ? [] : [`of the form ${pattern}`]),
      ...(param.from ? [`chosen from ${param.from.uses}`] : []),
    ];
    return { name, says: `${label} (${parts.join(', ')})` };
  });
}

function factsOf(step: Step): Fact[] {
  const facts: Fact[] = [];
  const add = (name: string, says: string | undefined) => {
    if (says !== undefined) facts.push({ name, says });
  };
  add('Only when', step.when);
  switch (step.kind) {
    case 'check':
      add('Reads', callInWords(step));
      add(
        'Proposes',
        step.proposesTarget ? 'the target of the incident, for a person to confirm' : undefined,
      );
      break;
    case 'act':
      add('Does', callInWords(step));
      for (const fact of changeFacts(step)) add(fact.name, fact.says);
      break;
    case 'manual':
      add(
        'Verified by',
        'none' in step.verify ? `nothing: ${withoutValues(step.verify.none)}` : verifyInWords(step.verify),
      );
      break;
    case 'run':
      add('Runs', callInWords({ uses: step.runbook, with: step.with }));
      break;
    case 'ask':
      break;
  }
  add('Next', step.next && nextInWords(step.next));
  return facts;
}

function coveredInWords({ covers }: ActStep['confirm']): string {
  if (covers === undefined) return '';
  const names = typeof covers === 'string' ? [covers] : covers;
  return `, once for all of ${names.map(withoutValues).join(', ')} in this run`;
}

function changeFacts(step: ActStep): Fact[] {
  const { confirm, undo } = step;
  const from = confirm.from.map((group) => group.replace(/^group:/, '')).join(' or ');
  const how = {
    click: 'one click',
    type: `typing ${withoutValues(confirm.phrase ?? '')}`,
    'two-person': `a second person${from === '' ? ' who may approve' : ` of ${from}`}, within ${time(confirm.expiresMs)}${coveredInWords(confirm)}`,
  }[confirm.level];
  const undoes =
    undo.kind === 'auto'
      ? 'sets back what was before'
      : undo.kind === 'call'
        ? callInWords(undo)
        : `cannot be undone: ${withoutValues(undo.why)}`;
  return [
    { name: 'Confirmed by', says: how },
    ...(confirm.says === undefined ? [] : [{ name: 'Read first', says: withoutValues(confirm.says) }]),
    { name: 'Verified by', says: verifyInWords(step.verify) },
    { name: 'Undo', says: undoes },
    ...(step.locks.length === 0
      ? []
      : [{ name: 'Nobody else changes', says: step.locks.map(withoutValues).join(', ') }]),
  ];
}

function verifyInWords({ uses, with: args, until, timeoutMs }: Verify): string {
  return `${callInWords({ uses, with: args })} until ${oneLine(until)}, for at most ${time(timeoutMs)}`;
}

function answersOf(step: Step): StepInWords['answers'] {
  const then = (next: Next | undefined) => (next === undefined ? '' : ` Next: ${nextInWords(next)}.`);
  if (step.kind === 'check')
    return step.verdict.map((rule) => ({
      when: rule.if === undefined ? 'otherwise' : oneLine(rule.if),
      is: verdicts[rule.is],
      says: `${oneLine(withoutValues(rule.says))}${then(rule.next)}`,
    }));
  if (step.kind !== 'ask') return [];
  return step.choices.map((choice) => ({
    when: withoutValues(choice.label),
    is: choice.id,
    says: `${choice.reason === 'required' ? 'Needs a reason.' : ''}${then(choice.next)}`.trim(),
  }));
}

export function nextInWords(next: Next): string {
  if ('stop' in next) return 'the end';
  if ('step' in next) return next.step;
  return `offers the runbook ${offersIn(next)
    .map(({ run }) => run)
    .join(' or ')}`;
}

/** Of an action: what it says itself, with names for what is not known yet. */
function byHandOf(step: Step, register: Register): readonly string[] {
  if (step.kind === 'manual') return step.byHand.map((line) => oneLine(withoutValues(line)));
  if (step.kind !== 'check' && step.kind !== 'act') return [];
  const known = Object.entries(step.with).filter(([, value]) => !hasPlaces(JSON.stringify(value)));
  const lines = register(step.uses)?.byHand(Object.fromEntries(known), '<namespace>') ?? [];
  // It is no name yet, so it needs no quotes either.
  return lines.map((line) => line.replaceAll("'<namespace>'", '<namespace>'));
}

function leavesOf(step: Step): readonly Leaves[] {
  if (step.kind === 'act') return [step.leaves, ...step.alsoLeaves];
  return step.kind === 'manual' ? [step.leaves] : [];
}

function leftInWords(leaves: Leaves): string {
  switch (leaves.kind) {
    case 'nothing':
      return `Nothing: ${withoutValues(leaves.why)}`;
    case 'permanent':
      return `${withoutValues(leaves.what)}. It stays. Follow-up: ${withoutValues(leaves.followUp)}`;
    case 'temporary': {
      const until =
        leaves.until === 'incident-close'
          ? 'until the incident is closed'
          : `for ${withoutValues(leaves.until)}`;
      const sensitive = {
        'personal-data': ' It holds personal data: the incident cannot be closed while it is there.',
        access: ' It gives access: the incident cannot be closed while it is there.',
      };
      const gone = leaves.probe
        ? ` It is gone when ${leaves.probe.uses} says ${oneLine(leaves.probe.gone)}.`
        : '';
      return `${withoutValues(leaves.what)}, ${until}.${leaves.sensitivity ? sensitive[leaves.sensitivity] : ''}${gone}`;
    }
  }
}

function time(ms: number): string {
  return readableSeconds(ms / 1000);
}
