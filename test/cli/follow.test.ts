// A run at a terminal: every question can be answered, Ctrl-C, plan only, --json, exit codes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/incidents/commands.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { lastTry } from '../../src/incidents/state.ts';
import { ana, ben, PureDoor, runbookOf } from '../support/pure-door.ts';
import { followed, type Seat, seat, until } from './at-keyboard.ts';

const head = (id = 'night', params = '') => `
apiVersion: runbook/v1
id: ${id}
title: A night
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params: {${params}}
steps:`;
const LOOK = (id = 'look') => `
  - id: ${id}
    kind: check
    title: Look
    uses: t.size
    with: { name: disk }
    timeout: 5s
    verdict: [{ if: out.size > 5, is: bad, says: Large. }, { else: ok, says: Fine. }]`;
const GROW = (level = 'click') => `
  - id: grow
    kind: act
    title: Resize disk
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 5s
    confirm: { level: ${level} }
    locks: [prod/thing/disk]
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: It is what it should be. }`;
const plan: Plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
  undo: { name: 'disk', size: 1 },
};
const check = (size: number): Outcome => ({ purpose: 'check', result: { ok: true, out: { size } } });
const planned: Outcome = { purpose: 'plan', result: { ok: true, plan } };
const made: Outcome = { purpose: 'act', result: { ok: true, out: { size: 3 } } };
const verified = (held: boolean): Outcome => ({ purpose: 'verify', result: { ok: true, held } });

let door: PureDoor;
let at: Seat;
beforeEach(async () => {
  door = new PureDoor();
  at = seat();
  await door.declare();
});
afterEach(() => at.person.close());

const asked = (purpose: string, times = 1) =>
  until(
    () => door.attempts.filter((one) => one.purpose === purpose).length === times,
    () => `${purpose} is asked for (${door.types().join(', ')})`,
  );
const phase = (step: string, is: string, run = 1) =>
  until(
    async () => lastTry((await door.incident(1))?.runs.get(run)?.steps.get(step))?.phase === is,
    () => `${step} is ${is}`,
  );

describe('a change at a terminal', () => {
  it('shows its plan, asks, starts and ends with 0; nothing that is printed has colour', async () => {
    await door.start(runbookOf(head() + LOOK() + GROW()));
    const run = followed(door, { person: at.person });
    await door.settle(check(1));
    await door.settle(planned);
    // A key pressed too early, and one that means nothing, start nothing.
    await at.answer('[y] start it', 'x');
    await at.answer('[y] start it  [h] done by hand  [p] plan again  [s] skip  [e] end the run: ', 'y');
    await asked('act');
    await door.settle(made);
    await door.settle(verified(true));
    expect(await run.code).toBe(0);
    expect(run.out.join('\n')).toContain('    size: 1 -> 3');
    expect(run.out.join('\n')).not.toContain('\x1b');
    expect(run.err).toEqual([]);
  });

  it('a phrase is asked for, and asked again when it is wrong', async () => {
    await door.start(runbookOf(head() + GROW('type, phrase: disk')));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await at.answer('[y] start it', 'y');
    await at.answer('Type exactly: disk', 'dosk');
    await at.answer('[y] start it', 'y');
    await at.answer('Type exactly: disk', 'Disk');
    await asked('act');
    await door.settle(made);
    await door.settle(verified(true));
    expect(await run.code).toBe(0);
  });

  it('waits for the approval of another without a command sent meanwhile; Ctrl-C shows what else can be done', async () => {
    await door.start(runbookOf(head() + GROW('two-person')));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await at.answer('[a] ask somebody to approve', 'a');
    await phase('grow', 'approval');
    const before = door.answers.size;
    await until(
      () => run.out.some((line) => line.includes('Waits for the approval')),
      () => run.out.join('\n'),
    );
    await at.interrupt();
    await at.answer('[w] wait  [h] done by hand', 'w');
    expect(door.answers.size).toBe(before);
    const { planned: shown } = await door.one('grow');
    await door.send(ben, { do: 'approve', at: { run: 1, step: 'grow', try: 1 }, hash: shown?.hash ?? '' });
    await door.settle(made);
    await door.settle(verified(true));
    expect(await run.code).toBe(0);
  });

  it('goes alone with a reason when nobody has answered', async () => {
    door = new PureDoor({ others: 0 });
    await door.declare();
    await door.start(runbookOf(head() + GROW('two-person')));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await at.answer('[a] ask somebody to approve', 'a');
    await at.answer('[a] go alone', 'a');
    await at.answer('Why can it not wait?', 'short');
    await at.answer('[a] go alone', 'a');
    await at.answer('Why can it not wait?', 'the disk is full in a minute');
    await asked('act');
    await door.settle(made);
    await door.settle(verified(true));
    expect(await run.code).toBe(0);
    expect(run.out.join('\n')).toContain('Say in at least 10 characters');
  });

  it('after an unknown outcome: check again, undo, and the undo is asked about beside its step', async () => {
    await door.start(runbookOf(head() + GROW() + LOOK('after')));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await at.answer('[y] start it', 'y');
    await asked('act');
    await door.settle(made);
    await door.settle(verified(false));
    await at.answer('[c] check again  [u] undo  [a] undo everything of this run  [g] go on', 'c');
    await asked('verify', 2);
    await door.settle(verified(false));
    await at.answer('[c] check again', 'g');
    await at.answer('Why is that all right?', 'seen');
    await phase('after', 'checking');
    // Somebody asks for the undo of the earlier step while the run stands at the next one.
    await door.send(ana, { do: 'undo', run: 1, step: 'grow' });
    await door.settle({ purpose: 'plan', result: { ok: true, plan } });
    await at.answer('[y] start it', 'y');
    await asked('act', 2);
    await door.settle(check(1));
    await door.settle(made);
    // Nothing here can look at an undo of a change that leaves nothing.
    await at.answer('[h] it is taken back', 'h');
    expect(await run.code).toBe(0);
    expect(run.out).toContain('- Undo: Resize disk');
  });

  it('what is answered in Slack meanwhile is not asked for any more', async () => {
    await door.start(runbookOf(head() + GROW()));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await at.answer('[y] start it', '');
    const { planned: shown } = await door.one('grow');
    await door.send(ben, { do: 'confirm', at: { run: 1, step: 'grow', try: 1 }, hash: shown?.hash ?? '' });
    await until(
      () => run.out.includes('  Answered elsewhere.'),
      () => run.out.join('\n'),
    );
    await door.settle(made);
    await door.settle(verified(true));
    expect(await run.code).toBe(0);
  });
});

