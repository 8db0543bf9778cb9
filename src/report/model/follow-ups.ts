/** What is to be done after the incident: what people wrote, and what the record itself asks for. */
import type { Event, Person } from '../../incidents/events.ts';
import { clause } from '../../incidents/sentence.ts';
import { outcomeOf, type StepStory } from '../../incidents/timeline/steps.ts';
import { changesOf, objectOf } from '../../incidents/timeline/words.ts';
import type { Cause } from './cause.ts';
import type { LeftBehind } from './left-behind.ts';

export interface FollowUp {
  readonly text: string;
  readonly owner?: string;
  readonly due?: string;
}

/** The exact field and both values of a permanent change. */
function permanentDetails(stories: readonly StepStory[]): Map<string, string> {
  const details = new Map<string, string>();
  for (const story of stories) {
    if (!story.plan || !story.started || outcomeOf(story) === 'not made') continue;
    const changes = changesOf(story.plan);
    for (const leaves of story.plan.body.leaves)
      if (leaves.kind === 'permanent')
        details.set(
          leaves.followUp ?? leaves.says,
          `${objectOf(story.plan)}${changes ? `: ${changes}` : ''}`,
        );
  }
  return details;
}

function fromPeople(
  events: readonly Event[],
  details: ReadonlyMap<string, string>,
  labelOf: (person: Person) => string,
): FollowUp[] {
  return events.flatMap((event) => {
    if (event.type !== 'follow_up_added') return [];
    const { text, owner, due, from } = event.body;
    const detail = details.get(text) ?? (from && from !== text ? from : undefined);
    const whole = detail ? `${clause(text)}: ${clause(detail)}` : text;
    return [{ text: whole, ...(owner ? { owner: labelOf(owner) } : {}), ...(due ? { due } : {}) }];
  });
}

function backups(stories: readonly StepStory[]): FollowUp[] {
  const says = new Set<string>();
  for (const story of stories) {
    const check = story.checks.at(-1);
    if (story.opened?.body.uses !== 'backup.latest' || !check) continue;
    const { verdict, evidence } = check.body;
    if (verdict === 'bad' || verdict === 'unknown' || evidence?.fields.found === false)
      says.add(check.body.says);
  }
  return [...says].map((text) => ({
    text: `Find the backups, or set them up, and write down where they are: ${clause(text)}`,
  }));
}

/** Those of people first, then the generated ones; the same text is there once. */
export function followUpsOf(
  events: readonly Event[],
  stories: readonly StepStory[],
  cause: Cause,
  left: LeftBehind,
  labelOf: (person: Person) => string,
): readonly FollowUp[] {
  const details = permanentDetails(stories);
  const written = fromPeople(events, details, labelOf);
  const known = new Set(
    events.flatMap((event) => (event.type === 'follow_up_added' ? [event.body.text] : [])),
  );
  const permanent = [...details]
    .filter(([text]) => !known.has(text))
    .map(([text, detail]) => ({ text: `Put it in git: ${clause(text)}: ${detail}` }));
  const rows = left.rows.flatMap((row): FollowUp[] => {
    const who = { ...(row.owner ? { owner: row.owner } : {}), ...(row.until ? { due: row.until } : {}) };
    if (row.state === 'gone') return [];
    if (row.kind === 'permanent') {
      const values = row.before && row.during ? `: ${row.before} → ${row.during}` : '';
      return [{ text: `Put it in git: ${clause(row.what)} (${row.object}${values})`, ...who }];
    }
    if (row.kind === 'approval-alone')
      return row.state === 'accepted'
        ? []
        : [{ text: `Look together at what one person decided alone: ${clause(row.what)}` }];
    return [{ text: `Remove it, or say why it stays: ${clause(row.what)}`, ...(row.owner ? who : {}) }];
  });
  const crash = cause.crashes[0];
  const why =
    cause.recorded.length === 0 && crash
      ? [{ text: `Find out why it happened: ${clause(crash.line ?? crash.reason ?? crash.says)}` }]
      : [];
  const seen = new Set<string>();
  return [...written, ...permanent, ...backups(stories), ...why, ...rows].filter(({ text }) => {
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}
