/** Who has the newest data: the rules one by one, and against random lives of clusters. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Evidence,
  type MemberRead,
  newestOf,
  newestWords,
} from '../../../src/actions/patroni/newest.ts';
import type { Line } from '../../../src/actions/patroni/timeline-history.ts';
import { longest, parseHistory, relationOf } from '../../../src/actions/patroni/timeline-history.ts';
import { OPERATIONS, type Operation, World } from './history-model.ts';

const SYSTEM = '7710281048170509835';
/** Timelines of the measured night: 2 began at 0/5000000, 3 at 0/A7C4360. */
const [ON_2, ON_3] = [
  [{ timeline: 1, position: 0x5000000n }],
  [
    { timeline: 1, position: 0x5000000n },
    { timeline: 2, position: 0xa7c4360n },
  ],
];
const on = (timeline: number, position: bigint, ancestors: Line['ancestors'] = []): Line => ({
  timeline,
  position,
  ancestors,
});
const member = (
  name: string,
  line: Line,
  more: Partial<Extract<MemberRead, { is: 'read' }>> = {},
): MemberRead => ({
  name,
  is: 'read',
  system: SYSTEM,
  lines: [line],
  writes: false,
  runs: false,
  ...more,
});
const gone = (name: string): MemberRead => ({ name, is: 'unread', why: 'no pod' });
const decide = (members: MemberRead[], more: Partial<Evidence> = {}) =>
  newestOf({ members, sameWal: () => true, ...more });

describe('who has the newest data', () => {
  it('is the dead leader of the measured night, whatever the other files and clocks say', () => {
    const members = [
      member('L', on(2, 0xd136770n, ON_2), { writes: true }),
      member('A', on(2, 0x85cd130n, ON_2)),
      member('S', on(2, 0xa7c2370n, ON_2), { runs: true }),
    ];
    expect(decide(members)).toEqual({ is: 'newest', member: 'L' });
    // The leader cannot be read: the one that is alive and the farthest is not named.
    const unread = decide([gone('L'), ...members.slice(1)]);
    expect(unread).toEqual({ is: 'unknown', unread: ['L'], because: ['L: no pod'] });
    expect(newestWords(unread)).toBe('it is unknown who has the newest data (L: no pod)');
    // It is gone for good and nobody expects it: what the store has seen written says that data is missing.
    expect(decide(members.slice(1), { atLeast: { position: 219375408n } })).toMatchObject({
      is: 'unknown',
      because: [expect.stringMatching(/has seen 0\/D136730 written; the most that was read is 0\/A7C2370/)],
    });
    expect(decide(members, { atLeast: { position: 219375408n, timeline: 2 } })).toEqual({
      is: 'newest',
      member: 'L',
    });
  });

  it('has diverged after the forced promotion, at the place where the timeline was left', () => {
    const [dead, forced] = [
      member('L', on(2, 0xd136770n, ON_2), { writes: true }),
      member('S', on(3, 0xb000000n, ON_3), { writes: true, runs: true }),
    ];
    const seen = decide([dead, forced]);
    expect(seen).toMatchObject({
      is: 'diverged',
      at: { timeline: 2, position: 0xa7c4360n },
      between: ['L', 'S'],
    });
    expect(newestWords(seen)).toBe(
      'L and S have diverged: both go on after 0/A7C4360 on timeline 2, each its own way. A person decides which data is kept',
    );
    // Diverged stays diverged when a third one cannot be read.
    expect(decide([dead, forced, gone('A')]).is).toBe('diverged');
  });

  it('is not the one on the higher timeline, nor one that is only behind', () => {
    const behind = member('A', on(2, 0x85cd130n, ON_2));
    const leader = member('S', on(3, 0xb000000n, ON_3), { writes: true, runs: true });
    expect(decide([behind, leader])).toEqual({ is: 'newest', member: 'S' });
    expect(decide([member('A', on(2, 0xa7c4360n, ON_2)), leader])).toEqual({ is: 'newest', member: 'S' });
    expect(decide([member('A', on(2, 0xa7c4368n, ON_2)), leader]).is).toBe('diverged');
  });

  it('is equal where several have the same', () => {
    const leader = member('a', on(1, 0x3000060n), { writes: true, runs: true });
    const same = member('b', on(1, 0x3000060n), { runs: true });
    expect(decide([leader, same, member('c', on(1, 0x3000000n))])).toEqual({
      is: 'equal',
      members: ['a', 'b'],
    });
    expect(decide([leader])).toEqual({ is: 'newest', member: 'a' });
    expect(decide([])).toMatchObject({ is: 'unknown' });
  });

  it('knows two timelines of one number apart', () => {
    const one = member('a', on(2, 0x6000000n, ON_2), { writes: true });
    const other = member('b', on(2, 0x7000000n, [{ timeline: 1, position: 0x5000100n }]));
    expect(decide([one, other])).toMatchObject({ is: 'diverged', at: { timeline: 1, position: 0x5000000n } });
    // Promoted at the same place: the numbers fit, but a timeline has one writer.
    const twin = member('b', on(2, 0x7000000n, ON_2), { writes: true });
    expect(decide([one, twin])).toMatchObject({ is: 'diverged', at: { timeline: 1, position: 0x5000000n } });
    // Followers of such twins: only the bytes tell.
    const follower = member('a', on(2, 0x6000000n, ON_2));
    const sameWal = () => false;
    expect(decide([follower, twin], { sameWal })).toMatchObject({
      is: 'diverged',
      because: 'their WAL differs before 0/6000000 on timeline 2, though the positions fit',
    });
    expect(decide([follower, twin], { sameWal: () => undefined })).toEqual({ is: 'newest', member: 'b' });
    const followers = [follower, member('b', on(2, 0x7000000n, ON_2))];
    expect(decide(followers, { sameWal: () => undefined }).is).toBe('unknown');
    expect(decide(followers)).toEqual({ is: 'newest', member: 'b' });
  });

  it('is nobody when two run as primary, or a primary has less than its follower', () => {
    const one = member('a', on(5, 0x6000000n, ON_2), { writes: true, runs: true });
    expect(decide([one, member('b', on(6, 0x6000000n, ON_3), { writes: true, runs: true })])).toMatchObject({
      is: 'diverged',
      because: 'each of them runs as primary',
    });
    expect(decide([one, member('b', on(5, 0x6000008n, ON_2), { runs: true })])).toMatchObject({
      is: 'diverged',
      because: 'a runs as primary and has less than b',
    });
  });

  it('is nobody among members of two systems, or where the store knows a later timeline', () => {
    expect(decide([member('a', on(1, 8n)), member('b', on(1, 8n), { system: '1' })])).toMatchObject({
      is: 'diverged',
      because: expect.stringMatching(/not copies of one database/),
    });
    expect(decide([member('a', on(1, 8n))], { atLeast: { timeline: 2 } })).toMatchObject({ is: 'unknown' });
  });
});