describe('Ctrl-C', () => {
  it('once asks whether to stop the change that runs', async () => {
    await door.start(runbookOf(head() + GROW()));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await at.answer('[y] start it', 'y');
    await asked('act');
    await at.interrupt();
    await at.answer('[y] stop “Resize disk”  [n] let it go on', 'y');
    await until(
      () => door.types().includes('stop_asked'),
      () => 'stopped',
    );
    await door.settle({ purpose: 'act', result: { ok: false, says: 'stopped', nothingHappened: true } });
    await at.answer('[t] try again', 'e');
    await at.answer('Why does it end here?', 'enough');
    expect(await run.code).toBe(1);
  });

  it('twice leaves, says where to look, and starts and ends nothing', async () => {
    await door.start(runbookOf(head() + GROW()));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await at.interrupt('[y] start it');
    await at.interrupt('[y] start it');
    expect(await run.code).toBe(3);
    expect(run.out.slice(-2)).toEqual([
      'To go on with it: handrail runbook run --incident INC-1',
      'What happened: handrail report INC-1',
    ]);
    expect((await door.one('grow')).phase).toBe('planned');
  });

  it('a keyboard that is gone leaves as well', async () => {
    await door.start(runbookOf(head() + GROW()));
    const run = followed(door, { person: at.person });
    await door.settle(planned);
    await until(
      () => run.out.some((line) => line.includes('size: 1 -> 3')),
      () => 'asked',
    );
    at.leave();
    expect(await run.code).toBe(3);
  });
});

