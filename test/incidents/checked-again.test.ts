// At resolve the checks that were bad or had no answer are asked once more, beside their runs: what they find is recorded, nothing moves.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/incidents/commands.ts';
import type { NewAttempt } from '../../src/incidents/draft.ts';
import type { EventOf } from '../../src/incidents/events.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { ana, ben, bot, PureDoor, runbookOf } from '../support/pure-door.ts';

const HEAD = (id: string) => `
apiVersion: runbook/v1
id: ${id}
title: Look at things
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
steps:`;
const CHECK = (id: string, more = '') => `
  - id: ${id}
    kind: check
    title: Is \${{ params.name }} small?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict:
      - if: out.size > 5
        is: bad
        says: Too large (\${{ out.size }}).${more}
      - if: out.size > 3
        is: warn
        says: Large (\${{ out.size }}).
      - if: 10 / out.size > 4
        is: unknown
        says: Hard to tell.
      - else: ok
        says: It is \${{ out.size }}.`;
const ACT = `
  - id: shrink
    kind: act
    title: Resize \${{ params.name }}
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: click }
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: it is what it should be }`;
const NESTED = `
  - id: inner
    kind: run
    title: Look inside
    runbook: inner
    with: { name: "\${{ params.name }}" }`;
const plan: Plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
  changes: [{ field: 'size', before: '9', after: '3' }],
  values: { before: 9, after: 3 },
  notes: [],
  unknowns: [],
};

let door: PureDoor;
beforeEach(async () => {
  door = new PureDoor({ runbooks: { inner: book('inner', CHECK('look')) } });
  await door.declare();
});

const book = (id: string, steps: string): Runbook => runbookOf(HEAD(id) + steps);
const size = (n: number): Outcome => ({ purpose: 'check', result: { ok: true, out: { size: n } } });
const start = (steps: string, name = 'disk') => door.start(book('look', steps), { name });
const resolve = (id?: string) => door.send(ana, { do: 'resolve', at: door.now }, 1, id);
const repeated = () =>
  door.events.filter((one): one is EventOf<'check_repeated'> => one.type === 'check_repeated');
const resolvedBodies = () => door.events.flatMap((one) => (one.type === 'resolved' ? [one.body] : []));
/** What the last decision to resolve queued. */
const asked = (): readonly NewAttempt[] =>
  door.writes
    .findLast(({ command }) => command.what.do === 'resolve')
    ?.attempts.filter(({ purpose }) => purpose === 'check') ?? [];

/** Brings the outcome of this attempt, as a worker would. */
function bring({ id, at }: NewAttempt, outcome: Outcome, command = `settle:${id}`) {
  return door.send(bot, { do: 'settle', attempt: id, at, outcome, seconds: 2 }, 1, command);
}
function only(attempts: readonly NewAttempt[]): NewAttempt {
  expect(attempts).toHaveLength(1);
  return attempts[0] as NewAttempt;
}
/** Everything about the runs: where they are, and what their steps say. */
const runs = async () => structuredClone((await door.incident(1))?.runs);
/** The effects of everything written since there were this many writes. */
const effectsSince = (from: number) => door.writes.slice(from).flatMap(({ effects }) => effects);

