// Undo all: a run and the runs inside it, newest change first, one confirmation each, until the first that does not end well.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Outcome } from '../../src/incidents/commands.ts';
import type { EventOf } from '../../src/incidents/events.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { ana, ben, bot, guest, PureDoor, runbookOf } from '../support/pure-door.ts';

const head = (id: string) => `
apiVersion: runbook/v1
id: ${id}
title: Unwinding
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:`;
const act = (id: string, more: { undo?: string; leaves?: string } = {}) => `
  - id: ${id}
    kind: act
    title: Resize ${id}
    uses: t.resize
    with: { name: ${id}, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/thing/${id}]
    verify: { uses: t.size, with: { name: ${id} }, until: out.size == 3, timeout: 10s }
    undo: ${more.undo ?? 'auto'}
    leaves: ${
      more.leaves ??
      `{ temporary: a larger ${id}, until: incident-close, probe: { uses: t.size, with: { name: ${id} }, gone: out.size == steps.${id}.plan.before } }`
    }`;
const none = {
  undo: '{ none: what it held is gone }',
  leaves: '{ permanent: it is larger, follow_up: put it in git }',
};

const planOf = (name: string, before: number, after: number): Plan => ({
  target: { kind: 'thing', namespace: 'prod', name, uid: name },
  changes: [{ field: 'size', before: String(before), after: String(after) }],
  values: { before, after },
  notes: [],
  unknowns: [],
  undo: { name, size: before },
});
const verify = (held: boolean): Outcome => ({ purpose: 'verify', result: { ok: true, held } });
const code = (answer: Answer) => (answer.ok ? 'ok' : answer.code);

let door: PureDoor;
beforeEach(() => {
  door = new PureDoor();
});

/** The step whose plan is asked for now, e.g. `1 first 2`. */
function asked(): string {
  const at = door.attempts.findLast((one) => one.purpose === 'plan')?.at;
  return at ? `${at.run} ${at.step} ${at.try}` : '';
}

/** Plans, confirms, makes and verifies what is asked for now. */
async function change(before = 1, after = 3): Promise<void> {
  const { at, hash } = await planned(before, after);
  expect(code(await door.send(ana, { do: 'confirm', at, hash }))).toBe('ok');
  await door.settle({ purpose: 'act', result: { ok: true, out: { size: after } } });
  await door.settle(verify(true));
}
async function planned(before = 3, after = 1) {
  const at = door.attempts.findLast((one) => one.purpose === 'plan')?.at;
  if (!at) throw new Error('nothing is planned');
  await door.settle({ purpose: 'plan', result: { ok: true, plan: planOf(at.step, before, after) } });
  const one = await door.one(at.step, at.run);
  expect(one.phase, one.lastSays).toBe('planned');
  return { at, hash: one.planned?.hash ?? '' };
}
const back = () => change(3, 1);
const unwind = (by = ana, run = 1) => door.send(by, { do: 'unwind', run });
const ofType = <T extends 'unwind_started' | 'unwind_ended'>(type: T) =>
  door.events.filter((event): event is EventOf<T> => event.type === type);
const ended = () => ofType('unwind_ended').at(-1)?.body;
const lines = () => timeline(door.events).map(({ text }) => text);

/** Three changes, the second one in a runbook inside; then the run has ended. */
async function threeChanges(third = act('third')): Promise<void> {
  door = new PureDoor({ runbooks: { inner: runbookOf(head('inner') + act('second')) } });
  await door.declare();
  const inside = `
  - { id: inside, kind: run, title: Inner, runbook: inner, with: {} }`;
  await door.start(runbookOf(head('outer') + act('first') + inside + third));
  for (let turn = 0; turn < 3; turn++) await change();
  expect((await door.incident(1))?.runs.get(1)?.ended?.why).toBe('finished');
}