describe('timelines', () => {
  it('reads a history file, and no other text', () => {
    expect(parseHistory('1\t0/5000000\tno recovery target specified\n\n2\t0/A7C4360\treason\n')).toEqual(
      ON_3,
    );
    expect(parseHistory('# nothing yet\n')).toEqual([]);
    for (const text of ['1 0/5', '2\t0/5\n1\t0/6', '1\t0/6\n2\t0/5', 'x\t0/5', '1\tnowhere']) {
      expect(parseHistory(text), text).toEqual(
        text === '1 0/5' ? [{ timeline: 1, position: 5n }] : undefined,
      );
    }
  });

  it('takes a line that adds nothing behind the fork for the same', () => {
    const empty = on(2, 0x5000000n, ON_2);
    expect(relationOf(empty, on(3, 0x6000000n, [{ timeline: 1, position: 0x5000000n }]))).toEqual({
      is: 'in other',
    });
    expect(longest([empty, on(1, 0x5000000n), on(1, 0x4000000n)])).toEqual([empty]);
    expect(longest([on(1, 0x5000008n), empty, on(2, 0x5000010n, ON_2)])).toHaveLength(2);
  });
});

describe('in random lives of clusters', () => {
  const operation: fc.Arbitrary<Operation> = fc.record({
    is: fc.constantFrom(...OPERATIONS),
    who: fc.nat(11),
    whom: fc.nat(11),
    count: fc.integer({ min: 1, max: 4 }),
  });
  const operations = fc.array(operation, { minLength: 5, maxLength: 30, size: 'max' });
  const seen = { newest: 0, equal: 0, diverged: 0, unknown: 0 };

  it('never names a member that lacks a commit of another, and names one when nothing is hidden', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.boolean(), operations, (count, isComparable, life) => {
        const world = new World(count, isComparable);
        for (const one of life) world.perform(one);
        const answer = newestOf(world.evidence());
        seen[answer.is]++;
        const named = answer.is === 'newest' ? [answer.member] : answer.is === 'equal' ? answer.members : [];
        for (const name of named) {
          const held = world.commitsOf(name);
          for (const other of world.members) {
            for (const commit of world.commitsOf(other.name)) {
              expect(held.has(commit), `${name} lacks ${commit} of ${other.name}`).toBe(true);
            }
          }
        }
        if (world.isPlain()) expect(named, JSON.stringify(answer)).not.toEqual([]);
      }),
      { numRuns: 5000 },
    );
    // The worlds are not all of one kind.
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(50);
  });
});
