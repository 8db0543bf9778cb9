/** Decides which member of a cluster has the newest data, from what was read of each: four answers and no guess. */
import { walPosition } from './lsn.ts';
import { type Line, type Place, relationOf } from './timeline-history.ts';

/** What was read of one member. */
export type MemberRead =
  | {
      readonly name: string;
      readonly is: 'read';
      /** System identifier, as text: it is larger than 2^53. */
      readonly system: string;
      /** Up to where it has the WAL. Usually one; two when its folder holds two branches. */
      readonly lines: readonly Line[];
      /** It runs as primary, or ran as one when it ended. */
      readonly writes: boolean;
      readonly runs: boolean;
    }
  | { readonly name: string; readonly is: 'unread'; readonly why: string };

export type Read = Extract<MemberRead, { is: 'read' }>;

export interface Evidence {
  /** Every member that there should be, those that could not be read too. */
  readonly members: readonly MemberRead[];
  /** What the store of Patroni has seen written: there is at least this much somewhere. */
  readonly atLeast?: { readonly position?: bigint; readonly timeline?: number };
  /**
   * Whether the bytes of the WAL just before the end of `line`, which `of` has, are the same in `other`. Undefined when
   * they could not be compared: `other` may have recycled them.
   */
  sameWal(of: string, line: Line, other: string): boolean | undefined;
}

export type Newest =
  /** It has everything that the others have, and more than each of them. */
  | { readonly is: 'newest'; readonly member: string }
  /** These have the same, and everything that others have. */
  | { readonly is: 'equal'; readonly members: readonly string[] }
  /** Members have data that no other one has: a person decides. `at` is the last place that both have. */
  | {
      readonly is: 'diverged';
      readonly between: readonly string[];
      readonly at?: Place;
      readonly because: string;
    }
  /** These could not be read, or what was read does not prove anything. */
  | { readonly is: 'unknown'; readonly unread: readonly string[]; readonly because: readonly string[] };

/**
 * The rules are those of facts/patroni-postgres.md, 3b': the timeline and the end of the WAL, and the history's switch
 * points; never a clock, a file's time or a row. Beyond them:
 * - A timeline has one writer. Two that write on one timeline, or one that runs and has less of its own timeline than
 *   another, hold different data whatever the numbers say.
 * - Two members that were promoted at the very same position without knowing of each other have the same numbers and
 *   different data: so the WAL's bytes are compared where they can be. Where they cannot (recycled), the numbers are
 *   believed only of a member that writes the timeline itself.
 * - A member that could not be read may hold anything: then the answer is unknown, or diverged, never a name.
 */
export function newestOf(evidence: Evidence): Newest {
  const read = evidence.members.filter((member): member is Read => member.is === 'read');
  const diverged = whereDiverged(read, evidence);
  if (diverged) return diverged;
  const unread = evidence.members.flatMap((member) => (member.is === 'unread' ? [member] : []));
  if (unread.length > 0 || read.length === 0) {
    return unknown(
      unread.map(({ name }) => name),
      unread.length > 0 ? unread.map(({ name, why }) => `${name}: ${why}`) : ['no member was found'],
    );
  }
  const most = read.filter((member) => read.every((other) => has(member, other)));
  const doubt = whyUnproved(most, read, evidence) ?? whyNotAll(most, evidence);
  if (doubt) return doubt;
  const [only] = most;
  if (!only || most.length > 1) return { is: 'equal', members: most.map(({ name }) => name) };
  return { is: 'newest', member: only.name };
}

function whereDiverged(read: readonly Read[], evidence: Evidence): Newest | undefined {
  const [first] = read;
  const stranger = read.find(({ system }) => system !== first?.system);
  if (first && stranger) {
    const because = 'they are not copies of one database: their system identifiers differ';
    return { is: 'diverged', between: [first.name, stranger.name], because };
  }
  const primaries = read.filter(({ writes, runs }) => writes && runs).map(({ name }) => name);
  if (primaries.length > 1) {
    return { is: 'diverged', between: primaries, because: 'each of them runs as primary' };
  }
  for (const [index, one] of read.entries()) {
    for (const other of read.slice(index)) {
      for (const line of one.lines) {
        for (const theirs of other.lines) {
          const found = fork(one, line, other, theirs, evidence);
          if (found) return { is: 'diverged', between: [...new Set([one.name, other.name])], ...found };
        }
      }
    }
  }
  return undefined;
}