describe('questions at a terminal', () => {
  it('a form is asked field by field, with defaults, live choices and the words of what is wrong', async () => {
    await door.start(
      runbookOf(`${head()}
  - id: ask
    kind: ask
    title: How?
    form:
      pod: { type: k8s/pod, label: Which pod?, required: true }
      times: { type: int, label: Times, default: 2, max: 3 }
      sure: { type: bool, label: Sure, required: true }
      why: { type: string, label: Remark }
    choices: [{ id: go, label: Go on, reason: required }, { id: leave, label: Leave it }]`),
    );
    const run = followed(door, { person: at.person });
    await at.answer('[a] answer  [s] skip  [e] end the run: ', 'a');
    await at.answer('Which pod? (number or name): ', '');
    await at.answer('Which pod? (number or name): ', '1');
    await at.answer('Times [2]: ', '9');
    await at.answer('Times [2]: ', '');
    await at.answer('Sure (yes or no): ', 'yes');
    await at.answer('Remark (nothing leaves it out): ', '');
    await at.answer('Your choice (number): ', 'go');
    await at.answer('1 to 2: ', '1');
    await at.answer('Why? ', 'it lags');
    expect(await run.code).toBe(0);
    expect(run.out).toEqual(
      expect.arrayContaining(['    1. pod-0 (leader)', '  This is needed.', '  At most 3.']),
    );
    expect((await door.one('ask')).out).toEqual({
      pod: 'pod-0',
      times: 2,
      sure: true,
      choice: 'go',
      reason: 'it lags',
    });
  });

  it('work by hand is done, or skipped with a reason', async () => {
    const HAND = (id: string) => `
  - id: ${id}
    kind: manual
    title: Call them
    do: Call the platform team.
    by_hand: [call]
    verify: { none: Nobody can see it. }
    leaves: { nothing: It is a call. }`;
    await door.start(runbookOf(head() + HAND('one') + HAND('two')));
    const run = followed(door, { person: at.person });
    await at.answer('[d] done by hand  [s] skip  [e] end the run: ', 'd');
    await at.answer('[d] done by hand', 's');
    await at.answer('Why is it skipped? ', '');
    await at.answer('Why is it skipped? ', 'they called us');
    expect(await run.code).toBe(1);
    expect(await door.one('two')).toMatchObject({ closedAs: 'skipped' });
  });

  it('what a runbook inside needs is asked for, with what its step gives as default', async () => {
    const inner = runbookOf(
      `${head('inner', ' name: { type: string, label: Which?, required: true }, times: { type: int, label: Times, required: true } ')}${LOOK()}`,
    );
    door = new PureDoor({ runbooks: { inner } });
    await door.declare();
    await door.start(
      runbookOf(`${head()}
  - { id: call, kind: run, title: See inside, runbook: inner, with: { times: 2 } }`),
    );
    const run = followed(door, { person: at.person }, { inner });
    await at.answer('[f] fill in and start  [s] skip  [e] end the run: ', 'f');
    await at.answer('Which?: ', 'disk');
    await at.answer('Times [2]: ', '');
    await asked('check');
    await door.settle(check(1));
    expect(await run.code).toBe(0);
  });
});

describe('without a person', () => {
  it('--json prints one line for each event, asks nothing, and says on standard error what it waits for', async () => {
    await door.start(runbookOf(head() + LOOK() + GROW()));
    const run = followed(door, { json: true });
    await door.settle(check(1));
    await door.settle(planned);
    expect(await run.code).toBe(3);
    const types = run.out.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(door.types());
    expect(run.err).toEqual([
      'INC-1 waits for a person at: Resize disk',
      'To go on with it: handrail runbook run --incident INC-1',
    ]);
  });

  it('--yes confirms one click, and nothing that needs more', async () => {
    await door.start(runbookOf(head() + GROW()));
    const run = followed(door, { yes: true });
    await door.settle(planned);
    await asked('act');
    await door.settle(made);
    await door.settle(verified(true));
    expect(await run.code).toBe(0);
    const other = new PureDoor();
    await other.declare();
    await other.start(runbookOf(head() + GROW('type, phrase: disk')));
    const second = followed(other, { yes: true });
    await other.settle(planned);
    expect(await second.code).toBe(3);
  });

  it('something bad ends with 1', async () => {
    await door.start(runbookOf(head() + LOOK()));
    const run = followed(door);
    await door.settle(check(9));
    expect(await run.code).toBe(1);
  });
});

describe('plan only', () => {
  it('ends at the first change with its plan and words, and changes nothing', async () => {
    await door.start(runbookOf(head() + LOOK() + GROW() + LOOK('after')));
    const run = followed(door, { planOnly: true });
    await door.settle(check(1));
    await door.settle(planned);
    expect(await run.code).toBe(0);
    const words = run.out.join('\n');
    expect(words).toContain('    size: 1 -> 3');
    expect(words).toContain('Only the plan was asked for: nothing was changed.');
    expect(words).toContain('Ended: only the plan was asked for; nothing was changed');
    expect(door.types()).not.toContain('act_started');
    expect((await door.incident(1))?.runs.get(1)?.ended?.why).toBe('ended');
  });

  it('gives 1 when something is bad or there is no plan, and 3 where a person has to decide first', async () => {
    await door.start(runbookOf(head() + LOOK() + GROW()));
    const bad = followed(door, { planOnly: true });
    await door.settle(check(9));
    await door.settle(planned);
    expect(await bad.code).toBe(1);
    const other = new PureDoor();
    await other.declare();
    await other.start(runbookOf(head() + GROW()));
    const none = followed(other, { planOnly: true });
    await other.settle({ purpose: 'plan', result: { ok: false, says: 'no right' } });
    expect(await none.code).toBe(1);
    const third = new PureDoor();
    await third.declare();
    await third.start(
      runbookOf(`${head()}
  - { id: ask, kind: ask, title: What now?, choices: [{ id: a, label: A }, { id: b, label: B }] }${GROW()}`),
    );
    expect(await followed(third, { planOnly: true }).code).toBe(3);
    expect((await third.incident(1))?.runs.get(1)?.ended?.why).toBe('ended');
  });
});
