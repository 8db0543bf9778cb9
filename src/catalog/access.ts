/** Who may do what on which system, and who is the same person under two identities. Pure: lookups in Slack are the caller's. */

/**
 * What a person may do, lowest first; each holds the ones before it (admin > approve > operate > observe):
 * *observe* runs checks, *operate* starts acts, *approve* confirms other people's two-person steps, *admin* erases and
 * changes settings. Notes need no level.
 */
export type Level = 'observe' | 'operate' | 'approve' | 'admin';

export const LEVELS: readonly Level[] = ['observe', 'operate', 'approve', 'admin'];

/**
 * One entry of a list of people: `person:ana` (of `people`), `slack:U123`, `terminal:ana@laptop`,
 * `kubernetes:ana@example.org`, `usergroup:S123` (a Slack user group), `group:responders` (not within a group), or
 * `everyone` (any Slack member; only for observe).
 */
export type Member = string;

export type Grants = Readonly<Record<Level, readonly Member[]>>;

/** One person of `handrail.yaml` and every identity that is theirs, e.g. `slack:U123`, `terminal:ana@laptop`. */
export interface KnownPerson {
  readonly key: string;
  readonly name: string;
  readonly identities: readonly string[];
}

export interface Access {
  readonly people: readonly KnownPerson[];
  readonly groups: Readonly<Record<string, readonly Member[]>>;
  /** Hold on every system; a system can only add to them. */
  readonly everywhere: Grants;
  readonly systems: Readonly<Record<string, Grants>>;
}

export const NO_GRANTS: Grants = { observe: [], operate: [], approve: [], admin: [] };

export const NO_ACCESS: Access = { people: [], groups: {}, everywhere: NO_GRANTS, systems: {} };

/** Who asks: `slack:U123`, `terminal:ana@laptop` or `kubernetes:ana@example.org`; `groups` are ids of Slack user groups. */
export interface Asker {
  readonly id: string;
  readonly groups?: readonly string[];
}

/** A person counted once: the canonical id (`person:ana`, or the identity itself when unmapped), name and identities. */
export interface GroupPerson {
  readonly id: string;
  readonly name?: string;
  readonly identities: readonly string[];
}

export interface GroupMembers {
  readonly people: readonly GroupPerson[];
  /** Ids of Slack user groups whose members only Slack knows; people in them may be counted in `people` already. */
  readonly usergroups: readonly string[];
}

/** The entry of `people` that owns this identity. */
export function knownPerson(access: Access, id: string): KnownPerson | undefined {
  return access.people.find((person) => `person:${person.key}` === id || person.identities.includes(id));
}

/** One id for one human: `person:ana` for any of her identities, the id itself when nobody of `people` has it. */
export function canonicalId(access: Access, id: string): string {
  const known = knownPerson(access, id);
  return known ? `person:${known.key}` : id;
}

/** Whether two identities are one human: a terminal gives nobody another identity (reliability.md). */
export function samePerson(access: Access, a: string, b: string): boolean {
  return canonicalId(access, a) === canonicalId(access, b);
}

/** The levels a person has on a system; `systemId` undefined for an incident without one: what holds everywhere. */
export function levelsOf(access: Access, asker: Asker, systemId: string | undefined): ReadonlySet<Level> {
  const here =
    systemId !== undefined && Object.hasOwn(access.systems, systemId) ? access.systems[systemId] : undefined;
  let highest = unmappedTerminal(access, asker) ? 0 : -1;
  LEVELS.forEach((level, rank) => {
    const granted = [...access.everywhere[level], ...(here?.[level] ?? [])];
    if (granted.some((member) => covers(access, member, asker))) highest = rank;
  });
  return new Set(LEVELS.slice(0, highest + 1));
}

