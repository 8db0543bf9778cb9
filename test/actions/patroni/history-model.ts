// A model of a cluster's life, as random as wanted: what each member really holds, and what a reader would see of it.
import type { Evidence, MemberRead } from '../../../src/actions/patroni/newest.ts';
import type { Ancestors, Line } from '../../../src/actions/patroni/timeline-history.ts';
import { relationOf } from '../../../src/actions/patroni/timeline-history.ts';

interface Rec {
  /** Unique in the world: two members hold the same record only when it was written once. */
  readonly uid: number;
  readonly end: bigint;
  readonly commits: boolean;
}

interface Member {
  readonly name: string;
  system: string;
  timeline: number;
  ancestors: Ancestors;
  records: readonly Rec[];
  writes: boolean;
  runs: boolean;
  isReadable: boolean;
  /** WAL before this has been recycled. */
  kept: bigint;
}

export const OPERATIONS = [
  'write',
  'write',
  'write',
  'write',
  'stream',
  'stream',
  'stream',
  'stream',
  'stop',
  'start as standby',
  'start',
  'promote unknowing',
  'promote',
  'rewind',
  'reinitialize',
  'copy volume',
  'recycle',
  'publish',
  'unreadable',
  'readable',
  'foreign',
] as const;

export interface Operation {
  readonly is: (typeof OPERATIONS)[number];
  readonly who: number;
  readonly whom: number;
  readonly count: number;
}

const BASE = 0x3000000n;

export class World {
  readonly members: readonly Member[];
  private uids = 0;
  private published: { position?: bigint; timeline?: number } = {};

  private readonly isComparable: boolean;

  /** `isComparable`: the WAL's bytes can be read for comparing, where they are still there. */
  constructor(count: number, isComparable: boolean) {
    this.isComparable = isComparable;
    this.members = Array.from({ length: count }, (_, index) => ({
      name: `m${index}`,
      system: '7710281048170509835',
      timeline: 1,
      ancestors: [],
      records: [],
      writes: index === 0,
      runs: true,
      isReadable: true,
      kept: 0n,
    }));
  }

  perform({ is, who, whom, count }: Operation): void {
    const member = this.members[who % this.members.length];
    const other = this.members[whom % this.members.length];
    if (!member || !other) return;
    switch (is) {
      case 'write':
        if (member.writes && member.runs) this.append(member, count);
        return;
      case 'stream':
        if (member.runs && other.runs && !member.writes && member !== other) stream(member, other, count);
        return;
      case 'stop':
        member.runs = false;
        return;
      case 'start':
        member.runs = true;
        return;
      case 'start as standby':
        [member.runs, member.writes] = [true, false];
        return;
      case 'promote unknowing':
      case 'promote':
        if (member.runs && !member.writes) this.promote(member, is === 'promote');
        return;
      case 'rewind':
        if (member !== other && other.runs && member.system === other.system) rewind(member, other);
        return;
      case 'reinitialize':
        if (member !== other && other.runs) copy(member, other, false);
        return;
      case 'copy volume':
        if (member !== other) copy(member, other, other.writes);
        return;
      case 'recycle':
        member.kept = endOf(member);
        return;
      case 'publish':
        if (member.writes && member.runs) {
          const { position = 0n, timeline = 0 } = this.published;
          if (endOf(member) >= position && member.timeline >= timeline)
            this.published = { position: endOf(member), timeline: member.timeline };
        }
        return;
      case 'unreadable':
        // Rare enough that most worlds are read whole.
        if (count === 1) member.isReadable = false;
        return;
      case 'readable':
        member.isReadable = true;
        return;
      case 'foreign':
        if (count === 1 && whom % 7 === 0) member.system = '7710281048170509836';
    }
  }

  private append(member: Member, count: number): void {
    const records = [...member.records];
    for (let at = 0; at < count; at++) {
      this.uids++;
      // Sizes repeat, so that two branches often end at the same position.
      records.push({
        uid: this.uids,
        end: endOf({ records }) + BigInt(8 * (1 + (at % 2))),
        commits: this.uids % 3 !== 0,
      });
    }
    member.records = records;
  }

  private promote(member: Member, knows: boolean): void {
    const known = knows ? this.members.map(({ timeline }) => timeline) : [member.timeline];
    member.ancestors = [...member.ancestors, { timeline: member.timeline, position: endOf(member) }];
    member.timeline = Math.max(...known) + 1;
    member.writes = true;
    this.uids++;
    member.records = [...member.records, { uid: this.uids, end: endOf(member) + 8n, commits: false }];
  }

