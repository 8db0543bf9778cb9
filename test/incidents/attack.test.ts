// What must hold however steps, crashes, outcomes and clicks meet: no dead end, no lost lock, no change forgotten.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Outcome, What } from '../../src/incidents/commands.ts';
import type { At } from '../../src/incidents/events.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { ana, ben, bot, guest, PureDoor, runbookOf } from '../support/pure-door.ts';

const HEAD = `
apiVersion: runbook/v1
id: attack
title: Attack
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
steps:`;
const CHECK = (id: string, more = '') => `
  - id: ${id}
    kind: check
    title: Look
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict: [{ else: ok, says: "It is \${{ out.size }}." }]${more}`;
const ACT = (
  options: { level?: string; also?: string; undo?: string; locks?: string; says?: string } = {},
) => `
  - id: grow
    kind: act
    title: Resize \${{ params.name }}
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: ${options.level ?? 'click'}${options.says ? `, says: "${options.says}"` : ''} }
    locks: ["${options.locks ?? `prod/thing/\${{ params.name }}`}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: ${options.undo ?? 'auto'}
    leaves:
      temporary: a larger disk
      until: incident-close
      sensitivity: personal-data
      probe: { uses: t.size, with: { name: "\${{ params.name }}" }, gone: out.size == steps.grow.plan.before }
${options.also ?? ''}`;
const AFTER = CHECK('after');

const plan: Plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
  undo: { name: 'disk', size: 1 },
};
const back: Plan = {
  ...plan,
  changes: [{ field: 'size', before: '3', after: '1' }],
  values: { before: 3, after: 1 },
};
const at = { run: 1, step: 'grow', try: 1 };
const undoAt = { run: 1, step: 'grow', try: 2 };
const madeOutcome: Outcome = { purpose: 'act', result: { ok: true, out: { size: 3 } } };
const verify = (held: boolean): Outcome => ({ purpose: 'verify', result: { ok: true, held } });
const check = (size: number): Outcome => ({ purpose: 'check', result: { ok: true, out: { size } } });

const code = (answer: Answer) => (answer.ok ? 'ok' : answer.code);

let door: PureDoor;
beforeEach(() => {
  door = new PureDoor();
});

async function open(text: string, params: Record<string, unknown> = { name: 'disk' }): Promise<void> {
  await door.declare();
  expect(code(await door.start(runbookOf(HEAD + text), params))).toBe('ok');
}

async function planned(on = at, as: Plan = plan): Promise<string> {
  await door.settle({ purpose: 'plan', result: { ok: true, plan: as } });
  const one = await door.one(on.step, on.run);
  expect(one.phase, one.lastSays).toBe('planned');
  return one.planned?.hash ?? '';
}

async function called(options?: Parameters<typeof ACT>[0], after = ''): Promise<void> {
  await open(ACT(options) + after);
  expect(code(await door.send(ana, { do: 'confirm', at, hash: await planned() }))).toBe('ok');
}

async function ends(): Promise<string[]> {
  return [...((await door.incident(1))?.looseEnds.values() ?? [])].map((end) => end.state);
}