function fork(
  one: Read,
  line: Line,
  other: Read,
  theirs: Line,
  evidence: Evidence,
): { at?: Place; because: string } | undefined {
  const relation = relationOf(line, theirs);
  if (relation.is === 'forked') {
    const { at } = relation;
    const because = at
      ? `both go on after ${placeWords(at)}, each its own way`
      : 'their timelines have nothing in common';
    return { ...(at ? { at } : {}), because };
  }
  if (one === other) return undefined;
  const [shorter, ofShorter, longer] =
    relation.is === 'has other' ? [theirs, other, one] : [line, one, other];
  const begin = shorter.ancestors.at(-1);
  const isSameTimeline = line.timeline === theirs.timeline;
  if (isSameTimeline && one.writes && other.writes) {
    const because = `both wrote on timeline ${line.timeline}, which can have one writer only`;
    return { ...(begin ? { at: begin } : {}), because };
  }
  if (ofShorter.writes && ofShorter.runs && relation.is !== 'equal') {
    const at = { timeline: shorter.timeline, position: shorter.position };
    return { at, because: `${ofShorter.name} runs as primary and has less than ${longer.name}` };
  }
  const differs =
    evidence.sameWal(ofShorter.name, shorter, longer.name) === false ||
    (relation.is === 'equal' && evidence.sameWal(other.name, theirs, one.name) === false);
  if (differs) {
    const because = `their WAL differs before ${placeWords(shorter)}, though the positions fit`;
    return { ...(begin ? { at: begin } : {}), because };
  }
  return undefined;
}

/** Every line of the other is in one of its own. */
function has(member: Read, other: Read): boolean {
  return other.lines.every((theirs) =>
    member.lines.some((line) => ['equal', 'has other'].includes(relationOf(line, theirs).is)),
  );
}

function whyUnproved(most: readonly Read[], read: readonly Read[], evidence: Evidence): Newest | undefined {
  if (most.some(({ writes }) => writes)) return undefined;
  for (const top of most) {
    for (const other of read) {
      if (other === top) continue;
      for (const line of other.lines) {
        const same = evidence.sameWal(other.name, line, top.name) ?? reversed(top, other, line, evidence);
        if (same !== true) {
          return unknown(
            [],
            [
              `${other.name} and ${top.name}: their WAL could not be compared at ${placeWords(line)}, and no primary is there to go by`,
            ],
          );
        }
      }
    }
  }
  return undefined;
}

/** Of two that end at the same place either may have been asked. */
function reversed(top: Read, other: Read, line: Line, evidence: Evidence): boolean | undefined {
  const same = top.lines.find((own) => relationOf(own, line).is === 'equal');
  return same && evidence.sameWal(top.name, same, other.name);
}

function whyNotAll(most: readonly Read[], evidence: Evidence): Newest | undefined {
  const { position, timeline } = evidence.atLeast ?? {};
  const line = most[0]?.lines[0];
  if (!line) return unknown([], ['no member has everything that another has']);
  const lines = most.flatMap(({ lines: all }) => all);
  if (timeline !== undefined && lines.every((one) => one.timeline < timeline)) {
    return unknown(
      [],
      [
        `Patroni's store knows timeline ${timeline}; the newest that was read is ${line.timeline}: the newest data is on a member that was not read, or is lost`,
      ],
    );
  }
  if (position !== undefined && lines.every((one) => one.position < position)) {
    return unknown(
      [],
      [
        `Patroni's store has seen ${walPosition(position)} written; the most that was read is ${walPosition(line.position)}: the newest data is on a member that was not read, or is lost`,
      ],
    );
  }
  return undefined;
}

function unknown(unread: readonly string[], because: readonly string[]): Newest {
  return { is: 'unknown', unread, because };
}

/** `0/A7C4360 on timeline 2`. */
export function placeWords(place: Place): string {
  return `${walPosition(place.position)} on timeline ${place.timeline}`;
}

/** One sentence without its full stop. */
export function newestWords(newest: Newest): string {
  switch (newest.is) {
    case 'newest':
      return `${newest.member} has the newest data`;
    case 'equal':
      return newest.members.length === 1
        ? `${newest.members[0]} has everything`
        : `${listed(newest.members)} have the same, newest data`;
    case 'diverged':
      return `${listed(newest.between)} have diverged: ${newest.because}. A person decides which data is kept`;
    case 'unknown':
      return `it is unknown who has the newest data (${newest.because.join('; ')})`;
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
