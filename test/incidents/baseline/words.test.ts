/** A difference in words: what, when, with which tool, and the question. */
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/incidents/baseline/diff.ts';
import { THERE } from '../../../src/incidents/baseline/snapshot.ts';
import {
  asQuestion,
  notCheckedWords,
  whatChanged,
  whatChangedWhen,
} from '../../../src/incidents/baseline/words.ts';

const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
const binding: Question = {
  kind: 'RoleBinding',
  name: 'admin',
  field: 'subject User jane',
  change: 'added',
  after: THERE,
  by: 'kubectl-edit',
  at: Date.UTC(2024, 0, 10, 11, 20),
};

describe('words', () => {
  it('ask about a subject that nobody recorded', () => {
    expect(asQuestion(binding, clock)).toBe(
      'Nobody recorded this: RoleBinding admin gained subject User jane, at about 11:20 with kubectl-edit',
    );
  });

  it('name no time and no tool that are not known', () => {
    const { at: _at, by: _by, ...unknown } = binding;
    expect(whatChangedWhen(unknown, clock)).toBe('RoleBinding admin gained subject User jane');
  });

  it.each<[Partial<Question>, string]>([
    [{ change: 'removed', before: THERE }, 'RoleBinding admin lost subject User jane'],
    [{ field: 'role', change: 'changed', before: 'a', after: 'b' }, 'RoleBinding admin: role was a, is b'],
    [{ field: 'key X', change: 'changed', before: 'a' }, 'RoleBinding admin: key X has another value'],
    [{ field: 'role', change: 'added', after: 'two\nlines' }, 'RoleBinding admin gained role (two lines)'],
  ])('%j', (more, words) => {
    const { after: _after, ...rest } = binding;
    expect(whatChanged({ ...rest, ...more })).toBe(words);
  });

  it('of an object say what it is, and not more than a line', () => {
    const whole = { kind: 'RoleBinding', name: 'b' } as const;
    expect(whatChanged({ ...whole, change: 'removed' })).toBe('RoleBinding b is gone');
    const made = ['a', 'b', 'c', 'd', 'e', 'f'].map((field) => ({ field, value: THERE }));
    const first = { field: 'role', value: 'ClusterRole admin' };
    expect(whatChanged({ ...whole, change: 'added', made: [first] })).toBe(
      'RoleBinding b was made: role ClusterRole admin',
    );
    expect(whatChanged({ ...whole, change: 'added', made })).toBe(
      'RoleBinding b was made: a, b, c, d and 2 more',
    );
    expect(whatChanged({ ...whole, change: 'added', made: [] })).toBe('RoleBinding b was made');
  });

  it('say what was not checked, and whom to ask', () => {
    expect(notCheckedWords({ kind: 'Secret', why: 'no right to list secrets: ask the platform team' })).toBe(
      'Secret: no right to list secrets: ask the platform team',
    );
  });
});
