// Undo and the ends of changes: which change is taken back, what verifies it, and what is told when nobody can tell.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Outcome } from '../../src/incidents/commands.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { scopeOf } from '../../src/incidents/state.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { ana, ben, PureDoor, runbookOf } from '../support/pure-door.ts';

const head = `
apiVersion: runbook/v1
id: undoing
title: Undoing
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
  amount: { type: string, label: How much?, required: true }
steps:`;
const temporary = `
      temporary: a larger disk
      until: incident-close
      sensitivity: personal-data
      probe: { uses: t.size, with: { name: "\${{ params.name }}" }, gone: out.size == steps.grow.plan.before }`;
const act = (more: { leaves?: string; undo?: string; level?: string } = {}) => `
  - id: grow
    kind: act
    title: Resize \${{ params.name }}
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: ${more.level ?? 'click'} }
    locks: ["prod/thing/\${{ params.name }}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: ${more.undo ?? 'auto'}
    leaves: ${more.leaves ?? temporary}`;
const again = `
  - { id: again, kind: ask, title: Once more?, choices: [{ id: more, label: More, next: grow }, { id: enough, label: Enough }] }`;
const manual = (more: { verify?: string; leaves?: string }) => `
  - id: hand
    kind: manual
    title: By hand
    do: Copy \${{ params.name }}
    by_hand: ["cp \${{ params.name }}"]
    verify: ${more.verify ?? '{ none: "nobody can see ${{ params.name }}" }'}
    leaves: ${more.leaves ?? '{ nothing: "no trace of ${{ params.name }}" }'}`;
const unreadable = "${{ quantity(params.amount) > 1 ? 'a' : 'b' }}";

const planOf = (before: number, after: number): Plan => ({
  target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
  changes: [{ field: 'size', before: String(before), after: String(after) }],
  values: { before, after },
  notes: [],
  unknowns: [],
  undo: { name: 'disk', size: before },
});
const tryNo = (number: number, step = 'grow') => ({ run: 1, step, try: number });
const made = (size: number): Outcome => ({ purpose: 'act', result: { ok: true, out: { size } } });
const verify = (held: boolean): Outcome => ({ purpose: 'verify', result: { ok: true, held } });
const found = (happened: 'made' | 'not made' | 'cannot tell'): Outcome => ({
  purpose: 'happened',
  result: { ok: true, happened },
});
const code = (answer: Answer) => (answer.ok ? 'ok' : answer.code);

let door: PureDoor;
beforeEach(() => {
  door = new PureDoor();
});

async function open(text: string, more: Record<string, unknown> = {}): Promise<void> {
  await door.declare();
  expect(code(await door.start(runbookOf(head + text), { name: 'disk', amount: 'much', ...more }))).toBe(
    'ok',
  );
}

async function confirm(number: number, plan: Plan, step = 'grow'): Promise<void> {
  await door.settle({ purpose: 'plan', result: { ok: true, plan } });
  const one = await door.one(step);
  expect(one.phase, one.lastSays).toBe('planned');
  const at = tryNo(number, step);
  expect(code(await door.send(ana, { do: 'confirm', at, hash: one.planned?.hash ?? '' }))).toBe('ok');
}

async function change(number: number, before: number, after: number): Promise<void> {
  await confirm(number, planOf(before, after));
  await door.settle(made(after));
  await door.settle(verify(true));
}

const undo = (step = 'grow') => door.send(ana, { do: 'undo', run: 1, step });
const ends = async () =>
  [...((await door.incident(1))?.looseEnds.values() ?? [])].map(({ id, state }) => `${id} ${state}`);
const lines = () => timeline(door.events).map(({ text }) => text);

