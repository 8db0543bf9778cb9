/** What deciding needs of the expression language, with the types of a place in a runbook already known. */
import { holds, render, resolveArguments, type Scope, scopeTypes } from './expressions.ts';
import type { Arguments, Expression, Runbook, Template } from './runbook.ts';
import type { Register } from './signature.ts';

/** Where an expression stands: it may read what came before this step, and `out` of the named action. */
export interface Place {
  readonly runbook: Runbook;
  readonly step: string;
  readonly out?: string;
  /** True where the step's own plan and arguments may be read: confirm, locks, verify, undo, leaves, probe. */
  readonly own?: boolean;
}

export interface Language {
  readonly register: Register;
  /** Throws ExpressionFailed, with words for a person, when the values at hand do not answer it. */
  holds(source: Expression, scope: Scope, place: Place): boolean;
  render(template: Template, scope: Scope, place: Place): string;
  resolve(args: Arguments, scope: Scope, place: Place): Record<string, unknown>;
}

/** The language over a register of actions. */
export function languageOf(register: Register): Language {
  const typesAt = ({ runbook, step, out, own }: Place) => {
    const index = runbook.steps.findIndex((one) => one.id === step);
    return scopeTypes(runbook, index, register, { ...(out ? { out } : {}), ...(own ? { own } : {}) });
  };
  return {
    register,
    holds: (source, scope, place) => holds(source, scope, typesAt(place)),
    render: (template, scope, place) => render(template, scope, typesAt(place)),
    resolve: (args, scope, place) => resolveArguments(args, scope, typesAt(place)),
  };
}
