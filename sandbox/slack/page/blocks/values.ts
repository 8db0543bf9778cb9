// What an element holds at first or held before, in the form in which it is entered. Pure.

import type { Entered, Json, Surface } from './surface.ts';

const isOption = (value: unknown): value is { value: string } =>
  typeof value === 'object' && value !== null && typeof (value as Json).value === 'string';

function plainValue(value: unknown): Entered {
  if (Array.isArray(value))
    return value.flatMap((each) => (isOption(each) ? [each.value] : typeof each === 'string' ? [each] : []));
  if (isOption(value)) return value.value;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

const first = (fields: Json, prefix: string): unknown =>
  Object.entries(fields).find(([name]) => name.startsWith(prefix))?.[1];

/** @param kept the element's entry in `state.values`, which Slack fills with the initial value. */
export function shownValue(element: Json, kept: Json | undefined): Entered {
  if (kept !== undefined && kept.type === element.type)
    return plainValue('value' in kept ? kept.value : first(kept, 'selected_'));
  return plainValue(first(element, 'initial_'));
}

export const asList = (value: Entered): readonly string[] =>
  value === null || value === '' ? [] : typeof value === 'object' ? value : [String(value)];

export const asText = (value: Entered): string =>
  value === null ? '' : typeof value === 'object' ? value.join(', ') : String(value);

/** What the person sees in the element now. */
export function currentValue(surface: Surface, block: Json, element: Json): Entered {
  const entered = surface.entered(block, element);
  return entered === undefined ? shownValue(element, surface.kept(block, element)) : entered;
}