describe('undo all', () => {
  it('goes back over a run and the runs inside it, newest first, each with its own confirmation', async () => {
    await threeChanges();
    expect(code(await unwind())).toBe('ok');
    expect(asked()).toBe('1 third 2');
    await back();
    expect(asked()).toBe('2 second 2');
    await back();
    expect(asked()).toBe('1 first 2');
    await back();
    expect(ended()).toEqual({
      run: 1,
      why: 'finished',
      says: 'All 3 changes are taken back.',
      left: [],
    });
    expect([...((await door.incident(1))?.looseEnds.values() ?? [])].map((end) => end.state)).toEqual([
      'gone',
      'gone',
      'gone',
    ]);
    const acts = door.events.filter((event) => event.type === 'act_started');
    expect(acts.map((event) => event.by.name)).toEqual(Array(6).fill('Ana'));
    expect(code(await unwind())).toBe('nothing-to-undo');
    const told = lines();
    const start = told.indexOf('Unwinding run 1: 3 changes, newest first.');
    expect(
      told.slice(start).map((text) => text.match(/^\S+ “[^”]*”|^Run 1 is unwound/)?.[0] ?? text),
    ).toEqual([
      'Unwinding run 1: 3 changes, newest first.',
      'Undid “Resize third”',
      expect.stringContaining('Gone:'),
      'Undid “Resize second”',
      expect.stringContaining('Gone:'),
      'Undid “Resize first”',
      expect.stringContaining('Gone:'),
      'Run 1 is unwound',
    ]);
  });

  it('lists what cannot be undone with why, passes it over and leaves its follow-up', async () => {
    await threeChanges(act('third', none));
    expect(code(await unwind())).toBe('ok');
    expect(ofType('unwind_started')[0]?.body).toMatchObject({
      changes: [{ step: 'second' }, { step: 'first' }],
      passed: [{ run: 1, step: 'third', title: 'Resize third', why: 'what it held is gone' }],
    });
    expect(asked()).toBe('2 second 2');
    await back();
    await back();
    expect(ended()?.why).toBe('finished');
    expect((await door.incident(1))?.followUps.size).toBe(1);
    expect(lines()).toContain(
      'Unwinding run 1: 2 changes, newest first. “Resize third” stays as it is: what it held is gone.',
    );
  });

  it('passes over what is taken back already and what was never made', async () => {
    await threeChanges();
    await door.send(ana, { do: 'undo', run: 2, step: 'second' });
    await back();
    await door.start(runbookOf(head('outer') + act('first') + act('never')));
    await change();
    await unwind(ana, 3);
    expect(
      ofType('unwind_started')
        .at(-1)
        ?.body.changes.map(({ step }) => step),
    ).toEqual(['first']);
    await unwind();
    expect(
      ofType('unwind_started')
        .at(-1)
        ?.body.changes.map(({ step }) => step),
    ).toEqual(['third', 'first']);
  });

  it('of a run inside takes back only what that one changed', async () => {
    await threeChanges();
    expect(code(await unwind(ana, 2))).toBe('ok');
    await back();
    expect(ended()).toMatchObject({ run: 2, why: 'finished', says: 'The change is taken back.' });
  });

  it('needs the right to operate, and says when there is nothing', async () => {
    await threeChanges();
    expect(code(await unwind(guest))).toBe('rights');
    expect(code(await unwind(ana, 9))).toBe('gone');
    door = new PureDoor();
    await door.declare();
    await door.start(runbookOf(head('outer') + act('first', none)));
    expect(code(await unwind())).toBe('nothing-to-undo');
    await change();
    expect(await unwind()).toMatchObject({
      code: 'nothing-to-undo',
      says: expect.stringContaining('“Resize first”: what it held is gone'),
    });
    expect(door.types()).not.toContain('unwind_started');
  });

  it('waits for a change that is under way', async () => {
    await threeChanges();
    await door.send(ana, { do: 'undo', run: 1, step: 'first' });
    expect(await unwind()).toMatchObject({ code: 'busy', says: expect.stringContaining('Resize first') });
  });
});

describe('two people', () => {
  it('the second is told who does it and how far it is; a child of the run is part of it', async () => {
    await threeChanges();
    await unwind();
    await back();
    for (const run of [1, 2])
      expect(await unwind(ben, run)).toMatchObject({
        code: 'unwinding',
        says: 'Ana is already undoing run 1: 1 of 3 done, now “Resize second”.',
      });
    expect(ofType('unwind_started')).toHaveLength(1);
  });

  it('one may confirm what the other started', async () => {
    await threeChanges();
    await unwind();
    const { at, hash } = await planned();
    expect(code(await door.send(ben, { do: 'confirm', at, hash }))).toBe('ok');
  });
});

