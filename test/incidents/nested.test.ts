// A runbook inside another one: asked for what is missing, ended, skipped, tried again; offers, and what parameters must be.
import { describe, expect, it } from 'vitest';
import type { Answer, Outcome } from '../../src/incidents/commands.ts';
import { react } from '../../src/incidents/react.ts';
import { mainTry } from '../../src/incidents/state.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { ana, ben, guest, PureDoor, runbookOf } from '../support/pure-door.ts';

const head = (id: string, params = '') => `
apiVersion: runbook/v1
id: ${id}
title: ${id === 'inner' ? 'Look inside' : 'Outer'}
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params: {${params}}
steps:`;
const LOOK = (id: string, more = '') => `
  - id: ${id}
    kind: check
    title: Look
    uses: t.size
    with: { name: disk }
    timeout: 5s
    verdict: [{ if: out.size > 5, is: bad, says: Large. }, { else: ok, says: Fine. }]${more}`;
const CALL = (given: string, more = '') => `
  - { id: call, kind: run, title: See inside, runbook: inner, with: {${given}}${more} }`;
const NEEDS =
  ' name: { type: string, label: Which?, required: true, max: 8 }, times: { type: int, label: Times, default: 2, max: 3 } ';
const innerOf = (steps: string, params = NEEDS) => runbookOf(head('inner', params) + steps);
const outerOf = (steps: string) => runbookOf(head('outer') + steps);

const call = { run: 1, step: 'call', try: 1 };
const check = (size: number): Outcome => ({ purpose: 'check', result: { ok: true, out: { size } } });
const code = (answer: Answer) => (answer.ok ? 'ok' : answer.code);
const says = (answer: Answer) => (answer.ok ? '' : answer.says);

async function opened(outer: Runbook, inner?: Runbook): Promise<PureDoor> {
  const door = new PureDoor({ runbooks: inner ? { inner } : {} });
  await door.declare();
  expect(code(await door.start(outer))).toBe('ok');
  return door;
}

const runOf = async (door: PureDoor, run: number) => (await door.incident(1))?.runs.get(run);

describe('what a runbook inside needs', () => {
  it('is asked for before it starts, and defaults are given', async () => {
    const door = await opened(outerOf(CALL('') + LOOK('after')), innerOf(LOOK('look')));
    const waits = await door.one('call');
    expect(waits).toMatchObject({ phase: 'params', asks: { runbook: 'inner', known: {} } });
    expect(waits.lastSays).toBe('Look inside starts inside this step. Still to fill in: Which?');
    expect(door.types()).not.toContain('check_done');
    const missing = await door.send(ana, { do: 'start inside', at: call, params: { name: ' ' } });
    expect(says(missing)).toBe('Still to fill in: Which?');
    const wrong = await door.send(ana, {
      do: 'start inside',
      at: call,
      params: { name: 'a name too long', times: 9 },
    });
    expect(says(wrong)).toBe('Which: At most 8 characters. Times: At most 3.');
    expect(code(await door.send(guest, { do: 'start inside', at: call, params: { name: 'disk' } }))).toBe(
      'ok',
    );
    expect((await runOf(door, 2))?.params).toEqual({ name: 'disk', times: 2 });
    expect(await door.one('call')).toMatchObject({ phase: 'nested', inner: 2 });
    expect(code(await door.send(ben, { do: 'start inside', at: call, params: { name: 'disk' } }))).toBe(
      'not-now',
    );
    await door.settle(check(1));
    expect((await door.one('after')).phase).toBe('checking');
    expect(await door.one('call')).toMatchObject({ verdict: 'ok', closedAs: 'done' });
  });

  it('keeps what the step gives, also what does not fit, until a person gives better', async () => {
    const door = await opened(
      outerOf(CALL(' name: a name too long, times: 1, old: x ')),
      innerOf(LOOK('look')),
    );
    expect((await door.one('call')).asks?.known).toEqual({ name: 'a name too long', times: 1 });
    await door.send(ana, { do: 'start inside', at: call, params: { name: 'disk' } });
    expect((await runOf(door, 2))?.params).toEqual({ name: 'disk', times: 1 });
  });

  it('is not asked for when the step gives it, whatever else it names', async () => {
    const door = await opened(outerOf(CALL(' name: disk, old: x ')), innerOf(LOOK('look')));
    expect((await runOf(door, 2))?.params).toEqual({ name: 'disk', times: 2 });
  });

  it('can be skipped, and the run ended, while it waits', async () => {
    const door = await opened(outerOf(CALL('') + LOOK('after')), innerOf(LOOK('look')));
    expect(code(await door.send(ana, { do: 'skip', at: call, reason: 'not now' }))).toBe('ok');
    expect((await door.one('after')).phase).toBe('checking');
    const other = await opened(outerOf(CALL('')), innerOf(LOOK('look')));
    expect(code(await other.send(ana, { do: 'end run', run: 1, reason: 'enough' }))).toBe('ok');
    expect((await runOf(other, 1))?.ended?.why).toBe('ended');
  });

  it('is asked of whoever started the outer run, when an outcome led there', async () => {
    const door = await opened(outerOf(LOOK('first') + CALL(' name: disk ')), innerOf(LOOK('look')));
    await door.settle(check(1));
    expect((await runOf(door, 2))?.startedBy).toEqual(ana.person);
  });
});

