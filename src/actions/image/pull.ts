/** Asks for an image as the cluster would pull it: with each login that fits, and without one when none does. */
import type { Call } from '../action.ts';
import { RegistryRefused, type Trouble } from './answers.ts';
import { type Login, loginsFor } from './login.ts';
import { type Image, lookAt } from './look.ts';
import type { ImageReference } from './reference.ts';
import { Registry } from './registry.ts';
import type { Subject } from './subject.ts';

/** What was found, and with which login: what one may not see another may. */
export type Pulled<T> =
  | { readonly found: T; readonly login: Login | undefined }
  | { readonly trouble: Trouble; readonly login: Login | undefined };

/** Answers after which another login may give another answer. */
const OTHER_LOGIN = new Set<Trouble['kind']>([
  'needs login',
  'login refused',
  'not allowed',
  'absent repository',
]);

/** Tries `look` with each login in turn until one is let in; the trouble of the first is what is told otherwise. */
export async function withLogins<T>(
  call: Pick<Call, 'signal' | 'seen'>,
  subject: Pick<Subject, 'reference' | 'logins'>,
  look: (registry: Registry) => Promise<T>,
): Promise<Pulled<T>> {
  const logins = loginsFor(subject.reference, subject.logins);
  let first: { trouble: Trouble; login: Login | undefined } | undefined;
  for (const login of logins.length > 0 ? logins : [undefined]) {
    const registry = new Registry(subject.reference, {
      login,
      signal: call.signal,
      secret: (value) => call.seen?.secret(value),
    });
    try {
      return { found: await look(registry), login };
    } catch (error) {
      if (!(error instanceof RegistryRefused)) throw error;
      first ??= { trouble: error.trouble, login };
      if (!OTHER_LOGIN.has(error.trouble.kind)) return { trouble: error.trouble, login };
    }
  }
  return first ?? { trouble: { kind: 'needs login' }, login: undefined };
}

/** One image, whole. */
export function pullable(
  call: Pick<Call, 'signal' | 'seen'>,
  subject: Pick<Subject, 'logins'>,
  reference: ImageReference,
): Promise<Pulled<Image>> {
  return withLogins(call, { ...subject, reference }, (registry) => lookAt(registry, reference));
}

/** `pull secret artifactory`, or that none was needed. */
export function loginWords(login: Login | undefined): string {
  return login === undefined ? 'no login' : `pull secret ${login.secret}`;
}