describe('it stops', () => {
  beforeEach(async () => {
    await threeChanges();
    await unwind();
  });
  const left = () => ended()?.left.map(({ step }) => step);

  it('where a person leaves a change as it is', async () => {
    const { at } = await planned();
    await door.send(ana, { do: 'skip', at, reason: 'it is needed' });
    expect(ended()).toMatchObject({ why: 'stopped', says: '“Resize third” was left as it is.' });
    expect(left()).toEqual(['third', 'second', 'first']);
    expect(asked()).toBe('1 third 2');
    expect(lines().at(-1)).toContain('Not taken back: “Resize third”, “Resize second”, “Resize first”.');
  });

  it('where there is no plan', async () => {
    await back();
    await door.settle({ purpose: 'plan', result: { ok: false, says: 'no right to read it' } });
    expect(ended()?.says).toBe('The undo of “Resize second” needs a decision: no right to read it');
    expect(left()).toEqual(['second', 'first']);
  });

  it('where an undo fails, and where it is refused by the target', async () => {
    const { at, hash } = await planned();
    await door.send(ana, { do: 'confirm', at, hash });
    await door.settle({ purpose: 'act', result: { ok: false, says: 'forbidden', nothingHappened: true } });
    expect(ended()?.says).toContain('forbidden');
    expect(left()).toEqual(['third', 'second', 'first']);
  });

  it('where nobody knows whether it was made, not while that is looked at', async () => {
    const { at, hash } = await planned();
    await door.send(ana, { do: 'confirm', at, hash });
    await door.lose('act');
    expect(ended()).toBeUndefined();
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    expect(ended()?.why).toBe('stopped');
  });

  it('where it cannot be verified; later the rest can be asked for again', async () => {
    const { at, hash } = await planned();
    await door.send(ana, { do: 'confirm', at, hash });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    await door.settle(verify(false));
    expect(ended()?.why).toBe('stopped');
    await door.send(ana, { do: 'check again', at });
    await door.settle(verify(true));
    expect(asked()).toBe('1 third 2');
    expect(code(await unwind(ben))).toBe('ok');
    expect(asked()).toBe('2 second 2');
    expect((await door.incident(1))?.runs.get(1)?.unwinding?.by.name).toBe('Ben');
  });

  describe('where the runbook goes back', () => {
    const again = `
  - { id: again, kind: ask, title: Once more?, choices: [{ id: more, label: More, next: first }, { id: enough, label: Enough }] }`;
    const begin = async (second: string) => {
      door = new PureDoor();
      await door.declare();
      await door.start(runbookOf(head('outer') + act('first') + second + again));
      await change();
      await change();
      await unwind();
      await door.send(ana, { do: 'choose', at: { run: 1, step: 'again', try: 1 }, choice: 'more' });
      await change(3, 5);
    };

    it('and makes the change again whose undo waits', async () => {
      await begin(act('second'));
      expect(ended()?.says).toBe('“Resize second” is being made again meanwhile.');
    });

    it('and has made a change again whose undo comes later', async () => {
      const once = act('second').replace(
        'kind: act',
        "kind: act\n    when: steps.?again.?out.?choice.orValue('') != 'more'",
      );
      await begin(once);
      expect(ended()).toBeUndefined();
      const at = { run: 1, step: 'second', try: 2 };
      const asked = door.attempts.find(
        (one) => one.purpose === 'plan' && one.at.step === 'second' && one.at.try === 2,
      );
      const outcome: Outcome = { purpose: 'plan', result: { ok: true, plan: planOf('second', 3, 1) } };
      await door.send(bot, { do: 'settle', attempt: asked?.id ?? '', at, outcome, seconds: 1 });
      const hash = (await door.one('second')).planned?.hash ?? '';
      await door.send(ana, { do: 'confirm', at, hash });
      await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
      await door.settle(verify(true));
      expect(ended()?.says).toBe('“Resize first” has been changed again meanwhile.');
    });
  });

  it('when the incident is closed', async () => {
    await door.send(ana, { do: 'resolve', at: door.now });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('left');
    await door.send(ana, { do: 'keep rest', reason: 'Looked at in the morning' });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('ok');
    expect(ended()).toMatchObject({ why: 'stopped', says: 'The incident was closed.' });
  });
});

describe('it goes on', () => {
  it('after a plan that was made again, and waits for the same undo', async () => {
    await threeChanges();
    await unwind();
    const { at } = await planned();
    expect(code(await door.send(ana, { do: 'plan again', at }))).toBe('ok');
    expect([asked(), ended()]).toEqual(['1 third 3', undefined]);
    await back();
    expect(asked()).toBe('2 second 2');
  });

  it('once somebody has looked at what nothing can verify', async () => {
    await threeChanges(act('third', { leaves: '{ nothing: it should be as large }' }));
    await unwind();
    const { at, hash } = await planned();
    await door.send(ana, { do: 'confirm', at, hash });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    expect(ended()).toBeUndefined();
    await door.send(ana, { do: 'done by hand', at });
    expect(asked()).toBe('2 second 2');
  });

  it('from its events alone: a process that died between two undos is not missed', async () => {
    await threeChanges();
    await unwind();
    const { at, hash } = await planned();
    await door.send(ana, { do: 'confirm', at, hash });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    await door.settle(verify(true));
    // The end of one undo and the beginning of the next are one write.
    const last = door.writes.findLast((write) => write.events.some((event) => event.type === 'step_closed'));
    expect(last?.events.map((event) => event.type)).toEqual(
      expect.arrayContaining(['verified', 'step_closed', 'step_opened']),
    );
    expect(last?.attempts.map((one) => one.purpose)).toContain('plan');
  });
});