describe('a runbook inside that cannot start', () => {
  it('is tried again when its file is there', async () => {
    const runbooks: Record<string, Runbook> = {};
    const door = new PureDoor({ runbooks });
    await door.declare();
    await door.start(outerOf(CALL(' name: disk ')));
    expect((await door.one('call')).planFailed).toContain('inner is not here');
    runbooks.inner = innerOf(LOOK('look'));
    expect(code(await door.send(ana, { do: 'try again', at: call }))).toBe('ok');
    expect(await door.one('call')).toMatchObject({ try: 2, phase: 'nested', inner: 2 });
  });

  it('is not started for ever in a circle', async () => {
    const calls = (id: string, other: string) =>
      runbookOf(`${head(id)}
  - { id: again, kind: run, title: Again, runbook: ${other}, with: {} }`);
    const door = new PureDoor({ runbooks: { inner: calls('inner', 'back'), back: calls('back', 'inner') } });
    await door.declare();
    await door.start(outerOf(CALL('')));
    expect((await door.incident(1))?.runs.size).toBe(10);
    expect((await door.one('again', 10)).planFailed).toContain('in a circle');
  });

  it('says what of its parameters could not be read', async () => {
    const door = await opened(
      outerOf(LOOK('first') + CALL(' name: "${{ string(steps.first.out.size) }}" ')),
      innerOf(LOOK('look')),
    );
    await door.settle({ purpose: 'check', result: { ok: false, says: 'no answer' } });
    const one = await door.one('call');
    expect(one.phase).toBe('decide');
    expect(one.planFailed).toContain('inner could not be started');
  });
});

describe('ending', () => {
  it('the run inside ends only it: the outer run goes on, not knowing, and says who', async () => {
    const door = await opened(outerOf(CALL(' name: disk ') + LOOK('after')), innerOf(LOOK('look')));
    await door.send(ben, { do: 'end run', run: 2, reason: 'wrong disk' });
    expect(await door.one('call')).toMatchObject({ closedAs: 'stopped', verdict: 'unknown' });
    expect((await door.one('call')).lastSays).toBe('run 2 was ended by Ben. Ended: wrong disk');
    expect((await door.one('after')).phase).toBe('checking');
    expect((await runOf(door, 1))?.ended).toBeUndefined();
  });

  it('the outer run ends those inside with it, and nothing goes on', async () => {
    const door = await opened(outerOf(CALL(' name: disk ') + LOOK('after')), innerOf(LOOK('look')));
    expect(code(await door.send(ana, { do: 'end run', run: 1, reason: 'enough' }))).toBe('ok');
    const state = await door.incident(1);
    expect([...(state?.runs.values() ?? [])].map((run) => run.ended?.why)).toEqual(['ended', 'ended']);
    expect(mainTry(state?.runs.get(1)?.steps.get('after'))).toBeUndefined();
    await door.settle(check(1));
    expect(mainTry((await runOf(door, 1))?.steps.get('after'))).toBeUndefined();
  });

  it('skipping the step ends what runs inside, and the outer run goes on once', async () => {
    const door = await opened(outerOf(CALL(' name: disk ') + LOOK('after')), innerOf(LOOK('look')));
    expect(code(await door.send(ana, { do: 'skip', at: call, reason: 'known' }))).toBe('ok');
    expect((await runOf(door, 2))?.ended?.says).toBe('Ended: the step around it was skipped. known');
    expect((await runOf(door, 1))?.steps.get('after')?.tries).toHaveLength(1);
    expect((await door.one('call')).closedAs).toBe('skipped');
  });

  it('who may only look may end what they began, as long as it has only looked', async () => {
    const door = new PureDoor();
    await door.declare();
    await door.start(outerOf(LOOK('look')), {}, guest);
    await door.start(outerOf(LOOK('look')), {}, ana);
    expect(code(await door.send(guest, { do: 'end run', run: 2, reason: 'no' }))).toBe('rights');
    expect(code(await door.send(guest, { do: 'end run', run: 1, reason: 'seen' }))).toBe('ok');
  });
});

