/** Which objects a call will touch, as far as its arguments tell before it is made. */
import type { z } from 'zod';
import type { Database } from '../catalog/catalog.ts';
import type { Arguments } from '../runbooks/runbook.ts';
import { hasPlaces } from '../runbooks/template.ts';
import type { Foreseen, KnownArgument, Needed } from './action.ts';

/** What a runbook's text says of the arguments of a call. */
export function foresee(
  params: z.ZodObject,
  args: Arguments,
  databases: readonly Database[],
  neverGive: readonly string[] = [],
): Foreseen {
  const known = Object.entries(params.shape).flatMap(([name, shape]): [string, KnownArgument][] => {
    const written = args[name];
    const value = written ?? (shape as z.ZodType).safeParse(undefined).data;
    if (value === undefined || value === null || value === '') return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [[name, hasPlaces(text) ? 'seen later' : { is: text }]];
  });
  return { args: Object.fromEntries(known), databases, neverGive };
}

/** The objects that an argument names. */
export function namedBy(call: Foreseen, name: string): Needed {
  const known = call.args[name];
  if (known === undefined) return 'none';
  return known === 'seen later' ? 'any' : [known.is];
}

/**
 * The objects that the last of `names` names, for an action that looks at the first of these arguments that it is
 * given: none when one of those before it is given for certain.
 */
export function firstGiven(call: Foreseen, names: readonly string[]): Needed {
  const before = names.slice(0, -1);
  if (before.some((name) => typeof call.args[name] === 'object')) return 'none';
  return namedBy(call, names.at(-1) ?? '');
}

/** Any object as soon as one is meant. */
export function anyOf(needed: Needed): Needed {
  return needed === 'none' || (needed !== 'any' && needed.length === 0) ? 'none' : 'any';
}

export function together(...all: readonly Needed[]): Needed {
  if (all.includes('any')) return 'any';
  const names = new Set(all.flatMap((one) => (typeof one === 'string' ? [] : one)));
  return names.size === 0 ? 'none' : [...names];
}