describe('words of the runbook', () => {
  it('why there is no undo and why nothing is left are told with their values', async () => {
    await open(
      act({
        undo: '{ none: "what ${{ params.name }} held is gone" }',
        leaves: '{ nothing: "only ${{ params.name }}" }',
      }),
    );
    await confirm(1, planOf(1, 3));
    const { planned } = await door.one('grow');
    expect([planned?.undo, planned?.leaves]).toEqual([
      'what disk held is gone',
      [{ kind: 'nothing', says: 'only disk' }],
    ]);
    await door.settle(made(3));
    await door.settle(verify(true));
    expect(await undo()).toMatchObject({
      code: 'no-undo',
      says: 'It cannot be undone here: what disk held is gone',
    });
  });

  it('why a repair by hand cannot be verified as well', async () => {
    await open(manual({}));
    await door.send(ana, { do: 'done by hand', at: tryNo(1, 'hand') });
    const closed = door.events.find((event) => event.type === 'step_closed');
    expect(closed?.body).toMatchObject({ state: 'by hand', reason: 'nobody can see disk' });
  });

  it('that cannot be read keep nobody from saying that it was done by hand', async () => {
    const broken = `{ none: "${unreadable}" }`;
    await open(
      manual({
        verify: broken,
        leaves: `{ temporary: "${unreadable}", until: incident-close, sensitivity: personal-data, probe: { uses: t.size, with: { name: "${unreadable}" }, gone: out.size == 0 } }`,
      }),
    );
    expect(code(await door.send(ana, { do: 'done by hand', at: tryNo(1, 'hand') }))).toBe('ok');
    expect((await door.one('hand')).closedAs).toBe('by hand');
    const [end] = (await door.incident(1))?.looseEnds.values() ?? [];
    expect(end?.opened.title).toBe('… (personal data; nothing can look whether it is gone)');
    // Without a probe it could never be shown to be gone, so a person's word and reason must be able to end it.
    const keep = {
      do: 'keep',
      looseEnd: end?.id ?? '',
      reason: 'on the backup volume',
      until: 'in 2 weeks',
      owner: ana.person,
    } as const;
    expect(code(await door.send(ana, keep))).toBe('ok');
    await door.send(ana, { do: 'resolve', at: door.now });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('ok');
  });

  it('of a verification that cannot be read leave the decision to a person', async () => {
    const broken = `{ uses: t.size, with: { name: "${unreadable}" }, until: out.size == 3, timeout: 10s }`;
    await open(manual({ verify: broken }));
    expect(code(await door.send(ana, { do: 'done by hand', at: tryNo(1, 'hand') }))).toBe('ok');
    const one = await door.one('hand');
    expect([one.phase, one.lastSays]).toEqual(['decide', expect.stringContaining('could not be read back')]);
    expect(code(await door.send(ana, { do: 'go on', at: tryNo(1, 'hand'), reason: 'I saw it' }))).toBe('ok');
  });
});

describe('a confirmation that is too old', () => {
  it('is told as such, and the same plan can be confirmed again', async () => {
    await open(act());
    await confirm(1, planOf(1, 3));
    const says = 'the call could not be made within 5 min of the confirmation, so it is void. Confirm again.';
    await door.settle({ purpose: 'act', result: { ok: false, says, nothingHappened: true, tooOld: true } });
    const one = await door.one('grow');
    expect([one.phase, one.lastSays]).toEqual(['planned', `Nothing was changed: ${says}`]);
    const lapsed = door.events.find((event) => event.type === 'approval_lapsed');
    expect(lapsed?.body).toMatchObject({ why: 'expired' });
    expect(JSON.stringify(lapsed?.body)).not.toContain('live state');
    expect([door.locks.size, await ends()]).toEqual([0, ['L1.grow.1.0 gone']]);
    expect(code(await undo())).toBe('nothing-to-undo');
    expect(lines().join('\n')).not.toContain('Changed “');
    const hash = one.planned?.hash ?? '';
    expect(code(await door.send(ana, { do: 'confirm', at: tryNo(1), hash }))).toBe('ok');
    expect(await ends()).toEqual(['L1.grow.1.0 may exist']);
  });
});

