// What a terminal asks beside the steps: proposed targets, locks of others.
import { expect, it } from 'vitest';
import { takeOverFor, targetFor } from '../../src/cli/asked-beside.ts';
import { ARRIVES } from '../../src/incidents/locks.ts';

/** Answers in turn; what was asked is kept. */
function person(...answers: string[]) {
  const asked: string[] = [];
  return {
    asked,
    ask: async (question: string) => {
      asked.push(question);
      return answers.shift() ?? '';
    },
  };
}
const target = { namespace: 'prod', kind: 'statefulset', name: 'pg', says: 'x' };
const proposed = { run: 1, step: 'trace', target };
const other = { target: { ...target, name: 'blue' }, by: { id: 'a', name: 'Ana' }, at: 1 };

it.each([
  ['y', [], { do: 'confirm target', target }],
  ['n', [], undefined],
  ['', [], undefined],
  ['a', [other], { do: 'confirm target', target, as: 'also' }],
  ['i', [other], { do: 'confirm target', target, as: 'instead' }],
  ['y', [other], undefined],
])('a proposed target, answered %j', async (typed, targets, what) => {
  const { ask, asked } = person(typed);
  expect(await targetFor({ proposed, targets }, ask)).toEqual(what);
  expect(asked[0]).toContain('Is statefulset pg in prod what you work on?');
});

it('what is confirmed already is not asked', async () => {
  const { ask, asked } = person();
  const known = { target, by: { id: 'a', name: 'Ana' }, at: 1 };
  expect(await targetFor({ proposed, targets: [known] }, ask)).toBeUndefined();
  expect(asked).toEqual([]);
});

const held = { incident: 2, at: { run: 1, step: 'grow', try: 1 }, from: ['1.1.grow.1'], arrives: false };

it('a lock is taken over, or waited for', async () => {
  const taken = { do: 'take over', at: held.at, from: held.from };
  expect(await takeOverFor(held, person('t').ask)).toEqual(taken);
  expect(await takeOverFor(held, person('w').ask)).toBeUndefined();
  const typing = person('t', ARRIVES);
  expect(await takeOverFor({ ...held, arrives: true }, typing.ask)).toEqual({ ...taken, phrase: ARRIVES });
  expect(typing.asked[1]).toContain(`Type ${ARRIVES}`);
});
