/** What is to be done after the incident: what people wrote, and what the record itself asks for. */
import type { Bodies, Event, Person } from '../../incidents/events.ts';
import { clause } from '../../incidents/sentence.ts';
import { outcomeOf, type StepStory } from '../../incidents/timeline/steps.ts';
import { changesOf, objectOf } from '../../incidents/timeline/words.ts';
import type { Cause } from './cause.ts';
import type { LeftBehind } from './left-behind.ts';

export interface FollowUp {
  readonly text: string;
  readonly owner?: string;
  /** As written: until when a thing that was left behind may stay. */
  readonly due?: string;
  /** The day by which it is to be done, `2026-12-01`. */
  readonly dueOn?: string;
  /** Where it is followed. */
  readonly link?: string;
  /** How one can tell that it is done. */
  readonly doneWhen?: string;
  /** Nobody will do it, and why. */
  readonly dropped?: string;
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

type Written = Omit<Bodies['follow_up_added'], 'owner'> & {
  readonly owner?: Person | undefined;
  readonly dropped?: string | undefined;
  /** The words it was added with: by them the record knows what it is about. */
  readonly first: string;
};

/** As they were added and changed, in the order in which they were added. */
function writtenOf(events: readonly Event[]): readonly Written[] {
  const written = new Map<string, Written>();
  for (const { type, body } of events) {
    if (type === 'follow_up_added') written.set(body.id, { ...body, first: body.text });
    const known = type === 'follow_up_changed' ? written.get(body.id) : undefined;
    if (known && type === 'follow_up_changed') {
      const given = Object.entries(body).filter(([, value]) => value !== undefined);
      written.set(body.id, { ...known, ...Object.fromEntries(given) });
    }
  }
  return [...written.values()];
}

function fromPeople(
  one: Written,
  details: ReadonlyMap<string, string>,
  labelOf: (person: Person) => string,
): FollowUp {
  const { text, first, owner, from, due, dueOn, link, doneWhen, dropped } = one;
  const detail = details.get(first) ?? (from && from !== first ? from : undefined);
  const given = Object.entries({ due, dueOn, link, doneWhen, dropped });
  return {
    text: detail ? `${clause(text)}: ${clause(detail)}` : text,
    ...(owner ? { owner: labelOf(owner) } : {}),
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== '')),
  };
}

function backups(stories: readonly StepStory[]): FollowUp[] {
  // Looked for before each dump: the newest answer counts, the task is one.
  let says: string | undefined;
  for (const story of stories) {
    const check = story.checks.at(-1);
    if (story.opened?.body.uses !== 'backup.latest' || !check) continue;
    const { verdict, evidence } = check.body;
    if (verdict === 'bad' || verdict === 'unknown' || evidence?.fields.found === false)
      says = check.body.says;
  }
  if (says === undefined) return [];
  return [{ text: `Find the backups, or set them up, and write down where they are: ${clause(says)}` }];
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
  const added = writtenOf(events);
  const written = added.map((one) => fromPeople(one, details, labelOf));
  // A text that somebody changed since was the same thing before.
  const known = new Set(added.flatMap(({ text, first }) => [text, first]));
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
    const place = row.link ? { link: row.link } : {};
    return [
      { text: `Remove it, or say why it stays: ${clause(row.what)}`, ...(row.owner ? who : {}), ...place },
    ];
  });
  const crash = cause.crashes[0];
  const why =
    !cause.known && crash
      ? [{ text: `Find out why it happened: ${clause(crash.line ?? crash.reason ?? crash.says)}` }]
      : [];
  // One that the record asks for may have been taken over by people, and its words changed since.
  const taken = new Set(added.flatMap(({ text, first }) => [clause(text), clause(first)]));
  const asked = [...permanent, ...backups(stories), ...why, ...rows];
  return once([...written, ...asked.filter(({ text }) => !taken.has(clause(text)))]);
}

/** The first of the same text. */
function once(all: readonly FollowUp[]): FollowUp[] {
  const seen = new Set<string>();
  return all.filter(({ text }) => !seen.has(text) && seen.add(text));
}
