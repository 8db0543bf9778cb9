/** From what a test gives to the outcome that a worker would bring; checked against the action's own shapes. */
import type { z } from 'zod';
import type { Outcome } from '../../incidents/commands.ts';
import type { Knowledge, NewAttempt } from '../../incidents/draft.ts';
import { type Incident, scopeOf } from '../../incidents/state.ts';
import { ExpressionFailed } from '../../runbooks/expressions.ts';
import type { Path } from '../../runbooks/places.ts';
import type { Signature } from '../../runbooks/signature.ts';
import type { Given } from '../../runbooks/test-file.ts';

type Values = Record<string, unknown>;

/** Something in the test is not right; `path` from `given`. */
export interface Wrong {
  readonly path: Path;
  readonly says: string;
  /** Set when the values are not of the action's shape: what is given, over what the file says of every test. */
  readonly shape?: {
    readonly schema: z.ZodObject;
    readonly owner: string;
    readonly own: Values;
    readonly under: Values;
  };
}

export type Answered = { readonly outcome: Outcome; readonly used: readonly (keyof Given)[] } | Wrong;

/** `base`: what the file's `outputs` say of the step. */
export function answer(
  attempt: NewAttempt,
  given: Given,
  base: Values | undefined,
  incident: Incident,
  knows: Knowledge,
): Answered {
  const action = knows.language.register(attempt.uses);
  if (!action) return { path: [], says: `There is no action ${attempt.uses}.` };
  switch (attempt.purpose) {
    case 'check':
    case 'act': {
      const { purpose } = attempt;
      const nothing = given.nothing_happened ? { nothingHappened: true } : {};
      if (given.fails !== undefined)
        return {
          outcome: { purpose, result: { ok: false, says: given.fails, ...nothing } },
          used: ['fails', 'nothing_happened'],
        };
      if (given.out === undefined && (base === undefined || purpose === 'act'))
        return { path: [], says: `${attempt.at.step} asked ${action.name}: give out or fails.` };
      const checked = shaped(action, 'output', { ...(purpose === 'check' ? base : {}), ...given.out }, [
        'out',
      ]);
      if ('says' in checked) return checked;
      return { outcome: { purpose, result: { ok: true, out: checked.values } }, used: ['out'] };
    }
    case 'plan':
      return planned(attempt, given, action);
    case 'happened': {
      const { happened } = given;
      if (happened === undefined)
        return { path: [], says: 'It is looked whether the change was made: give happened.' };
      return { outcome: { purpose: 'happened', result: { ok: true, happened } }, used: ['happened'] };
    }
    case 'verify':
      return verified(attempt, given, action, incident, knows);
    case 'probe':
      return { path: [], says: 'A probe is not answered here.' };
  }
}

function planned(attempt: NewAttempt, given: Given, action: Signature): Answered {
  if (given.no_plan !== undefined)
    return { outcome: { purpose: 'plan', result: { ok: false, says: given.no_plan } }, used: ['no_plan'] };
  if (given.plan === undefined)
    return { path: [], says: `${action.name} plans its change: give plan or no_plan.` };
  const checked = shaped(action, 'planValues', given.plan, ['plan']);
  if ('says' in checked) return checked;
  const first = Object.values(attempt.args).find((value) => typeof value === 'string');
  const name = given.target ?? first ?? attempt.at.step;
  const plan = {
    target: { kind: 'object', namespace: attempt.namespace, name },
    changes: Object.entries(given.changes ?? checked.values).map(([field, after]) => ({
      field,
      before: '',
      after: String(after),
    })),
    values: checked.values,
    notes: [],
    unknowns: [],
    ...(given.restores ? { undo: given.restores } : {}),
  };
  return {
    outcome: { purpose: 'plan', result: { ok: true, plan } },
    used: ['plan', 'target', 'changes', 'restores'],
  };
}

/** The condition is the runbook's own, evaluated as the worker does. */
function verified(
  attempt: NewAttempt,
  given: Given,
  action: Signature,
  incident: Incident,
  knows: Knowledge,
): Answered {
  const purpose = 'verify';
  if (given.verify_fails !== undefined) {
    const says = `Last answer: ${given.verify_fails}`;
    return { outcome: { purpose, result: { ok: true, held: false, says } }, used: ['verify_fails'] };
  }
  if (given.verify === undefined)
    return { path: [], says: `It is verified by ${action.name}: give verify or verify_fails.` };
  const checked = shaped(action, 'output', given.verify, ['verify']);
  if ('says' in checked) return checked;
  const out = checked.values;
  const run = incident.runs.get(attempt.at.run);
  if (!run || attempt.until === undefined) throw new Error('a verification without its run or its condition');
  const place = { runbook: run.runbook, step: attempt.at.step, out: action.name, own: true };
  try {
    const held = knows.language.holds(attempt.until, { ...scopeOf(incident, run, attempt.at), out }, place);
    const seconds = Math.round(attempt.timeoutMs / 1000);
    const says = `The condition did not come true within ${seconds} s.`;
    return {
      outcome: { purpose, result: { ok: true, held, out, ...(held ? {} : { says }) } },
      used: ['verify'],
    };
  } catch (error) {
    if (!(error instanceof ExpressionFailed)) throw error;
    return { path: ['verify'], says: `The condition cannot be read with this: ${error.message}.` };
  }
}

/** Exactly the declared fields: a field that the action does not give is a mistake in the test. */
function shaped(
  action: Signature,
  of: 'output' | 'planValues',
  own: Values,
  path: Path,
  under: Values = {},
): { values: Values } | Wrong {
  const schema = action[of]?.strict();
  if (schema === undefined) return { path, says: `${action.name} has no plan.` };
  const parsed = schema.safeParse({ ...under, ...own });
  if (parsed.success) return { values: parsed.data };
  return { path, says: 'not of its shape', shape: { schema, owner: action.name, own, under } };
}