describe('a change that nobody can tell of', () => {
  beforeEach(async () => {
    await open(act());
    await confirm(1, planOf(1, 3));
    await door.lose('act');
    await door.settle(found('cannot tell'));
  });

  it('waits for a person first; Check again looks for the trace and then at what holds', async () => {
    expect((await door.one('grow')).phase).toBe('decide');
    expect(door.attempts.filter((one) => one.purpose === 'verify')).toEqual([]);
    await door.send(ana, { do: 'check again', at: tryNo(1) });
    expect(door.attempts.at(-1)?.purpose).toBe('happened');
    await door.settle(found('cannot tell'));
    expect((await door.one('grow')).phase).toBe('verifying');
    await door.settle(verify(true));
    expect((await door.one('grow')).closedAs).toBe('done');
    expect(await ends()).toEqual(['L1.grow.1.0 open']);
    expect(lines().join('\n')).toContain('It holds now. It is not known who made it so.');
  });

  it('stays with the person when that does not hold, and is not tried a second time', async () => {
    await door.send(ana, { do: 'check again', at: tryNo(1) });
    await door.settle(found('cannot tell'));
    await door.settle(verify(false));
    expect((await door.one('grow')).phase).toBe('decide');
    expect(code(await door.send(ana, { do: 'try again', at: tryNo(1) }))).toBe('may-exist');
    expect(code(await door.send(ana, { do: 'check again', at: tryNo(1) }))).toBe('ok');
    await door.settle(found('made'));
    await door.settle(verify(true));
    expect(door.events.filter((event) => event.type === 'step_closed').at(-1)?.body).toEqual({
      ...tryNo(1),
      state: 'done',
    });
  });

  it('is not verified when its trace shows that it was not made', async () => {
    await door.send(ana, { do: 'check again', at: tryNo(1) });
    await door.settle(found('not made'));
    expect(door.attempts.filter((one) => one.purpose === 'verify')).toEqual([]);
    expect(code(await door.send(ana, { do: 'try again', at: tryNo(1) }))).toBe('ok');
  });
});

describe('a change that was stopped', () => {
  it('has what it left looked at, also when its trace says that it was made', async () => {
    await open(act());
    await confirm(1, planOf(1, 3));
    await door.send(ben, { do: 'stop', at: tryNo(1) });
    await door.settle({ purpose: 'act', result: { ok: false, says: 'Somebody pressed Stop.' } });
    await door.settle(found('made'));
    expect(door.attempts.slice(-2).map((one) => one.purpose)).toEqual(['probe', 'verify']);
    await door.settle({ purpose: 'probe', result: { ok: true, gone: true } });
    expect(await ends()).toEqual(['L1.grow.1.0 gone']);
  });
});

describe('undo of what left nothing to look at', () => {
  beforeEach(async () => {
    await open(act({ leaves: '{ nothing: "it is as large as it should be" }' }));
    await change(1, 1, 3);
    expect(code(await undo())).toBe('ok');
    await confirm(2, planOf(3, 1));
    await door.settle(made(1));
  });

  it('is done, not verified: a person who has looked says so', async () => {
    const one = await door.one('grow');
    expect([one.phase, one.lastSays]).toEqual(['decide', expect.stringContaining('Done, not verified')]);
    expect((await door.incident(1))?.runs.get(1)?.steps.get('grow')?.tries[0]?.closedAs).toBe('done');
    expect(code(await door.send(ben, { do: 'done by hand', at: tryNo(2) }))).toBe('ok');
    expect((await door.one('grow')).closedAs).toBe('undone');
    expect(code(await undo())).toBe('undone');
    const told = lines().join('\n');
    expect(told).toMatch(/Undid “Resize disk”: .*not verified: nothing here can look at it/);
    expect(told).toMatch(/Undo of “Resize disk”: taken back, says Ben; Ben looked: it is taken back/);
  });

  it('stays open when the person sees that it is not taken back', async () => {
    await door.send(ana, { do: 'skip', at: tryNo(2), reason: 'it is still large' });
    expect((await door.one('grow')).closedAs).toBe('skipped');
    expect(code(await undo())).toBe('ok');
  });
});