describe('what is asked again', () => {
  it('the check whose last verdict is bad, with the arguments it had, in the decision itself', async () => {
    await start(CHECK('now'));
    await door.settle(size(9));
    expect(await resolve()).toMatchObject({ ok: true });
    expect(only(asked())).toMatchObject({
      at: { run: 1, step: 'now', try: 1 },
      purpose: 'check',
      uses: 't.size',
      args: { name: 'disk' },
      namespace: 'prod',
      operation: '',
      timeoutMs: 5000,
      by: 'slack:UANA',
    });
    expect(resolvedBodies()[0]?.repeats).toEqual([
      { run: 1, step: 'now', try: 1, attempt: asked()[0]?.id, title: 'Is disk small?', was: 'bad' },
    ]);
    expect(repeated()).toEqual([]);
  });

  it('nothing when no check was bad or without an answer: no call, no message', async () => {
    await start(CHECK('now') + CHECK('then'));
    await door.settle(size(4));
    await door.settle(size(2));
    expect((await door.one('then')).verdict).toBe('unknown');
    await resolve();
    expect(asked()).toEqual([]);
    expect(resolvedBodies()).toEqual([{ at: expect.any(Number) }]);
    expect((await door.incident(1))?.repeats.map(({ checks }) => checks.size)).toEqual([0]);
    expect(door.writes.at(-1)?.effects.map(({ kind }) => kind)).toEqual(['card', 'tell', 'left', 'report']);
  });

  const failed: Outcome = { purpose: 'check', result: { ok: false, says: 'It did not answer within 5 s.' } };

  it('the check that had no answer, since its call failed or timed out', async () => {
    await start(CHECK('now') + CHECK('then'), 'disk');
    await door.settle(failed);
    await door.settle(size(3));
    await resolve();
    expect(only(asked())).toMatchObject({ at: { run: 1, step: 'now', try: 1 }, args: { name: 'disk' } });
    expect(resolvedBodies()[0]?.repeats).toMatchObject([{ step: 'now', was: 'unknown' }]);
    await bring(only(asked()), size(3));
    expect(timeline(door.events).at(-1)?.text).toBe(
      'Checked again at resolve “Is disk small?”: ok (was unknown). It is 3.',
    );
  });

  it('by the last try of one that is asked again by itself', async () => {
    const retried = CHECK('now').replace('timeout: 5s', 'timeout: 5s\n    retry: { times: 1, every: 1s }');
    await start(retried);
    await door.settle(failed);
    await door.settle(failed);
    await start(retried, 'tape');
    await door.settle(failed);
    await door.settle(size(3));
    await resolve();
    expect(only(asked()).at).toEqual({ run: 1, step: 'now', try: 2 });
  });

  it('of a bad answer and none to the same question, the later one', async () => {
    await start(CHECK('now'));
    await door.settle(size(9));
    await start(CHECK('now'));
    await door.settle(failed);
    await resolve();
    expect(only(asked()).at.run).toBe(2);
    expect(resolvedBodies()[0]?.repeats).toMatchObject([{ run: 2, was: 'unknown' }]);
  });

  it('not what was found and is unknown by the rules, or could not be judged', async () => {
    await start(CHECK('now') + CHECK('then'));
    await door.settle(size(2));
    await door.settle(size(0));
    expect((await door.one('now')).verdict).toBe('unknown');
    expect((await door.one('then')).verdict).toBe('unknown');
    await resolve();
    expect(asked()).toEqual([]);
  });

  it('not one without an answer that could never say that all is well', async () => {
    await start(`
  - id: log
    kind: check
    title: Why did it stop?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict: [{ if: out.size > 5, is: bad, says: It was full. }, { else: unknown, says: Nobody knows. }]`);
    await door.settle(failed);
    await resolve();
    expect(asked()).toEqual([]);
  });

  it('not one whose arguments could not be read: it was never asked', async () => {
    const text = CHECK('then').replace(
      '"${{ params.name }}"',
      '"${{ string(10 / (steps.now.out.size - 3)) }}"',
    );
    await start(CHECK('now') + text);
    await door.settle(size(3));
    expect((await door.one('then')).lastSays).toContain('It could not be asked');
    await resolve();
    expect(asked()).toEqual([]);
  });

  it('not one that stopped its worker too often: it may be what stops them', async () => {
    await start(CHECK('now'));
    for (let time = 0; time < 3; time++) await door.lose('check');
    expect(await door.one('now')).toMatchObject({ verdict: 'unknown', phase: 'closed' });
    await resolve();
    expect(asked()).toEqual([]);
  });

  it('in runs that ended and in runs inside runs', async () => {
    await start(CHECK('now', '\n        next: stop') + CHECK('never'));
    await door.settle(size(9));
    await start(NESTED, 'tape');
    await door.settle(size(8));
    const { runs: all } = (await door.incident(1)) ?? {};
    expect([...(all?.values() ?? [])].map((run) => run.ended !== undefined)).toEqual([true, true, true]);
    await resolve();
    expect(asked().map(({ at, args }) => [at.run, at.step, args.name])).toEqual([
      [1, 'now', 'disk'],
      [3, 'look', 'tape'],
    ]);
  });

  it('each question once, however many steps asked it; the last one that did stands for it', async () => {
    await start(CHECK('now') + CHECK('then'));
    await door.settle(size(9));
    await door.settle(size(9));
    await start(CHECK('now'));
    await door.settle(size(7));
    await start(CHECK('now'), 'tape');
    await door.settle(size(7));
    await resolve();
    expect(asked().map(({ at, args }) => [at.run, at.step, args.name])).toEqual([
      [2, 'now', 'disk'],
      [3, 'now', 'tape'],
    ]);
  });

  it('by the last verdict of a step: looked at again since and well, or bad only then', async () => {
    await start(CHECK('now'));
    await door.settle(size(9));
    await start(CHECK('now'), 'tape');
    await door.settle(size(1));
    await door.send(ana, { do: 'check again', at: { run: 1, step: 'now', try: 1 } });
    await door.settle(size(3));
    await door.send(ana, { do: 'check again', at: { run: 2, step: 'now', try: 1 } });
    await door.settle(size(9));
    await resolve();
    expect(only(asked()).at).toEqual({ run: 2, step: 'now', try: 2 });
  });

  it('not a check that could never say that all is well: it only reads what happened', async () => {
    await start(`
  - id: log
    kind: check
    title: Why did it stop?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict: [{ if: out.size > 5, is: bad, says: It was full. }, { else: unknown, says: Nobody knows. }]`);
    await door.settle(size(9));
    await resolve();
    expect(asked()).toEqual([]);
  });

  it('never a change, nor the verification of one that did not hold', async () => {
    await start(ACT);
    await door.settle({ purpose: 'plan', result: { ok: true, plan } });
    const { planned } = await door.one('shrink');
    const at = { run: 1, step: 'shrink', try: 1 };
    await door.send(ana, { do: 'confirm', at, hash: planned?.hash ?? '' });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 9 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: false } });
    const before = door.attempts.length;
    await resolve();
    expect(door.attempts).toHaveLength(before);
  });
});