  /** What the readers of members, of the WAL's bytes and of the store see. */
  evidence(): Evidence {
    const read = this.members.filter(({ isReadable }) => isReadable);
    // What nobody could see by any means: the same numbers, different data, one of them a primary's, and the bytes
    // gone. There the bytes stay, see newest.ts.
    const keepsAll = read.some((one) =>
      read.some(
        (other) =>
          relationOf(lineOf(one), lineOf(other)).is !== 'forked' &&
          hasForked(one, other) &&
          (one.writes !== other.writes || (one.writes && one.timeline !== other.timeline)),
      ),
    );
    return {
      members: this.members.map((member): MemberRead => {
        if (!member.isReadable) return { name: member.name, is: 'unread', why: 'its pod is gone' };
        const { name, system, writes, runs } = member;
        return { name, is: 'read', system, writes, runs, lines: [lineOf(member)] };
      }),
      atLeast: this.published,
      sameWal: (of, line, other) => {
        const [own, theirs] = [this.named(of), this.named(other)];
        if (endOf(theirs) < line.position) return undefined;
        if (!keepsAll && (!this.isComparable || theirs.kept >= line.position || own.kept > line.position))
          return undefined;
        if (line.position === BASE) return true;
        return recordAt(own, line.position)?.uid === recordAt(theirs, line.position)?.uid;
      },
    };
  }

  private named(name: string): Member {
    const found = this.members.find((member) => member.name === name);
    if (!found) throw new Error(`no member ${name}`);
    return found;
  }

  /** The commits of a member, of every system it was. */
  commitsOf(name: string): Set<string> {
    const { records, system } = this.named(name);
    return new Set(records.filter(({ commits }) => commits).map(({ uid }) => `${system}/${uid}`));
  }

  /** Nothing hidden: every member read, of one system, on one line, and at most one runs as primary, not behind. */
  isPlain(): boolean {
    const all = this.members;
    const primaries = all.filter(({ writes, runs }) => writes && runs);
    return (
      all.every(({ isReadable, system }) => isReadable && system === all[0]?.system) &&
      all.every((one) => all.every((other) => !hasForked(one, other))) &&
      all.every((one) => all.every((other) => relationOf(lineOf(one), lineOf(other)).is !== 'forked')) &&
      primaries.length <= 1 &&
      primaries.every((one) => all.every((other) => endOf(other) <= endOf(one))) &&
      !this.hasTwoWritersOfOne() &&
      all.some((member) => endOf(member) >= (this.published.position ?? 0n)) &&
      all.some((member) => member.timeline >= (this.published.timeline ?? 0)) &&
      // Compared with nobody who writes, WAL that is gone proves nothing.
      ((this.isComparable && all.every(({ kept }) => kept === 0n)) || primaries.length === 1)
    );
  }

  private hasTwoWritersOfOne(): boolean {
    const writers = this.members.filter(({ writes }) => writes).map(({ timeline }) => timeline);
    return new Set(writers).size !== writers.length;
  }
}

function endOf({ records }: Pick<Member, 'records'>): bigint {
  return records.at(-1)?.end ?? BASE;
}

function recordAt(member: Member, position: bigint): Rec | undefined {
  return member.records.find(({ end }) => end === position);
}

function lineOf(member: Member): Line {
  return { timeline: member.timeline, position: endOf(member), ancestors: member.ancestors };
}

function commonLength(one: Member, other: Member): number {
  const at = one.records.findIndex((record, index) => record.uid !== other.records[index]?.uid);
  return at < 0 ? one.records.length : at;
}

/** Each has a record that the other does not have. */
function hasForked(one: Member, other: Member): boolean {
  const common = commonLength(one, other);
  return common < one.records.length && common < other.records.length;
}

function stream(member: Member, from: Member, count: number): void {
  if (member.system !== from.system || commonLength(member, from) < member.records.length) return;
  take(member, from, Math.min(member.records.length + count, from.records.length));
}

function rewind(member: Member, to: Member): void {
  take(member, to, Math.max(commonLength(member, to), 0));
  member.writes = false;
  member.runs = true;
}

/** `length` records of another, and the timeline that the last of them is on. */
function take(member: Member, from: Member, length: number): void {
  member.records = from.records.slice(0, length);
  const end = endOf(member);
  const passed = from.ancestors.findIndex(({ position }) => end <= position);
  if (passed < 0) [member.timeline, member.ancestors] = [from.timeline, from.ancestors];
  else {
    member.timeline = from.ancestors[passed]?.timeline ?? 1;
    member.ancestors = from.ancestors.slice(0, passed);
  }
}

function copy(member: Member, from: Member, writes: boolean): void {
  const { system, timeline, ancestors, records, kept } = from;
  Object.assign(member, { system, timeline, ancestors, records, kept, writes, runs: true });
}