describe('a change that was made twice', () => {
  beforeEach(async () => {
    await open(act() + again);
    await change(1, 1, 3);
    await door.send(ana, { do: 'choose', at: tryNo(1, 'again'), choice: 'more' });
    await change(2, 3, 5);
    await door.send(ana, { do: 'choose', at: tryNo(2, 'again'), choice: 'enough' });
    expect(await ends()).toEqual(['L1.grow.1.0 open', 'L1.grow.2.0 open']);
  });

  it('is taken back twice, newest first, each to what was there before it', async () => {
    await undo();
    expect(door.attempts.at(-1)).toMatchObject({ args: { size: 3 }, at: { try: 3 } });
    await change(3, 5, 3);
    expect(await ends()).toEqual(['L1.grow.1.0 open', 'L1.grow.2.0 gone']);
    expect(code(await undo())).toBe('ok');
    expect(door.attempts.at(-1)).toMatchObject({ args: { size: 1 }, at: { try: 4 } });
    const state = await door.incident(1);
    const run = state?.runs.get(1);
    if (!state || !run) throw new Error('there is no run');
    // What its probe compares with is the value before the change that it takes back, not before the newest one.
    expect(scopeOf(state, run, tryNo(4)).steps.grow?.plan).toEqual({ before: 1, after: 3 });
    expect(scopeOf(state, run, tryNo(3)).steps.grow?.plan).toEqual({ before: 3, after: 5 });
    await change(4, 3, 1);
    expect(await ends()).toEqual(['L1.grow.1.0 gone', 'L1.grow.2.0 gone']);
    expect(code(await undo())).toBe('undone');
  });

  it('is taken back by hand-written calls with the values of that change', async () => {
    door = new PureDoor();
    await open(
      act({
        undo: '{ uses: t.resize, with: { name: "${{ params.name }}", size: "${{ steps.grow.plan.before }}" } }',
      }) + again,
    );
    await change(1, 1, 3);
    await door.send(ana, { do: 'choose', at: tryNo(1, 'again'), choice: 'more' });
    await change(2, 3, 5);
    await undo();
    expect(door.attempts.at(-1)?.args).toEqual({ name: 'disk', size: 3 });
    await change(3, 5, 3);
    await undo();
    expect(door.attempts.at(-1)?.args).toEqual({ name: 'disk', size: 1 });
  });
});

describe('an undo that is under way when the run comes back to its step', () => {
  it('is taken in, and the run stays with what is made again', async () => {
    await open(act() + again);
    await change(1, 1, 3);
    await undo();
    await confirm(2, planOf(3, 1));
    await door.send(ana, { do: 'choose', at: tryNo(1, 'again'), choice: 'more' });
    expect((await door.one('grow')).try).toBe(3);
    await door.settle(made(1));
    await door.settle(verify(true));
    const tries = (await door.incident(1))?.runs.get(1)?.steps.get('grow')?.tries ?? [];
    expect(tries.map(({ phase, closedAs }) => closedAs ?? phase)).toEqual(['undone', 'undone', 'planning']);
    await change(3, 1, 3);
    expect((await door.incident(1))?.runs.get(1)?.current).toBe('again');
    expect(code(await undo())).toBe('ok');
    expect(door.attempts.at(-1)?.at).toMatchObject({ try: 4 });
  });

  it('can be planned again and left as it is', async () => {
    await open(act() + again);
    await change(1, 1, 3);
    await undo();
    await door.settle({ purpose: 'plan', result: { ok: true, plan: planOf(3, 1) } });
    await door.send(ana, { do: 'choose', at: tryNo(1, 'again'), choice: 'more' });
    expect(code(await undo())).toBe('undo-open');
    expect(code(await door.send(ana, { do: 'plan again', at: tryNo(2) }))).toBe('ok');
    expect((await door.one('grow')).try).toBe(4);
    expect(code(await door.send(ana, { do: 'skip', at: tryNo(4), reason: 'no' }))).toBe('ok');
    expect((await door.incident(1))?.runs.get(1)?.current).toBe('grow');
  });
});

describe('a change made by hand', () => {
  it('is taken back like one made by a button, when there was a plan', async () => {
    await open(act());
    await door.settle({ purpose: 'plan', result: { ok: true, plan: planOf(1, 3) } });
    await door.send(ana, { do: 'done by hand', at: tryNo(1) });
    await door.settle(verify(true));
    expect((await door.one('grow')).closedAs).toBe('by hand');
    expect(code(await undo())).toBe('ok');
    expect(door.attempts.at(-1)?.args).toEqual({ name: 'disk', size: 1 });
  });

  it('is not, when nothing is known of what was there before', async () => {
    await open(act());
    await door.settle({ purpose: 'plan', result: { ok: false, says: 'no right to read' } });
    await door.send(ana, { do: 'done by hand', at: tryNo(1) });
    await door.settle(verify(true));
    expect(await undo()).toMatchObject({
      code: 'no-undo',
      says: expect.stringContaining('by hand before there was a plan'),
    });
  });
});