describe('what it finds', () => {
  beforeEach(async () => {
    await start(CHECK('now', '\n        next: stop') + CHECK('never'));
    await door.settle(size(9));
  });

  it.each([
    [size(3), 'ok', 'It is 3.'],
    [size(4), 'warn', 'Large (4).'],
    [size(7), 'bad', 'Too large (7).'],
    [size(2), 'unknown', 'Hard to tell.'],
  ] as const)('is judged by the pinned rules: %j is %s', async (outcome, verdict, says) => {
    await resolve();
    await bring(only(asked()), outcome);
    expect(repeated().map(({ body }) => body)).toEqual([
      {
        run: 1,
        step: 'now',
        try: 1,
        attempt: asked()[0]?.id,
        resolve: door.events.find(({ type }) => type === 'resolved')?.version,
        title: 'Is disk small?',
        was: 'bad',
        verdict,
        says,
        seconds: 2,
        left: 0,
      },
    ]);
  });

  it('is not known when the call failed, and says why', async () => {
    await resolve();
    await bring(only(asked()), {
      purpose: 'check',
      result: { ok: false, says: 'It did not answer within 5 s.' },
    });
    expect(repeated()[0]?.body).toMatchObject({ verdict: 'unknown', says: 'It did not answer within 5 s.' });
  });

  it('is not known when it cannot be judged', async () => {
    await resolve();
    await bring(only(asked()), size(0));
    expect(repeated()[0]?.body).toMatchObject({
      verdict: 'unknown',
      says: expect.stringMatching(/^What was found could not be judged: ./),
    });
  });

  it('is not known when the worker died; what it brings afterwards changes nothing', async () => {
    await resolve();
    const { id, at } = only(asked());
    const giveUp = { do: 'give up attempt', attempt: id, at, purpose: 'check' } as const;
    await door.send(bot, giveUp, 1, `lost:${id}`);
    expect(repeated()[0]?.body).toMatchObject({
      verdict: 'unknown',
      says: 'The worker stopped while it looked. Look yourself.',
      left: 0,
    });
    const { length } = door.events;
    await bring(only(asked()), size(3));
    await door.send(bot, giveUp, 1, 'another sweep');
    expect(door.events).toHaveLength(length);
    expect(door.attempts.filter(({ purpose }) => purpose === 'check')).toHaveLength(2);
  });

  it('keeps the fields that its step keeps', async () => {
    await resolve();
    const result = { ok: true, out: { size: 3 }, kept: { size: 3 }, rawHash: 'abc' } as const;
    const from = door.writes.length;
    await bring(only(asked()), { purpose: 'check', result });
    expect(repeated()[0]?.body.evidence).toEqual({ fields: { size: 3 }, hash: 'abc' });
    expect(effectsSince(from)).toContainEqual({
      kind: 'evidence',
      version: repeated()[0]?.version,
      at: { run: 1, step: 'now', try: 1 },
    });
  });

  it('moves nothing: the run that ended stays ended, its step says what it said', async () => {
    await resolve();
    const before = await runs();
    const from = door.writes.length;
    await bring(only(asked()), size(3));
    expect(await runs()).toEqual(before);
    expect(door.writes.slice(from).flatMap(({ events }) => events.map(({ type }) => type))).toEqual([
      'check_repeated',
    ]);
    expect(door.writes.slice(from).flatMap(({ attempts }) => attempts)).toEqual([]);
  });

  it('is recorded after the close as well', async () => {
    await resolve();
    await door.send(ana, { do: 'close' });
    await bring(only(asked()), size(3));
    expect(repeated()).toHaveLength(1);
    expect((await door.incident(1))?.closedAt).toBeDefined();
  });

  it('is a line of the timeline', async () => {
    await resolve();
    await bring(only(asked()), size(3));
    const texts = timeline(door.events).map(({ text }) => text);
    expect(texts.at(-1)).toBe('Checked again at resolve “Is disk small?”: ok (was bad). It is 3.');
  });
});