describe('a lock', () => {
  it('does not stand in the way of the undo of its own step', async () => {
    await called();
    await door.settle(madeOutcome);
    await door.settle(verify(false));
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('ok');
    const hash = await planned(undoAt, back);
    expect(code(await door.send(ana, { do: 'confirm', at: undoAt, hash }))).toBe('ok');
  });

  it('does not stand in the way of the undo when nobody knows what happened', async () => {
    await called();
    await door.lose('act');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    expect(door.locks.size).toBe(1);
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('ok');
    const hash = await planned(undoAt, back);
    expect(code(await door.send(ana, { do: 'confirm', at: undoAt, hash }))).toBe('ok');
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    await door.settle(verify(true));
    expect(door.locks.size).toBe(0);
  });

  it('is free when the undo of an unverified change is skipped', async () => {
    await called({}, AFTER);
    await door.settle(madeOutcome);
    await door.settle(verify(false));
    await door.send(ana, { do: 'undo', run: 1, step: 'grow' });
    await planned(undoAt, back);
    await door.send(ana, { do: 'skip', at: undoAt, reason: 'not now' });
    expect(door.locks.size).toBe(0);
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('ok');
  });

  it('is free after the verification, and another run of the incident that takes it keeps it', async () => {
    await called();
    await door.settle(madeOutcome);
    await door.settle(verify(false));
    expect(door.locks.size).toBe(0);
    await door.start(runbookOf(HEAD + ACT()), { name: 'disk' });
    const second = { run: 2, step: 'grow', try: 1 };
    const hash = await planned(second);
    expect(code(await door.send(ana, { do: 'confirm', at: second, hash }))).toBe('ok');
    await door.send(ana, { do: 'go on', at, reason: 'it is large enough' });
    expect([...door.locks.keys()]).toEqual(['prod/thing/disk']);
  });

  it('of a change that nobody knows of is free when the incident is closed', async () => {
    await called({ also: '' });
    await door.lose('act');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    await door.settle({ purpose: 'probe', result: { ok: true, gone: true } });
    await door.send(ana, { do: 'resolve', at: door.now });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('ok');
    expect(door.locks.size).toBe(0);
  });
});

describe('words that cannot be rendered', () => {
  const failing = "${{ params.?name.orValue('') }} ${{ quantity(params.name) }}";

  it('of the next step do not throw away the outcome of this one', async () => {
    await open(CHECK('now') + CHECK('after').replace('title: Look', `title: "${failing}"`));
    expect(code(await door.settle(check(1)))).toBe('ok');
    expect((await door.one('now')).verdict).toBe('ok');
    expect((await door.one('after')).phase).toBe('checking');
  });

  it('of an argument of a check make it unknown, and the run goes on', async () => {
    const broken = CHECK('broken').replace(
      'with: { name: "${{ params.name }}" }',
      "with: { name: \"${{ quantity(params.name) > 1 ? 'a' : 'b' }}\" }",
    );
    await open(broken + AFTER);
    expect((await door.one('broken')).verdict).toBe('unknown');
    expect((await door.one('after')).phase).toBe('checking');
  });

  it('of a plan make the plan fail: a person can go on', async () => {
    await open(ACT({ says: '${{ quantity(params.name) }}' }));
    expect(code(await door.settle({ purpose: 'plan', result: { ok: true, plan } }))).toBe('ok');
    const one = await door.one('grow');
    expect(one.phase).toBe('decide');
    expect(one.planFailed).toContain('not an amount');
    expect(code(await door.send(ana, { do: 'skip', at, reason: 'it cannot be planned' }))).toBe('ok');
  });

  it('of an undo are told to the person who asked for it', async () => {
    await called({
      undo: "{ uses: t.resize, with: { name: '${{ params.name }}', size: '${{ quantity(params.name) }}' } }",
    });
    await door.settle(madeOutcome);
    await door.settle(verify(true));
    const answer = await door.send(ana, { do: 'undo', run: 1, step: 'grow' });
    expect(answer).toMatchObject({ ok: false });
    expect(answer.says).toContain('not an amount');
  });
});

