// A terminal that joins an incident: where its runs stand, what is asked there, what comes after the last run.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/incidents/commands.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { ana, ben, PureDoor, runbookOf } from '../support/pure-door.ts';
import { followed, type Seat, seat, until } from './at-keyboard.ts';
import { testTerminal } from './terminal.ts';

const head = (id: string, params = '') => `
apiVersion: runbook/v1
id: ${id}
title: The ${id}
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params: {${params}}
steps:`;
const LOOK = (next = '') => `
  - id: look
    kind: check
    title: Look
    uses: t.size
    with: { name: disk }
    timeout: 5s
    verdict: [{ if: out.size > 5, is: bad, says: Large.${next} }, { else: ok, says: Fine. }]`;
const grow = (confirm: string, name = 'disk', more = '') => `
  - id: grow
    kind: act
    title: Resize ${name}
    uses: t.resize
    with: { name: "${name}", size: 3 }
    timeout: 5s
    confirm: { ${confirm} }
    locks: ["prod/thing/${name}"]
    verify: { uses: t.size, with: { name: "${name}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: It is what it should be. }${more}`;
const planOf = (name: string): Plan => ({
  target: { kind: 'thing', namespace: 'prod', name, uid: 'u1' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
  undo: { name, size: 1 },
});
const check = (size: number): Outcome => ({ purpose: 'check', result: { ok: true, out: { size } } });
const failed: Outcome = { purpose: 'check', result: { ok: false, says: 'No cluster is configured.' } };
const planned = (name = 'disk'): Outcome => ({ purpose: 'plan', result: { ok: true, plan: planOf(name) } });
const made: Outcome = { purpose: 'act', result: { ok: true, out: { size: 3 } } };
const verified: Outcome = { purpose: 'verify', result: { ok: true, held: true } };

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

describe('a run that was left', () => {
  it('is told in short up to where it stands, with the plan that waits, and goes on', async () => {
    await door.start(runbookOf(head('night') + LOOK() + grow('level: click')));
    await door.settle(check(9));
    await door.settle(planned());
    const run = followed(door, { person: at.person, joins: true });
    await at.answer('[y] start it', 'y');
    await asked('act');
    await door.settle(made);
    await door.settle(verified);
    expect(await run.code).toBe(1);
    expect(run.out.slice(1, 8)).toEqual([
      '',
      'Run 1: The night — night @ h',
      '  - Look: BAD. Large.',
      '  It goes on at:',
      '',
      '- Resize disk',
      '  Plan for thing prod/disk:',
    ]);
    expect(run.out.filter((line) => line.includes('Plan for'))).toHaveLength(1);
    expect(run.out).toContain('  Made. size: 3.');
  });

  it('without a person it says where it stands, what it waits for and how to go on: 3', async () => {
    await door.start(runbookOf(head('night') + LOOK() + grow('level: click')));
    await door.settle(check(1));
    await door.settle(planned());
    const run = followed(door, { joins: true });
    expect(await run.code).toBe(3);
    expect(run.out.slice(-2)).toEqual([
      'INC-1 waits for a person at: Resize disk',
      'To go on with it: handrail runbook run --incident INC-1',
    ]);
  });

  it('another person approves what waits for an approval', async () => {
    await door.start(runbookOf(head('night') + grow('level: two-person')));
    await door.settle(planned());
    const { planned: shown } = await door.one('grow');
    const step = { run: 1, step: 'grow', try: 1 };
    await door.send(ana, { do: 'ask approval', at: step, hash: shown?.hash ?? '' });
    const run = followed(door, { person: at.person, joins: true }, {}, ben);
    await at.answer('[w] wait  [p] approve  [h] done by hand', 'p');
    await asked('act');
    await door.settle(made);
    await door.settle(verified);
    expect(await run.code).toBe(0);
    expect(run.out).toContain('  Approved by Ben.');
  });
});

describe('one approval for a list', () => {
  const COVERS = `"\${{ ['disk-0', 'disk-1'] }}"`;
  const EACH = `${head('each')}
  - id: which
    kind: ask
    title: Which one?
    form: { name: { type: string, label: Which?, required: true } }
${grow(`level: two-person, covers: ${COVERS}`, '${{ steps.which.out.name }}', '\n    next: which').slice(1)}`;

  it('the next member is one click of who asked, after its own plan', async () => {
    await door.start(runbookOf(EACH));
    const run = followed(door, { person: at.person });
    await at.answer('[a] answer', 'a');
    await at.answer('Which?: ', 'disk-0');
    await asked('plan');
    await door.settle(planned('disk-0'));
    await at.answer('[a] ask somebody to approve', 'a');
    await until(
      async () => (await door.one('grow')).phase === 'approval',
      () => 'asked for approval',
    );
    const { planned: shown } = await door.one('grow');
    await door.send(ben, { do: 'approve', at: { run: 1, step: 'grow', try: 1 }, hash: shown?.hash ?? '' });
    await door.settle(made);
    await door.settle(verified);
    await at.answer('[a] answer', 'a');
    await at.answer('Which?: ', 'disk-1');
    await asked('plan', 2);
    await door.settle(planned('disk-1'));
    await at.answer('[y] start it  [a] ask somebody to approve  [h] done by hand  [p] plan again', 'y');
    await asked('act', 2);
    await door.settle(made);
    await door.settle(verified);
    await at.answer('[a] answer', 'e');
    await at.answer('Why does it end here?', 'enough');
    expect(await run.code).toBe(1);
    expect(run.out.filter((line) => line.includes('Ben approved this one as well, until '))).toHaveLength(1);
  });
});

describe('what somebody decided alone', () => {
  const alone = async () => {
    door = new PureDoor({ others: 0 });
    await door.declare();
    await door.start(runbookOf(head('night') + grow('level: two-person')));
    await door.settle(planned());
    const { planned: shown } = await door.one('grow');
    const step = { run: 1, step: 'grow', try: 1 };
    const hash = shown?.hash ?? '';
    await door.send(ana, { do: 'ask approval', at: step, hash });
    await door.send(ana, { do: 'go alone', at: step, hash, reason: 'nobody else is awake' });
    await door.settle(made);
    await door.settle(verified);
  };

  it('is seen and agreed by another person at a terminal', async () => {
    await alone();
    const run = followed(door, { person: at.person, joins: true }, {}, ben);
    await at.answer('[y] seen and agreed  [n] not agreed  [l] look at it later: ', 'y');
    expect(await run.code).toBe(0);
    expect(run.out).toContain('Ana went alone: Resize disk (prod/thing/disk): nobody else is awake');
    expect(run.out).toContain('  Ben has seen it and agrees.');
    expect((await door.incident(1))?.looseEnds.get('A1.grow.1')?.state).toBe('gone');
  });

  it('is not agreed with a reason, which becomes a follow-up; who went alone is not asked', async () => {
    await alone();
    expect(await followed(door, { person: at.person, joins: true }).code).toBe(0);
    const run = followed(door, { person: at.person, joins: true }, {}, ben);
    await at.answer('[y] seen and agreed', 'n');
    await at.answer('Why not?', 'it could have waited');
    expect(await run.code).toBe(0);
    expect([...((await door.incident(1))?.followUps.values() ?? [])].map(({ text }) => text)[0]).toContain(
      'does not agree: it could have waited',
    );
  });
});

describe('a runbook that could come next', () => {
  const inner = runbookOf(
    `${head('inner', ' name: { type: string, label: Which?, required: true }, times: { type: int, label: Times, required: true } ')}${LOOK()}`,
  );
  const first = () => runbookOf(head('first') + LOOK(', next: { run: inner, with: { name: disk } }'));

  it('is started with what is known, in the same incident; only what is missing is asked', async () => {
    await door.start(first());
    const run = followed(door, { person: at.person }, { inner });
    await door.settle(check(9));
    await at.answer('Start inner now? [y/N] ', 'y');
    await at.answer('Times: ', '2');
    await asked('check', 2);
    await door.settle(check(1));
    expect(await run.code).toBe(1);
    expect((await door.incident(1))?.runs.get(2)?.params).toEqual({ name: 'disk', times: 2 });
    expect((await door.incident(1))?.runs.get(1)?.followedBy).toBe(2);
    expect(run.out).toEqual(expect.arrayContaining(['Next could be: The inner — inner', '    name: disk']));
  });

  it('of several one is asked about after the other, and any of them can be named instead', async () => {
    const others = `, next: [{ run: inner, with: { name: disk } }, { run: other, with: { name: tape } }]`;
    const other = runbookOf(
      `${head('other', ' name: { type: string, label: Which?, required: true } ')}${LOOK()}`,
    );
    await door.start(runbookOf(head('first') + LOOK(others)));
    const nobody = followed(door, {}, { inner, other });
    await door.settle(check(9));
    expect(await nobody.code).toBe(1);
    expect(nobody.out.slice(-2)).toEqual([
      'Next could be: handrail runbook run inner --incident INC-1 --param name=disk',
      'Or: handrail runbook run other --incident INC-1 --param name=tape',
    ]);
    const run = followed(door, { person: at.person, joins: true }, { inner, other });
    await at.answer('Start inner now? [y/N] ', 'n');
    await at.answer('Start other now? [y/N] ', 'y');
    await asked('check', 2);
    await door.settle(check(1));
    expect(await run.code).toBe(1);
    expect((await door.incident(1))?.runs.get(2)?.params).toEqual({ name: 'tape' });
    expect((await door.incident(1))?.runs.get(1)?.followedBy).toBe(2);
  });

  it('nothing typed, or Ctrl-C, starts nothing and says how to start it later', async () => {
    await door.start(first());
    const run = followed(door, { person: at.person }, { inner });
    await door.settle(check(9));
    await at.answer('Start inner now? [y/N] ', '');
    expect(await run.code).toBe(1);
    const later = 'handrail runbook run inner --incident INC-1 --param name=disk';
    expect(run.out.at(-1)).toBe(`  To start it later: ${later}`);
    const second = followed(door, { person: at.person, joins: true }, { inner });
    await at.interrupt('Start inner now? [y/N] ');
    expect(await second.code).toBe(1);
    expect((await door.incident(1))?.runs.size).toBe(1);
    const nobody = followed(door, {}, { inner });
    expect(await nobody.code).toBe(1);
    expect(nobody.out.at(-1)).toBe(`Next could be: ${later}`);
  });
});

describe('what is not known', () => {
  const TWO = `${head('night')}${LOOK().replace('timeout: 5s', 'timeout: 5s\n    retry: { times: 1, every: 1s }')}${LOOK().replace('id: look', 'id: again').replace('title: Look', 'title: Look twice')}`;

  it('is never “all steps are done”, and the same reason is told once: 1', async () => {
    await door.start(runbookOf(TWO));
    const run = followed(door);
    for (let times = 0; times < 3; times++) await door.settle(failed);
    expect(await run.code).toBe(1);
    expect(run.out.slice(2)).toEqual([
      '',
      '- Look',
      '  NOT KNOWN: No cluster is configured.',
      '  Tried again: the same.',
      '',
      '- Look twice',
      '  NOT KNOWN, for the same reason.',
      '',
      'All steps have run; 2 of 2 could not be checked.',
    ]);
  });
});

describe('handrail runbook run', () => {
  it.each([
    [[], 'Name a runbook, or an incident to go on with: handrail runbook run --incident INC-7'],
    [['--incident', 'seven'], 'seven is not an incident: write it as INC-7'],
    [['--incident', '7', '-n', 'prod'], 'Leave --namespace and --system out with --incident'],
    [['--incident', '7', '-p', 'a=1'], '--param belongs to a runbook'],
  ])('%j is refused with what to do, before anything is opened', async (args, words) => {
    const terminal = await testTerminal();
    const { code, out, err } = await terminal.run(['runbook', 'run', ...args]);
    await terminal.remove();
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(err.join('\n')).toContain(words);
  });
});