describe('an open run', () => {
  it('goes on waiting where it waited', async () => {
    await start(CHECK('now') + ACT);
    await door.settle(size(9));
    await door.settle({ purpose: 'plan', result: { ok: true, plan } });
    await resolve();
    const before = await runs();
    expect((await door.one('shrink')).phase).toBe('planned');
    await bring(only(asked()), size(3));
    expect(await runs()).toEqual(before);
    expect(door.attempts.filter(({ purpose }) => purpose === 'act')).toEqual([]);
  });

  it('whose check is looked at again meanwhile takes its own answer, and the repeat its own', async () => {
    await start(CHECK('now') + ACT);
    await door.settle(size(9));
    await resolve();
    const repeat = only(asked());
    await door.send(ana, { do: 'check again', at: { run: 1, step: 'now', try: 1 } });
    const again = door.attempts.at(-1) as NewAttempt;
    await bring(repeat, size(4));
    expect((await door.incident(1))?.runs.get(1)?.steps.get('now')?.tries.at(-1)?.phase).toBe('checking');
    await bring(again, size(3));
    expect(repeated()[0]?.body.verdict).toBe('warn');
    expect((await door.one('now')).verdict).toBe('ok');
  });
});

describe('the message', () => {
  it('is asked for once, when the last answer is in', async () => {
    await start(CHECK('now'));
    await door.settle(size(9));
    await start(CHECK('now'), 'tape');
    await door.settle(size(9));
    await resolve();
    const [first, second] = asked() as [NewAttempt, NewAttempt];
    const from = door.writes.length;
    await bring(second, size(3));
    expect(repeated().map(({ body }) => body.left)).toEqual([1]);
    expect(effectsSince(from)).toEqual([]);
    await bring(first, size(9));
    expect(repeated().map(({ body }) => body.left)).toEqual([1, 0]);
    expect(effectsSince(from)).toEqual([
      { kind: 'card' },
      { kind: 'wait', version: repeated().at(-1)?.version },
    ]);
  });

  it('is drawn from the state: who resolved, and what each check found', async () => {
    await start(CHECK('now'));
    await door.settle(size(9));
    await resolve();
    const round = async () => (await door.incident(1))?.repeats[0];
    expect(await round()).toMatchObject({ by: ana.person });
    expect([...((await round())?.checks.values() ?? [])]).toEqual([
      { run: 1, step: 'now', title: 'Is disk small?', was: 'bad' },
    ]);
    await bring(only(asked()), size(3));
    expect([...((await round())?.checks.values() ?? [])]).toEqual([
      { run: 1, step: 'now', title: 'Is disk small?', was: 'bad', verdict: 'ok', says: 'It is 3.' },
    ]);
  });
});

describe('twice', () => {
  beforeEach(async () => {
    await start(CHECK('now'));
    await door.settle(size(9));
  });

  it('the same resolve asks once, and so does a second person who resolves', async () => {
    await resolve('click-1');
    await resolve('click-1');
    expect(await door.send(ben, { do: 'resolve', at: door.now })).toMatchObject({ code: 'resolved' });
    expect(door.attempts.filter(({ purpose }) => purpose === 'check')).toHaveLength(2);
  });

  it('the same answer is recorded once, under whatever command', async () => {
    await resolve();
    await bring(only(asked()), size(3));
    await bring(only(asked()), size(3));
    await bring(only(asked()), size(9), 'brought once more');
    expect(repeated().map(({ body }) => body.verdict)).toEqual(['ok']);
  });

  it('after a reopening the next resolve asks again, also what had been well', async () => {
    await resolve();
    const first = only(asked());
    await bring(first, size(3));
    await door.send(ana, { do: 'reopen', reason: 'still 500' });
    await resolve();
    const second = only(asked());
    expect(second.id).not.toBe(first.id);
    await bring(second, size(9));
    expect(repeated().map(({ body }) => [body.verdict, body.was, body.left])).toEqual([
      ['ok', 'bad', 0],
      ['bad', 'bad', 0],
    ]);
  });

  it('an answer belongs to the resolve that asked, also when another one came in between', async () => {
    await resolve();
    const first = only(asked());
    await door.send(ana, { do: 'reopen', reason: 'still 500' });
    await resolve();
    const second = only(asked());
    await bring(first, size(9));
    const rounds = (await door.incident(1))?.repeats ?? [];
    expect(rounds.map(({ checks }) => [...checks.values()].map(({ verdict }) => verdict))).toEqual([
      ['bad'],
      [undefined],
    ]);
    await bring(second, size(3));
    const [one, two] = door.events.flatMap((event) => (event.type === 'resolved' ? [event.version] : []));
    expect(repeated().map(({ body }) => [body.resolve, body.verdict])).toEqual([
      [one, 'bad'],
      [two, 'ok'],
    ]);
  });
});