/**
 * Whether a person may approve a step that names `from`. A step that names groups or people is approved by one of
 * those and nobody else, also not by admin: the runbook's author chose them (product.md, "only the named group").
 * A step that names none is approved by anyone with *approve* on the system. That the requester may not approve is
 * the door's rule: ask `samePerson`.
 */
export function mayApprove(
  access: Access,
  asker: Asker,
  from: readonly Member[],
  systemId: string | undefined,
): boolean {
  if (from.length === 0) return levelsOf(access, asker, systemId).has('approve');
  return from.some((member) => member !== 'everyone' && covers(access, member, asker));
}

/** Everybody of a group, each human once; undefined when `handrail.yaml` has no group of that name. */
export function groupMembers(access: Access, group: string): GroupMembers | undefined {
  const name = group.startsWith('group:') ? group.slice('group:'.length) : group;
  const members = membersOf(access, name);
  if (!members) return undefined;
  const people = new Map<string, GroupPerson>();
  const usergroups = new Set<string>();
  for (const member of members) {
    const one = membersOfOne(access, member);
    for (const person of one.people) people.set(person.id, person);
    for (const usergroup of one.usergroups) usergroups.add(usergroup);
  }
  return { people: [...people.values()], usergroups: [...usergroups] };
}

/** One entry that is no group of `handrail.yaml`. */
function membersOfOne(access: Access, member: Member): GroupMembers {
  if (member.startsWith('usergroup:')) return { people: [], usergroups: [member.slice('usergroup:'.length)] };
  const known = knownPerson(access, member);
  const person = known
    ? { id: `person:${known.key}`, name: known.name, identities: known.identities }
    : { id: member, identities: [member] };
  return { people: [person], usergroups: [] };
}

/**
 * Everybody who may approve a step that names `from`, as `mayApprove` decides it: those, or where it names nobody
 * whoever has *approve* on the system.
 */
export function approversOf(
  access: Access,
  from: readonly Member[],
  systemId: string | undefined,
): GroupMembers {
  const here =
    systemId !== undefined && Object.hasOwn(access.systems, systemId) ? access.systems[systemId] : undefined;
  const granted = [access.everywhere, here].flatMap((grants) =>
    grants ? [...grants.approve, ...grants.admin] : [],
  );
  const people = new Map<string, GroupPerson>();
  const usergroups = new Set<string>();
  for (const member of from.length > 0 ? from : granted) {
    if (member === 'everyone') continue;
    const group = member.startsWith('group:') ? groupMembers(access, member) : membersOfOne(access, member);
    for (const person of group?.people ?? []) people.set(person.id, person);
    for (const usergroup of group?.usergroups ?? []) usergroups.add(usergroup);
  }
  return { people: [...people.values()], usergroups: [...usergroups] };
}

/** Names of the groups a person is in, for what a command carries into the core. */
export function groupsOf(access: Access, asker: Asker): readonly string[] {
  return Object.keys(access.groups).filter((name) => covers(access, `group:${name}`, asker));
}

function membersOf(access: Access, group: string): readonly Member[] | undefined {
  return Object.hasOwn(access.groups, group) ? access.groups[group] : undefined;
}

function covers(access: Access, member: Member, asker: Asker): boolean {
  if (member === 'everyone') return asker.id.startsWith('slack:');
  if (member.startsWith('group:')) {
    const members = membersOf(access, member.slice('group:'.length)) ?? [];
    return members.some((one) => !one.startsWith('group:') && covers(access, one, asker));
  }
  if (member.startsWith('usergroup:')) {
    return (asker.groups ?? []).includes(member.slice('usergroup:'.length));
  }
  return samePerson(access, member, asker.id);
}

/** Checks and notes only (product.md, People and rights): whoever has this shell can read the cluster anyway. */
function unmappedTerminal(access: Access, asker: Asker): boolean {
  const fromTerminal = asker.id.startsWith('terminal:') || asker.id.startsWith('kubernetes:');
  return fromTerminal && knownPerson(access, asker.id) === undefined;
}
