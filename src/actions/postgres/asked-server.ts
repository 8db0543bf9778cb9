/** Asks a server one question and gives the answer beside how Handrail got in; for actions that only look. */
import type { z } from 'zod';
import type { Call } from '../action.ts';
import type { Question } from './session.ts';
import { cannotSee } from './way-fields.ts';
import { mustGetIn } from './way-in.ts';

type Asking = Pick<Call<{ service?: string | undefined }>, 'params' | 'reach' | 'signal' | 'namespace'>;

export interface Answered<T> {
  readonly value: T;
  readonly way: string;
  readonly in_recovery: boolean;
  readonly unknowns: string[];
}

/**
 * Throws ActionFailed with what each way said when nobody gets in. `all`: what other roles do belongs to the answer, so
 * that a role that may not see it is told so in `unknowns`.
 */
export async function askServer<S extends z.ZodType>(
  call: Asking,
  question: Question<S>,
  all: 'all' | 'own' = 'all',
): Promise<Answered<z.output<S>>> {
  const got = await mustGetIn(call);
  try {
    const value = await got.session.ask(question);
    const unseen = all === 'all' && !got.identity.sees_all ? [cannotSee(got.identity.role)] : [];
    return {
      value,
      way: got.session.way,
      in_recovery: got.identity.in_recovery,
      unknowns: [...got.unknowns, ...unseen],
    };
  } finally {
    got.session.end();
  }
}
