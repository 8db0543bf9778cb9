/** What the record shows of the system itself: where things run, which service leads there, where data are kept. */
import { fieldName } from '../../incidents/field-words.ts';
import type { StepStory } from '../../incidents/timeline/steps.ts';
import { valueWords } from './evidence.ts';
import type { Target } from './targets.ts';

export interface Learnt {
  readonly at: number;
  readonly text: string;
}

/** Fields of evidence that stay true after the incident; counts and states do not. */
const lasting: ReadonlySet<string> = new Set([
  'setting',
  'source',
  'host',
  'service',
  'statefulset',
  'shared_with',
  'unused',
  'volume',
  'volumes',
  'claim',
  'claims',
]);

/** Of an object its name: the rest of it was true at that moment. */
function nameOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nameOf);
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : value;
}

const words = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, value]) => [name, lasting.has(name) ? valueWords(nameOf(value)) : ''] as const)
    .flatMap(([name, value]) => (value === '' ? [] : [`${fieldName(name)} ${value}`]))
    .join('; ');

/** Targets that stayed confirmed first, then the last such answer of each check, each once, in order of time. */
export function learntOf(targets: readonly Target[], stories: readonly StepStory[]): readonly Learnt[] {
  const found = new Map<string, Learnt>();
  for (const story of stories)
    for (const check of story.checks) {
      const known = words(check.body.evidence?.fields ?? {});
      const title = story.opened?.body.title ?? story.at.step;
      // A check that is asked again is known by its last answer.
      if (known !== '') found.set(title, { at: check.at, text: `“${title}” found: ${known}.` });
    }
  const stayed = targets
    .filter(({ until }) => until === undefined)
    .map(({ at, words: what, says }) => ({ at, text: `It was ${what}: ${says}` }));
  return [...stayed, ...[...found.values()].sort((a, b) => a.at - b.at)];
}
