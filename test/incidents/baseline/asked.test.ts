/** Which differences people are asked about, which they are only told, and in which words. */
import { describe, expect, it } from 'vitest';
import { askedOf } from '../../../src/incidents/baseline/asked.ts';
import type { Snapshot, SnapshotObject } from '../../../src/incidents/baseline/snapshot.ts';

const MINUTE = 60_000;
const SINCE = Date.parse('2024-01-10T17:34:00Z');

const snapshot = (objects: SnapshotObject[], more: Partial<Snapshot> = {}): Snapshot => ({
  format: 1,
  namespace: 'prod',
  takenAt: SINCE - 8 * 60 * MINUTE,
  objects,
  leftOut: [],
  notChecked: [],
  ...more,
});
const web = (replicas: string, at?: number): SnapshotObject => ({
  kind: 'Deployment',
  name: 'web',
  fields: {
    replicas: { value: replicas, ...(at === undefined ? {} : { by: { manager: 'kubectl-scale', at } }) },
  },
});
const binding = (...subjects: string[]): SnapshotObject => ({
  kind: 'RoleBinding',
  name: 'admin',
  fields: Object.fromEntries(
    subjects.map((subject) => [
      `subject User ${subject}`,
      { value: 'there', by: { manager: 'kubectl-edit', at: SINCE + 100 * MINUTE } },
    ]),
  ),
});
const asked = (base: Snapshot, now: Snapshot, declared?: Snapshot) =>
  askedOf({
    base,
    now,
    ...(declared ? { declared } : {}),
    acts: [],
    since: SINCE,
    clock: (at) => new Date(at).toISOString().slice(11, 16),
    redact: (text) => text.replaceAll('dora@example.org', '[redacted]'),
  });

describe('asked', () => {
  it('is what was changed since the first sign', () => {
    const { questions, older } = asked(snapshot([web('3')]), snapshot([web('0', SINCE + 5 * MINUTE)]));
    expect(older).toEqual([]);
    expect(questions).toEqual([
      {
        kind: 'Deployment',
        name: 'web',
        place: expect.any(String),
        value: expect.any(String),
        reads: ['Deployment'],
        title:
          'Nobody recorded this: Deployment web: replicas was 3, is 0, at about 17:39 with kubectl-scale',
        before: '3',
        during: '0',
      },
    ]);
  });

  it('is what was changed in the hour before it, and says so; what is older is told', () => {
    const titles = (minutes: number) => {
      const found = asked(snapshot([web('3')]), snapshot([web('0', SINCE - minutes * MINUTE)]));
      return [found.questions.map(({ title }) => title), found.older, found.leftOut];
    };
    expect(titles(59)).toEqual([
      [expect.stringMatching(/at about 16:35 with kubectl-scale, before the first sign of trouble$/)],
      [],
      0,
    ]);
    expect(titles(61)).toEqual([
      [],
      ['Deployment web: replicas was 3, is 0, at about 16:33 with kubectl-scale'],
      1,
    ]);
  });

  it('is what nobody can date, and says when the declaration had it already', () => {
    const [base, now] = [snapshot([web('3')]), snapshot([])];
    const title = (declared?: Snapshot) => asked(base, now, declared).questions[0]?.title;
    expect(title()).toBe('Nobody recorded this: Deployment web is gone');
    expect(title(snapshot([web('3')]))).toBe('Nobody recorded this: Deployment web is gone');
    expect(title(snapshot([]))).toMatch(/is gone, before the incident was declared$/);
  });

  it('is access where somebody got it, and not where somebody lost it; nobody is named', () => {
    const two = ['jane', 'dora@example.org'];
    const gained = asked(snapshot([binding('jane')]), snapshot([binding(...two)]));
    expect(gained.questions).toEqual([
      expect.objectContaining({
        sensitivity: 'access',
        title:
          'Nobody recorded this: RoleBinding admin gained subject User [redacted], at about 19:14 with kubectl-edit',
      }),
    ]);
    expect(JSON.stringify(gained)).not.toContain('dora');
    const lost = asked(snapshot([binding(...two)]), snapshot([binding('jane')]));
    expect(lost.questions.map(({ sensitivity }) => sensitivity)).toEqual([undefined]);
    const made = asked(snapshot([]), snapshot([binding('jane')]));
    expect(made.questions.map(({ sensitivity }) => sensitivity)).toEqual(['access']);
  });

  it('is told apart by where it is and what stands there, also where neither can be shown', () => {
    const [one] = asked(snapshot([binding()]), snapshot([binding('dora@example.org')])).questions;
    const [other] = asked(snapshot([binding()]), snapshot([binding('dora@example.org ')])).questions;
    expect(one?.place).not.toBe(other?.place);
    const [zero] = asked(snapshot([web('3')]), snapshot([web('0')])).questions;
    const [five] = asked(snapshot([web('3')]), snapshot([web('5')])).questions;
    expect(zero?.place).toBe(five?.place);
    expect(zero?.value).not.toBe(five?.value);
  });

  it('is short, whatever the values are', () => {
    const long = 'x'.repeat(5000);
    const [question] = asked(snapshot([web('3')]), snapshot([web(long, SINCE)])).questions;
    expect(question?.title).toMatch(/ with kubectl-scale$/);
    expect(question?.title.length).toBeLessThan(300);
    expect(question?.during?.length).toBeLessThan(300);
  });
});