describe('a check that is still asked', () => {
  it('can be skipped; its late answer moves nothing', async () => {
    const door = await opened(outerOf(LOOK('first') + LOOK('after')));
    const skipped = { run: 1, step: 'first', try: 1 };
    expect(code(await door.send(ana, { do: 'skip', at: skipped, reason: 'it hangs' }))).toBe('ok');
    const late = door.attempts.find(({ at }) => at.step === 'first');
    await door.send(
      { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] },
      { do: 'settle', attempt: late?.id ?? '', at: skipped, outcome: check(9), seconds: 9 },
    );
    expect(await door.one('first')).toMatchObject({ closedAs: 'skipped' });
    expect((await runOf(door, 1))?.steps.get('after')?.tries).toHaveLength(1);
  });

  it('is asked again as often as `retry` says, only when there was no answer', async () => {
    const door = await opened(outerOf(LOOK('first', '\n    retry: { times: 2, every: 5s }') + LOOK('after')));
    const none: Outcome = { purpose: 'check', result: { ok: false, says: 'no answer' } };
    await door.settle(none);
    expect(door.attempts.at(-1)).toMatchObject({ at: { step: 'first', try: 2 }, delayMs: 5000 });
    await door.settle(none);
    expect((await door.one('first')).try).toBe(3);
    await door.settle(none);
    expect(await door.one('first')).toMatchObject({ try: 3, phase: 'closed', verdict: 'unknown' });
    expect((await door.one('after')).phase).toBe('checking');
    const other = await opened(
      outerOf(LOOK('first', '\n    retry: { times: 2, every: 5s }') + LOOK('after')),
    );
    await other.settle(check(9));
    expect(await other.one('first')).toMatchObject({ try: 1, verdict: 'bad' });
    expect((await other.one('after')).phase).toBe('checking');
  });
});

describe('the offer of a next runbook', () => {
  const OFFERS = innerOf(LOOK('look', '\n    next: { run: resize, with: { name: disk } }'), '');

  it('of a run inside is dropped where the outer run goes on', async () => {
    const door = await opened(outerOf(CALL('') + LOOK('after')), OFFERS);
    await door.settle(check(1));
    await door.settle(check(1));
    expect(door.events.filter((event) => event.type === 'run_ended' && event.body.offer)).toEqual([]);
  });

  it('of a run inside is made when the outer run ends there as well', async () => {
    const door = await opened(outerOf(CALL('')), OFFERS);
    await door.settle(check(1));
    expect((await runOf(door, 2))?.ended?.offer).toBeUndefined();
    expect((await runOf(door, 1))?.ended?.offer).toEqual({ runbook: 'resize', with: { name: 'disk' } });
  });

  it('may name others that could be taken instead; what is not known of one is left out', async () => {
    const next =
      '\n    next: [{ run: resize, with: { name: "${{ params.?name }}" } }, { run: other, with: { a: b } }]';
    const door = await opened(innerOf(LOOK('look', next), ' name: { type: string, label: Which? } '));
    await door.settle(check(1));
    expect((await runOf(door, 1))?.ended?.offer).toEqual({
      runbook: 'resize',
      with: {},
      or: [{ runbook: 'other', with: { a: 'b' } }],
    });
    const start = { do: 'start run', runbook: runbookOf(head('other') + LOOK('look')), hash: 'h' } as const;
    expect(code(await door.send(ana, { ...start, params: {}, follows: 1 }))).toBe('ok');
    expect((await runOf(door, 1))?.followedBy).toBe(2);
    expect(code(await door.send(ben, { ...start, params: {}, follows: 1 }))).toBe('followed');
  });

  it('starts one run; the second person is told who was first', async () => {
    const door = await opened(OFFERS);
    await door.settle(check(1));
    const next = runbookOf(head('resize') + LOOK('look'));
    const start = (by: typeof ana) =>
      door.send(by, { do: 'start run', runbook: next, hash: 'h', params: {}, follows: 1 });
    expect(code(await start(ana))).toBe('ok');
    const second = await start(ben);
    expect(code(second)).toBe('followed');
    expect(says(second)).toBe('Ana has started run 2 from this. To start another one: /incident run resize');
    expect((await runOf(door, 1))?.followedBy).toBe(2);
    const state = await door.incident(1);
    const events = door.events.filter(({ type }) => type === 'run_started').slice(-1);
    expect(state && react(events, state)).toContainEqual({ kind: 'run', run: 1 });
  });

  it('is not here for a run that made none', async () => {
    const door = await opened(outerOf(LOOK('first')));
    const next = runbookOf(head('resize') + LOOK('look'));
    const answer = await door.send(ana, {
      do: 'start run',
      runbook: next,
      hash: 'h',
      params: {},
      follows: 1,
    });
    expect(code(answer)).toBe('gone');
  });
});

