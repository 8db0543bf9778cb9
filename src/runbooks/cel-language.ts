/** The expression language with the types of a place looked up: what deciding is given. */
import { holds, render, resolveArguments, type ScopeTypes, scopeTypes } from './expressions.ts';
import type { Language, Place } from './language.ts';
import type { Register } from './signature.ts';

export function celLanguage(register: Register): Language {
  const typesOf = placeTypes(register);
  return {
    register,
    holds: (source, scope, place) => holds(source, scope, typesOf(place)),
    render: (template, scope, place) => render(template, scope, typesOf(place)),
    resolve: (args, scope, place) => resolveArguments(args, scope, typesOf(place)),
  };
}

/** A step's own plan may always be read here: the loader has checked where it is. */
export function placeTypes(register: Register): (place: Place) => ScopeTypes {
  return ({ runbook, step, out }) => {
    const index = runbook.steps.findIndex(({ id }) => id === step);
    return scopeTypes(runbook, index, register, { own: true, ...(out !== undefined && { out }) });
  };
}