describe('no dead end', () => {
  it('an approval that expired can be asked for again, whatever became of its deadline', async () => {
    await open(ACT({ level: 'two-person' }));
    const hash = await planned();
    await door.send(ana, { do: 'ask approval', at, hash });
    door.now += 11 * 60_000;
    expect(code(await door.send(ben, { do: 'approve', at, hash }))).toBe('expired');
    expect(code(await door.send(ana, { do: 'ask approval', at, hash }))).toBe('ok');
    expect(code(await door.send(ben, { do: 'approve', at, hash }))).toBe('ok');
  });

  it('nobody may go alone before the others have had their time', async () => {
    await open(ACT({ level: 'two-person' }));
    const hash = await planned();
    await door.send(ana, { do: 'ask approval', at, hash });
    await door.send(ana, { do: 'allow alone', at, hash });
    expect(door.types()).not.toContain('alone_allowed');
  });

  it('a runbook inside that is not here can be done by hand', async () => {
    const text = `
  - { id: inner, kind: run, title: Inner, runbook: not-here, with: {} }${AFTER}`;
    await open(text);
    const inner = { run: 1, step: 'inner', try: 1 };
    expect((await door.one('inner')).phase).toBe('decide');
    expect(code(await door.send(ana, { do: 'check again', at: inner }))).toBe('not-now');
    expect(code(await door.send(ana, { do: 'done by hand', at: inner }))).toBe('ok');
    expect((await door.one('after')).phase).toBe('checking');
  });

  it('a change that goes on running can be stopped or gone past, and is not told every minute', async () => {
    await called({}, AFTER);
    await door.lose('act');
    const running: Outcome = { purpose: 'happened', result: { ok: true, happened: 'still running' } };
    await door.settle(running);
    await door.settle(running);
    await door.settle(running);
    expect(door.types().filter((type) => type === 'act_found')).toHaveLength(1);
    expect(door.attempts.at(-1)?.purpose).toBe('happened');
    expect(code(await door.send(ana, { do: 'stop', at }))).toBe('ok');
    expect(code(await door.send(ana, { do: 'go on', at, reason: 'the dump may go on' }))).toBe('ok');
    expect((await door.one('after')).phase).toBe('checking');
    expect(await ends()).toEqual(['may exist']);
  });

  it('a plan that was never started cannot be undone, and stays confirmable', async () => {
    await open(ACT());
    const hash = await planned();
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('nothing-to-undo');
    expect(code(await door.send(ana, { do: 'confirm', at, hash }))).toBe('ok');
  });

  it('what a step by hand left can be found gone', async () => {
    await open(`
  - id: hand
    kind: manual
    title: By hand
    do: Copy \${{ params.name }}
    by_hand: ["cp \${{ params.name }}"]
    verify: { none: nothing to look at }
    leaves:
      temporary: a copy of \${{ params.name }}
      until: incident-close
      sensitivity: personal-data
      probe: { uses: t.size, with: { name: "\${{ params.name }}" }, gone: out.size == 0 }
`);
    await door.send(ana, { do: 'done by hand', at: { run: 1, step: 'hand', try: 1 } });
    const [end] = (await door.incident(1))?.looseEnds.values() ?? [];
    expect(end?.opened.title).toBe('a copy of disk');
    await door.send(ana, { do: 'resolve', at: door.now });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('left');
    await door.send(ana, { do: 'check what is left' });
    await door.settle({ purpose: 'probe', result: { ok: true, gone: true } });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('ok');
  });

  it('done by hand after a failed change: what it leaves exists', async () => {
    await called();
    await door.settle({ purpose: 'act', result: { ok: false, says: 'forbidden', nothingHappened: true } });
    expect(await ends()).toEqual(['gone']);
    await door.send(ana, { do: 'done by hand', at });
    await door.settle(verify(true));
    expect((await door.one('grow')).closedAs).toBe('by hand');
    expect(await ends()).toEqual(['open']);
  });

  it('done by hand while nobody knows opens nothing twice', async () => {
    await called();
    await door.lose('act');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    await door.send(ana, { do: 'done by hand', at });
    expect(door.types().filter((type) => type === 'loose_end_opened')).toHaveLength(1);
  });
});