it('the runs around it are drawn when a run inside moves', async () => {
  const door = await opened(outerOf(CALL(' name: disk ')), innerOf(LOOK('look') + LOOK('more')));
  await door.settle(check(1));
  const state = await door.incident(1);
  const events = door.events.filter(({ type }) => type === 'check_done');
  expect(state && react(events, state)).toEqual([
    { kind: 'run', run: 2 },
    { kind: 'run', run: 1 },
  ]);
});

describe('one check of values', () => {
  const ASK = `
  - id: ask
    kind: ask
    title: How many?
    form:
      many: { type: int, label: How many?, required: true, max: 3 }
      wait: { type: duration, label: Wait, default: 30s, max: 60 }
    choices:
      - { id: go, label: Go, reason: required }
      - { id: leave, label: Leave it, next: stop }
  - id: after
    kind: manual
    title: Wait \${{ steps.ask.out.many + steps.ask.out.wait }} because \${{ steps.ask.out.?reason.orValue('?') }}
    do: Wait.
    by_hand: [sleep 30]
    verify: { none: Nobody can see it. }
    leaves: { nothing: It is only time. }`;
  const ask = { run: 1, step: 'ask', try: 1 };

  it('holds the answers of a form to what it declares, and fills in its defaults', async () => {
    const door = await opened(outerOf(ASK));
    const choose = (form: Record<string, unknown>, choice?: string, reason?: string) =>
      door.send(ana, {
        do: 'choose',
        at: ask,
        form,
        ...(choice ? { choice } : {}),
        ...(reason ? { reason } : {}),
      });
    expect(says(await choose({ many: 'abc' }, 'go', 'why not'))).toBe('How many: Write a whole number.');
    expect(says(await choose({ many: 4, wait: '2h' }, 'go', 'why not'))).toBe(
      'How many: At most 3. Wait: At most 60.',
    );
    expect(says(await choose({ many: 1, x: 1 }, 'go', 'why not'))).toBe('Nobody asks for x here.');
    expect(says(await choose({}, 'go', 'why not'))).toBe('Still to fill in: How many?');
    expect(code(await choose({ many: 1 }))).toBe('choice');
    expect(code(await choose({ many: 1 }, 'go'))).toBe('reason');
    expect(code(await choose({ many: '2' }, 'go', 'the backup runs'))).toBe('ok');
    expect((await door.one('ask')).out).toEqual({
      many: 2,
      wait: 30,
      choice: 'go',
      reason: 'the backup runs',
    });
    expect((await door.one('after')).title).toBe('Wait 32 s because the backup runs');
  });

  it('holds the parameters of a run to what it declares', async () => {
    const door = new PureDoor();
    await door.declare();
    const params =
      ' name: { type: k8s/pod, label: Which?, required: true }, room: { type: bytes, label: Room, min: 1024 }, why: { type: string, label: Why?, min: 10 } ';
    const runbook = runbookOf(head('outer', params) + LOOK('look'));
    const start = (given: Record<string, unknown>) => door.start(runbook, given);
    expect(says(await start({ name: 'Not A Name' }))).toContain('cannot be the name of an object');
    expect(says(await start({ name: 'pod-0', why: 'x' }))).toBe('Why: At least 10 characters.');
    expect(says(await start({ name: 'pod-0', room: '12 apples' }))).toContain('Write an amount');
    expect(says(await start({ name: 'pod-0', nme: 'x' }))).toBe('Nobody asks for nme here.');
    expect(says(await start({ name: ['pod-0'] }))).toBe('Which: Give one value.');
    expect(code(await start({ name: 'pod-0', room: '2Ki' }))).toBe('ok');
    expect((await runOf(door, 1))?.params).toEqual({ name: 'pod-0', room: 2048 });
  });
});

