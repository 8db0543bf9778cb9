/** How people are called in a report: by name, by role or by initials; and who took part. */
import type { Event, Person } from '../incidents/events.ts';
import { namedByHand } from './model/named-by-hand.ts';
import { oneLine, visible, withoutSlackMarkup } from './typed.ts';

export type PeopleStyle = 'names' | 'roles' | 'initials';

export interface Participant {
  readonly label: string;
  readonly roles: readonly string[];
  /** A run names it as the one who did a step by hand. */
  readonly byHand: boolean;
  /** It did nothing here itself: somebody wrote the name down; it may be a team. */
  readonly onlyNamed: boolean;
}

export interface People {
  readonly labelOf: (person: Person) => string;
  /** Everybody who took part, in the order in which they came in; programs are not people. */
  readonly took: readonly Participant[];
  /** What people typed, with Slack's markup in words and, unless `names`, known names replaced. */
  readonly resolve: (text: string) => string;
}

/** The bot, a watch, a webhook, a worker or a deadline: never called by a person's role or initials. */
const isProgram = (person: Person): boolean =>
  /^(bot|watch|webhook|worker|deadline|ticker)\b/.test(person.id);

/** An id of Slack is no name, also where an event holds it in place of one. */
function nameOf({ id, name }: Person): string {
  const known = oneLine(name)
    .trim()
    .replace(/^unmapped (?=slack:)/, '');
  if (known !== '' && !/^(?:slack:)?[UW](?=[A-Z]*\d)[A-Z0-9]{8,20}$/.test(known)) return known;
  return known === '' && !id.startsWith('slack:') ? id : 'somebody';
}

const plainName = (name: string): string => oneLine(name).trim().replace(/\s+/g, ' ').toLowerCase();

function everybody(events: readonly Event[]): Person[] {
  const seen = new Map<string, Person>();
  const see = (person: Person | undefined): void => {
    // A later event may know a better name than the first one.
    if (person) seen.set(person.id, person);
  };
  for (const event of events) {
    see(event.by);
    if (event.type === 'role_set') see(event.body.person);
    if (event.type === 'note_added') see(event.body.source.author);
    if (
      event.type === 'loose_end_opened' ||
      event.type === 'loose_end_settled' ||
      event.type === 'loose_end_keep_asked' ||
      event.type === 'follow_up_added' ||
      event.type === 'follow_up_changed'
    )
      see(event.body.owner);
    if (event.type === 'handed_over') for (const person of [event.body.from, event.body.to]) see(person);
  }
  return [...seen.values()];
}

/** The first character, as people see it, of each of the first three words. */
function initialsOf(name: string): string {
  const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const words = name.split(/[\s-]+/u).filter((word) => word !== '');
  const firsts = words.slice(0, 3).map((word) => [...letters.segment(word)][0]?.segment ?? '');
  return firsts.join('').toUpperCase() || '?';
}

function labels(people: readonly Person[], roles: ReadonlyMap<string, string[]>, style: PeopleStyle) {
  const byId = new Map<string, string>();
  const used = new Map<string, number>();
  let others = 0;
  for (const person of people) {
    if (isProgram(person) || style === 'names') {
      byId.set(person.id, nameOf(person));
      continue;
    }
    const role = roles.get(person.id)?.[0];
    const wanted = style === 'initials' ? initialsOf(nameOf(person)) : role;
    if (wanted === undefined) {
      others += 1;
      byId.set(person.id, `responder ${others}`);
      continue;
    }
    const count = (used.get(wanted) ?? 0) + 1;
    used.set(wanted, count);
    byId.set(person.id, count === 1 ? wanted : `${wanted} ${count}`);
  }
  return byId;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Everybody of these events and how the report calls them. The last role that somebody had is the one that counts. */
export function peopleOf(events: readonly Event[], style: PeopleStyle): People {
  const acted = everybody(events);
  const sameName = (one: string, other: string): boolean => plainName(one) === plainName(other);
  const named = namedByHand(events);
  const onlyNamed = named
    .filter((name) => !acted.some((person) => sameName(nameOf(person), name)))
    .map((name): Person => ({ id: `named:${plainName(name)}`, name }));
  const people = [...acted, ...onlyNamed];
  const holder = new Map<string, string>();
  for (const event of events)
    if (event.type === 'role_set') holder.set(event.body.role, event.body.person.id);
    else if (event.type === 'handed_over') holder.set(event.body.role, event.body.to.id);
  const roles = new Map<string, string[]>();
  for (const [role, id] of holder) roles.set(id, [...(roles.get(id) ?? []), role]);

  const byId = labels(people, roles, style);
  const labelOf = (person: Person): string =>
    byId.get(person.id) ?? (style === 'names' ? nameOf(person) : 'somebody');
  const bySlackId = new Map(people.map((person) => [person.id.replace(/^slack:/, ''), person]));
  const userName = (id: string): string | undefined => {
    const person = bySlackId.get(id);
    return person && labelOf(person);
  };
  const hidden = people
    .filter(
      (person) =>
        style !== 'names' && !isProgram(person) && nameOf(person).length > 1 && nameOf(person) !== 'somebody',
    )
    .sort((a, b) => nameOf(b).length - nameOf(a).length || (a.id < b.id ? -1 : 1));
  const labelsByName = new Map(hidden.map((person) => [nameOf(person), labelOf(person)]));
  const names = [...labelsByName.keys()].map(escaped).join('|');
  const pattern =
    names === '' ? undefined : new RegExp(`(?<![\\p{L}\\p{N}])(?:${names})(?![\\p{L}\\p{N}])`, 'gu');
  const resolve = (text: string): string => {
    // First the invisible characters: one inside a mention would hide it from us and not from Slack.
    const words = withoutSlackMarkup(visible(text), userName);
    return pattern ? words.replace(pattern, (name) => labelsByName.get(name) ?? name) : words;
  };

  const took = people
    .filter((person) => !isProgram(person))
    .map((person) => ({
      label: labelOf(person),
      roles: roles.get(person.id) ?? [],
      byHand: named.some((name) => sameName(nameOf(person), name)),
      onlyNamed: onlyNamed.includes(person),
    }));
  return { labelOf, took, resolve };
}