describe('what is left behind', () => {
  it('is not found gone while its change is still being made', async () => {
    await called();
    await door.send(ana, { do: 'resolve', at: door.now });
    await door.send(ana, { do: 'check what is left' });
    expect(door.attempts.filter((one) => one.purpose === 'probe')).toEqual([]);
    await door.settle(madeOutcome);
    expect(await ends()).toEqual(['open']);
  });

  it('comes back when the lost worker made the change after all', async () => {
    await called();
    await door.lose('act');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'not made' } });
    expect(await ends()).toEqual(['gone']);
    await door.settle(madeOutcome);
    expect(door.types()).toContain('outcome_late');
    expect(await ends()).toEqual(['open']);
    await door.send(ana, { do: 'resolve', at: door.now });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('left');
  });

  it('is known not to exist when the lost worker proves late that it changed nothing', async () => {
    await called();
    await door.lose('act');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    await door.settle({
      purpose: 'act',
      result: { ok: false, says: 'the lease was gone', nothingHappened: true },
    });
    expect(await ends()).toEqual(['gone']);
    expect(code(await door.send(ana, { do: 'try again', at }))).toBe('ok');
  });

  it('is gone after an undo only as far as the undo was checked', async () => {
    const also = `    also_leaves:
      - temporary: a copy with names
        until: incident-close
        sensitivity: personal-data
        probe: { uses: t.size, with: { name: copy }, gone: out.size == 0 }
`;
    await called({ also });
    await door.settle(madeOutcome);
    await door.settle(verify(true));
    await door.send(ana, { do: 'undo', run: 1, step: 'grow' });
    const hash = await planned(undoAt, back);
    await door.send(ana, { do: 'confirm', at: undoAt, hash });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    await door.settle(verify(true));
    expect(await ends()).toEqual(['gone', 'open']);
    expect(door.attempts.at(-1)).toMatchObject({ purpose: 'probe', args: { name: 'copy' } });
  });

  it('is one thing when several changes leave it beside themselves, and is not offered the undo of a change', async () => {
    const also = `    also_leaves:
      - temporary: the set replaces nobody by itself
        until: incident-close
        probe: { uses: t.size, with: { name: strategy }, gone: out.size == 0 }
`;
    await called({ also });
    await door.settle(madeOutcome);
    await door.settle(verify(true));
    const opened = () =>
      door.events.flatMap((event) => (event.type === 'loose_end_opened' ? [event.body] : []));
    expect(opened().map(({ id, beside, during }) => [id, beside, during !== undefined])).toEqual([
      ['L1.grow.1.0', undefined, true],
      ['L1.grow.1.1', true, false],
    ]);
    expect(code(await door.start(runbookOf(HEAD + ACT({ also })), { name: 'disk' }))).toBe('ok');
    const second: At = { run: 2, step: 'grow', try: 1 };
    const next: Plan = { ...plan, changes: [{ field: 'size', before: '3', after: '4' }] };
    const hash = await planned(second, next);
    expect(code(await door.send(ana, { do: 'confirm', at: second, hash }))).toBe('ok');
    expect(opened().map(({ id }) => id)).toEqual(['L1.grow.1.0', 'L1.grow.1.1', 'L2.grow.1.0']);
  });
});