describe('how a step stands on the timeline', () => {
  const kinds = async (steps: string, work: (door: PureDoor) => Promise<unknown>, inner?: Runbook) => {
    const door = await opened(outerOf(steps), inner);
    await work(door);
    return timeline(door.events).map(({ kind, text }) => `${kind}: ${text}`);
  };
  const ASK = (more: string) => `
  - { id: ask, kind: ask, title: What now?, choices: [{ id: a, label: A }, { id: b, label: B }]${more} }`;
  const HAND = (more: string) => `
  - id: hand
    kind: manual
    title: Call them
    do: Call.
    by_hand: [call]
    verify: { none: Nobody can see it. }
    leaves: { nothing: It is a call. }${more}`;
  const choose = (door: PureDoor) =>
    door.send(ana, { do: 'choose', at: { run: 1, step: 'ask', try: 1 }, choice: 'a' });
  const byHand = (door: PureDoor) =>
    door.send(ana, { do: 'done by hand', at: { run: 1, step: 'hand', try: 1 } });
  const looked = (door: PureDoor) => door.settle(check(1));

  it.each([
    ['', 'check: Checked “Look”'],
    ['milestone', 'milestone: Checked “Look”'],
    ['decision', 'decision: Checked “Look”'],
  ])('a check with %o', async (as, expected) => {
    const more = as && `\n    timeline: ${as}`;
    expect((await kinds(LOOK('look', more), looked)).join('\n')).toContain(expected);
  });

  it.each([
    ['', 'act: By hand “Call them”'],
    ['milestone', 'milestone: By hand “Call them”'],
    ['decision', 'decision: By hand “Call them”'],
  ])('work by hand with %o', async (as, expected) => {
    const more = as && `\n    timeline: ${as}`;
    expect((await kinds(HAND(more), byHand)).join('\n')).toContain(expected);
  });

  it.each([
    ['', 'act: Changed “Resize disk”'],
    ['milestone', 'milestone: Changed “Resize disk”'],
    ['decision', 'decision: Changed “Resize disk”'],
  ])('a change with %o; its undo is a change', async (as, expected) => {
    const ACT = `
  - id: grow
    kind: act
    title: Resize disk
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/thing/disk]
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: It is what it should be. }${as && `\n    timeline: ${as}`}`;
    const plan = {
      target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
      changes: [{ field: 'size', before: '1', after: '3' }],
      values: { before: 1, after: 3 },
      notes: [],
      unknowns: [],
      undo: { name: 'disk', size: 1 },
    };
    const change = async (door: PureDoor, number: number) => {
      await door.settle({ purpose: 'plan', result: { ok: true, plan } });
      const hash = (await door.one('grow')).planned?.hash ?? '';
      await door.send(ana, { do: 'confirm', at: { run: 1, step: 'grow', try: number }, hash });
      await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    };
    const lines = await kinds(ACT, async (door) => {
      await change(door, 1);
      await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
      await door.send(ana, { do: 'undo', run: 1, step: 'grow' });
      await change(door, 2);
    });
    expect(lines.join('\n')).toContain(expected);
    expect(lines.join('\n')).toContain('act: Undid “');
  });

  it('a question is a decision, or a milestone where the author says so', async () => {
    expect((await kinds(ASK(''), choose)).join('\n')).toContain('decision: Decided “What now?”');
    expect((await kinds(ASK(', timeline: milestone'), choose)).join('\n')).toContain('milestone: Decided');
  });

  it('a runbook inside has a line of its own only where the author says so', async () => {
    const inner = innerOf(LOOK('look'), '');
    expect((await kinds(CALL(''), looked, inner)).join('\n')).not.toContain('“See inside” done.');
    const lines = await kinds(CALL('', ', timeline: milestone'), looked, inner);
    expect(lines).toContain('milestone: “See inside” done.');
  });
});
