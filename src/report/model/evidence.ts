/** The kept fields of checks and changes, as words and lines; nothing that an event does not hold. */
import type { EventOf } from '../../incidents/events.ts';
import { fieldName, inlineWords, itemWords } from '../../incidents/field-words.ts';
import type { StepStory } from '../../incidents/timeline/steps.ts';

export interface EvidenceTable {
  readonly at: number;
  readonly title: string;
  readonly uses: string;
  readonly verdict: string;
  readonly hash: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** A value as a person reads it; nothing for what is not there. A long list is read line by line. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (!Array.isArray(value)) return value === '' ? '' : inlineWords(value);
  const words = value.map(itemWords);
  return words.join(words.join(', ').length > 80 ? '\n' : ', ');
}

function wordOf(answer: EventOf<'check_done'> | EventOf<'act_done'> | EventOf<'verified'>): string {
  switch (answer.type) {
    case 'check_done':
      return answer.body.verdict;
    case 'act_done':
      return answer.body.outcome;
    case 'verified':
      return answer.body.held ? 'verified' : 'not verified';
  }
}

/** One table for each different set of kept fields: a check repeated with the same answer is there once. */
export function evidenceOf(stories: readonly StepStory[]): readonly EvidenceTable[] {
  const tables: EvidenceTable[] = [];
  const seen = new Set<string>();
  for (const story of stories)
    for (const answer of [...story.checks, story.done, story.verified].filter((one) => one !== undefined)) {
      const { evidence } = answer.body;
      if (!evidence || Object.keys(evidence.fields).length === 0) continue;
      const uses = story.opened?.body.uses ?? '';
      const title = story.opened?.body.title ?? story.at.step;
      const same = JSON.stringify([uses, title, evidence.fields]);
      if (seen.has(same)) continue;
      seen.add(same);
      const fields = Object.entries(evidence.fields).map(([name, value]) => ({
        name: fieldName(name),
        value: valueWords(value),
      }));
      const verdict = wordOf(answer);
      tables.push({ at: answer.at, title, uses, verdict, hash: evidence.hash, fields });
    }
  return tables.sort((a, b) => a.at - b.at);
}

/** The value of the first of these fields that is there and not empty. */
export function field(check: EventOf<'check_done'>, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const words = valueWords(check.body.evidence?.fields[name]).trim();
    if (words !== '') return words;
  }
  return undefined;
}