describe('what later steps read', () => {
  const reading = ACT().replace(
    'size: 3 }\n    timeout',
    'size: "${{ steps.now.out.size + 2 }}" }\n    timeout',
  );

  it('is not lost while a check is looked at once more, or when that look fails', async () => {
    await open(CHECK('now') + CHECK('wait') + reading);
    await door.settle(check(1));
    await door.send(ana, { do: 'check again', at: { run: 1, step: 'now', try: 1 } });
    const waiting = door.attempts.find((one) => one.at.step === 'wait');
    const settle = (id: string, outcome: Outcome, step: string, number = 1): What => ({
      do: 'settle',
      attempt: id,
      at: { run: 1, step, try: number },
      outcome,
      seconds: 1,
    });
    expect(code(await door.send(bot, settle(waiting?.id ?? '', check(1), 'wait')))).toBe('ok');
    expect((await door.one('grow')).args).toEqual({ name: 'disk', size: 3 });
    await door.settle({ purpose: 'check', result: { ok: false, says: 'no answer' } });
  });

  it('is the verdict of the runbook inside, also after a restart', async () => {
    const inner = runbookOf(`${HEAD.replace('id: attack', 'id: inner')}${CHECK('look')}`);
    door = new PureDoor({ runbooks: { inner } });
    await open(`
  - { id: inner, kind: run, title: Inner, runbook: inner, with: { name: disk } }${AFTER}`);
    await door.settle(check(1));
    expect((await door.one('inner')).verdict).toBe('ok');
  });

  it('stays when a step is not needed the second time round', async () => {
    const ask = (id: string, choices: string) => `
  - { id: ${id}, kind: ask, title: What now?, choices: [${choices}] }`;
    const grow = ACT().replace('kind: act', "kind: act\n    when: steps.once.out.choice == 'go'");
    await open(
      ask('once', '{ id: go, label: Go }, { id: leave, label: Leave }') +
        grow +
        ask('again', '{ id: more, label: More, next: once }, { id: enough, label: Enough }'),
    );
    const choose = (step: string, number: number, choice: string) =>
      door.send(ana, { do: 'choose', at: { run: 1, step, try: number }, choice });
    await choose('once', 1, 'go');
    await door.send(ana, { do: 'confirm', at, hash: await planned() });
    await door.settle(madeOutcome);
    await door.settle(verify(true));
    await choose('again', 1, 'more');
    expect(code(await choose('once', 2, 'leave'))).toBe('ok');
    expect((await door.one('grow')).closedAs).toBe('done');
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('ok');
  });
});

describe('a worker that stops again and again', () => {
  it('is not given the same look for ever', async () => {
    await open(CHECK('now') + AFTER);
    for (let turn = 0; turn < 8; turn++) {
      const one = await door.one('now');
      if (one.phase === 'closed') break;
      await door.lose('check');
    }
    expect((await door.one('now')).verdict).toBe('unknown');
    expect((await door.one('after')).phase).toBe('checking');
  });

  it('is not given the same plan, the same look for a trace or the same verification for ever', async () => {
    await open(ACT());
    for (let turn = 0; turn < 8 && (await door.one('grow')).phase === 'planning'; turn++)
      await door.lose('plan');
    expect((await door.one('grow')).planFailed).toBeDefined();
    await door.send(ana, { do: 'try again', at });
    const second = { ...at, try: 2 };
    const hash = await planned(second);
    await door.send(ana, { do: 'confirm', at: second, hash });
    await door.lose('act');
    for (let turn = 0; turn < 8 && (await door.one('grow')).phase === 'looking'; turn++)
      await door.lose('happened');
    expect((await door.one('grow')).found?.happened).toBe('cannot tell');
    await door.send(ana, { do: 'done by hand', at: second });
    for (let turn = 0; turn < 8 && (await door.one('grow')).phase === 'verifying'; turn++)
      await door.lose('verify');
    expect((await door.one('grow')).verified?.held).toBe(false);
  });
});

describe('rights', () => {
  it('an outcome comes from a worker, never from a person', async () => {
    await called();
    const act = door.attempts.findLast((one) => one.purpose === 'act');
    const settle: What = { do: 'settle', attempt: act?.id ?? '', at, outcome: madeOutcome, seconds: 1 };
    expect(code(await door.send(ana, settle))).toBe('rights');
    const give: What = { do: 'give up attempt', attempt: act?.id ?? '', at, purpose: 'act' };
    expect(code(await door.send(guest, give))).toBe('rights');
    expect((await door.one('grow')).phase).toBe('calling');
  });

  it('a phrase that renders to nothing still asks for something to be typed', async () => {
    const phrase = `phrase: "\${{ params.name == 'disk' ? ' ' : params.name }}"`;
    await open(ACT({ level: `type, ${phrase}` }));
    const hash = await planned();
    expect(code(await door.send(ana, { do: 'confirm', at, hash }))).toBe('phrase');
    expect(code(await door.send(ana, { do: 'confirm', at, hash, phrase: 'disk' }))).toBe('ok');
  });
});

describe('closing', () => {
  it('waits for a change that is under way', async () => {
    await called();
    await door.send(ana, { do: 'resolve', at: door.now });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('running');
  });
});
