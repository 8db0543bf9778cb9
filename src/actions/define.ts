/** Builds an action from its definition, with the types of parameters and outputs taken from its own schemas. */
import type { z } from 'zod';
import type { Plan } from '../incidents/plan.ts';
import type { Call, ChangingAction, ChangingCall, Happened, ReadingAction, Rights } from './action.ts';

interface Common<P extends z.ZodObject, O extends z.ZodObject> {
  name: string;
  version: number;
  params: P;
  output: O;
  sensitive?: readonly string[];
  written?: readonly string[];
  captures?: readonly string[];
  captured?: readonly string[];
  waits?(args: Record<string, unknown>): number;
  rights: Rights;
  byHand(params: Partial<z.output<P>>, namespace: string): readonly string[];
}

/** An action that changes nothing. */
export function reading<P extends z.ZodObject, O extends z.ZodObject>(
  definition: Common<P, O> & { run(call: Call<z.output<P>>): Promise<z.output<O>> },
): ReadingAction {
  return {
    changes: false,
    capturesBefore: false,
    ...definition,
    sensitive: definition.sensitive ?? [],
  } as unknown as ReadingAction;
}

/** An action that changes something: with plan, guard and the look for its own trace beside it. */
export function changing<P extends z.ZodObject, O extends z.ZodObject, V extends z.ZodObject>(
  definition: Common<P, O> & {
    planValues: V;
    capturesBefore: boolean;
    guard: string;
    plan(call: Call<z.output<P>>): Promise<Plan & { readonly values: z.output<V> }>;
    run(call: ChangingCall<z.output<P>>): Promise<z.output<O>>;
    happened(call: ChangingCall<z.output<P>>): Promise<Happened>;
    stop?(call: ChangingCall<z.output<P>>): Promise<void>;
  },
): ChangingAction {
  return { changes: true, ...definition, sensitive: definition.sensitive ?? [] } as unknown as ChangingAction;
}
