// What the door decides: plans, confirmations, approvals, outcomes that nobody knows, undo, what is left behind.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/incidents/commands.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { ana, ben, guest, PureDoor, runbookOf } from '../support/pure-door.ts';

const text = (level: string) => `
apiVersion: runbook/v1
id: resize
title: Resize a thing
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
steps:
  - id: now
    kind: check
    title: How large is \${{ params.name }}?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict:
      - if: out.size > 5
        is: bad
        says: Too large (\${{ out.size }}).
        next: stop
      - else: ok
        says: It is \${{ out.size }}.
  - id: grow
    kind: act
    title: Resize \${{ params.name }} to 3
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: ${level}${level === 'two-person' ? ', from: ["group:dba"]' : level === 'type' ? ', phrase: disk' : ''} }
    locks: ["\${{ incident.namespace }}/thing/\${{ params.name }}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves:
      temporary: \${{ params.name }} has size \${{ steps.grow.plan.after }} instead of \${{ steps.grow.plan.before }}
      until: incident-close
      sensitivity: personal-data
      probe: { uses: t.size, with: { name: "\${{ params.name }}" }, gone: out.size == steps.grow.plan.before }
`;
const plan: Plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
  undo: { name: 'disk', size: 1 },
};
const at = { run: 1, step: 'grow', try: 1 };

function code(answer: Answer): string {
  return answer.ok ? 'ok' : answer.code;
}

async function upToPlan(door: PureDoor, level = 'click'): Promise<string> {
  await door.declare();
  expect(code(await door.start(runbookOf(text(level)), { name: 'disk' }))).toBe('ok');
  await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1 } } });
  await door.settle({ purpose: 'plan', result: { ok: true, plan } });
  const { planned } = await door.one('grow');
  if (!planned) throw new Error('there is no plan');
  return planned.hash;
}

let door: PureDoor;
beforeEach(() => {
  door = new PureDoor();
});

describe('a run', () => {
  it('checks by itself and stops where a verdict says so', async () => {
    await door.declare();
    await door.start(runbookOf(text('click')), { name: 'disk' });
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 9 } } });
    const run = (await door.incident(1))?.runs.get(1);
    expect(run?.ended?.why).toBe('stopped');
    expect(door.attempts.map((one) => one.purpose)).toEqual(['check']);
  });

  it('a check that failed is unknown with its reason, never ok', async () => {
    await door.declare();
    await door.start(runbookOf(text('click')), { name: 'disk' });
    await door.settle({ purpose: 'check', result: { ok: false, says: 'It did not answer within 5 s.' } });
    const one = await door.one('now');
    expect([one.verdict, one.lastSays]).toEqual(['unknown', 'It did not answer within 5 s.']);
  });

  it('needs its parameters', async () => {
    await door.declare();
    const answer = await door.start(runbookOf(text('click')), {});
    expect(answer).toMatchObject({ ok: false, code: 'params', says: 'Still to fill in: Which?' });
  });
});

describe('a confirmation', () => {
  it('starts the change once, however often it is clicked', async () => {
    const hash = await upToPlan(door);
    expect(code(await door.send(ana, { do: 'confirm', at, hash }, 1, 'click-1'))).toBe('ok');
    expect(code(await door.send(ana, { do: 'confirm', at, hash }, 1, 'click-1'))).toBe('ok');
    expect(code(await door.send(ben, { do: 'confirm', at, hash }))).toBe('running');
    expect(door.attempts.filter((one) => one.purpose === 'act')).toHaveLength(1);
    expect(door.types().filter((type) => type === 'act_started')).toHaveLength(1);
  });

  it('is refused without the right, and with the hash of another plan', async () => {
    const hash = await upToPlan(door);
    expect(code(await door.send(guest, { do: 'confirm', at, hash }))).toBe('rights');
    expect(code(await door.send(ana, { do: 'confirm', at, hash: 'other' }))).toBe('plan-changed');
    expect(door.attempts.some((one) => one.purpose === 'act')).toBe(false);
  });

  it('of level type needs the phrase, trimmed and without case', async () => {
    const hash = await upToPlan(door, 'type');
    expect(code(await door.send(ana, { do: 'confirm', at, hash, phrase: 'dis' }))).toBe('phrase');
    expect(code(await door.send(ana, { do: 'confirm', at, hash, phrase: ' Disk ' }))).toBe('ok');
  });

  it('is void when the live state has changed: nothing was made, the new plan is shown', async () => {
    const hash = await upToPlan(door);
    await door.send(ana, { do: 'confirm', at, hash });
    await door.settle({
      purpose: 'act',
      result: { ok: false, says: 'size is 2 now', nothingHappened: true, planChanged: true },
    });
    const changed = {
      ...plan,
      changes: [{ field: 'size', before: '2', after: '3' }],
      values: { before: 2, after: 3 },
    };
    await door.settle({ purpose: 'plan', result: { ok: true, plan: changed } });
    const one = await door.one('grow');
    expect(one.phase).toBe('planned');
    expect(one.planned?.hash).not.toBe(hash);
    expect(door.locks.size).toBe(0);
    expect(code(await door.send(ana, { do: 'confirm', at, hash }))).toBe('plan-changed');
  });
});

describe('two people', () => {
  it('the requester cannot approve, nor somebody outside the group; the approver can, once', async () => {
    const hash = await upToPlan(door, 'two-person');
    expect(code(await door.send(ana, { do: 'confirm', at, hash }))).toBe('two-person');
    expect(code(await door.send(ana, { do: 'approve', at, hash }))).toBe('not-asked');
    await door.send(ana, { do: 'ask approval', at, hash });
    expect(code(await door.send(ana, { do: 'approve', at, hash }))).toBe('own');
    expect(
      code(await door.send({ ...guest, levels: ['approve', 'operate'] }, { do: 'approve', at, hash })),
    ).toBe('rights');
    expect(code(await door.send(ben, { do: 'approve', at, hash }))).toBe('ok');
    expect(code(await door.send(ben, { do: 'approve', at, hash }))).toBe('running');
    expect(door.attempts.filter((one) => one.purpose === 'act')).toHaveLength(1);
  });

  it('expires, and can be asked for again', async () => {
    const hash = await upToPlan(door, 'two-person');
    await door.send(ana, { do: 'ask approval', at, hash });
    door.now += 11 * 60_000;
    expect(code(await door.send(ben, { do: 'approve', at, hash }))).toBe('expired');
    await door.send(ana, { do: 'lapse approval', at, hash });
    expect((await door.one('grow')).phase).toBe('planned');
    expect(code(await door.send(ana, { do: 'ask approval', at, hash }))).toBe('ok');
  });

  it('alone only after five minutes, by who asked, with a reason; it stays as a loose end', async () => {
    const hash = await upToPlan(door, 'two-person');
    await door.send(ana, { do: 'ask approval', at, hash });
    const reason = 'Nobody else is awake at this hour';
    expect(code(await door.send(ana, { do: 'go alone', at, hash, reason }))).toBe('too-early');
    door.now += 5 * 60_000;
    await door.send(ana, { do: 'allow alone', at, hash });
    expect(code(await door.send(ben, { do: 'go alone', at, hash, reason }))).toBe('not-yours');
    expect(code(await door.send(ana, { do: 'go alone', at, hash, reason: 'short' }))).toBe('reason');
    expect(code(await door.send(ana, { do: 'go alone', at, hash, reason }))).toBe('ok');
    const ends = [...((await door.incident(1))?.looseEnds.values() ?? [])];
    expect(ends.map((end) => end.opened.kind)).toEqual(['approval-alone', 'temporary']);
  });

  it('alone at once when nobody else is in the group', async () => {
    door = new PureDoor({ others: 0 });
    const hash = await upToPlan(door, 'two-person');
    await door.send(ana, { do: 'ask approval', at, hash });
    expect(door.types()).toContain('alone_allowed');
    expect(code(await door.send(ana, { do: 'go alone', at, hash, reason: 'I am the only one here' }))).toBe(
      'ok',
    );
  });
});

describe('an outcome', () => {
  it('made and verified: done, left behind open, lock free', async () => {
    const hash = await upToPlan(door);
    await door.send(ana, { do: 'confirm', at, hash });
    expect([...door.locks.keys()]).toEqual(['prod/thing/disk']);
    expect((await door.incident(1))?.looseEnds.get('L1.grow.1.0')?.state).toBe('may exist');
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
    const one = await door.one('grow');
    expect([one.closedAs, door.locks.size]).toEqual(['done', 0]);
    expect((await door.incident(1))?.looseEnds.get('L1.grow.1.0')?.state).toBe('open');
    expect((await door.incident(1))?.runs.get(1)?.ended?.why).toBe('finished');
  });

  it('of a lost worker is unknown: looked for, never made again by the machine', async () => {
    const hash = await upToPlan(door);
    await door.send(ana, { do: 'confirm', at, hash });
    await door.lose('act');
    expect(door.attempts.at(-1)?.purpose).toBe('happened');
    expect(code(await door.send(ana, { do: 'try again', at }))).toBe('not-now');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    expect(code(await door.send(ana, { do: 'try again', at }))).toBe('may-exist');
    expect(door.attempts.filter((one) => one.purpose === 'act')).toHaveLength(1);
  });

  it('not made: a person may try again, with a new plan', async () => {
    const hash = await upToPlan(door);
    await door.send(ana, { do: 'confirm', at, hash });
    await door.lose('act');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'not made' } });
    expect((await door.incident(1))?.looseEnds.get('L1.grow.1.0')?.state).toBe('gone');
    expect(code(await door.send(ana, { do: 'try again', at }))).toBe('ok');
    expect(door.attempts.at(-1)).toMatchObject({ purpose: 'plan', at: { try: 2 } });
    expect(door.locks.size).toBe(0);
  });

  it('that comes in late is kept, and changes nothing', async () => {
    const hash = await upToPlan(door);
    await door.send(ana, { do: 'confirm', at, hash });
    await door.lose('act');
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    expect(door.types().at(-1)).toBe('outcome_late');
    expect((await door.one('grow')).phase).toBe('decide');
  });

  it('that could not be verified waits for a person: check again, undo, go on with a reason', async () => {
    const hash = await upToPlan(door);
    await door.send(ana, { do: 'confirm', at, hash });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: false } });
    expect((await door.one('grow')).phase).toBe('decide');
    expect(code(await door.send(ana, { do: 'go on', at, reason: ' ' }))).toBe('reason');
    expect(code(await door.send(ana, { do: 'check again', at }))).toBe('ok');
    await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
    expect((await door.one('grow')).closedAs).toBe('done');
  });
});

describe('a drill', () => {
  it('ends at the confirmed plan: nothing is called, nothing is left, nothing can be undone', async () => {
    await door.declare(ana, { drill: true });
    await door.start(runbookOf(text('click')), { name: 'disk' });
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1 } } });
    await door.settle({ purpose: 'plan', result: { ok: true, plan } });
    const hash = (await door.one('grow')).planned?.hash ?? '';
    expect(code(await door.send(ana, { do: 'confirm', at, hash }))).toBe('ok');
    expect((await door.one('grow')).closedAs).toBe('rehearsed');
    expect(door.attempts.some((one) => one.purpose === 'act')).toBe(false);
    expect((await door.incident(1))?.looseEnds.size).toBe(0);
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('nothing-to-undo');
  });
});

describe('undo', () => {
  async function made(): Promise<void> {
    const hash = await upToPlan(door);
    await door.send(ana, { do: 'confirm', at, hash });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 3 } } });
  }

  it('is an act with plan, confirmation and verification by the probe; then nothing is left', async () => {
    await made();
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('ok');
    expect(door.attempts.at(-1)).toMatchObject({
      purpose: 'plan',
      args: { name: 'disk', size: 1 },
      at: { try: 2 },
    });
    const back = {
      ...plan,
      changes: [{ field: 'size', before: '3', after: '1' }],
      values: { before: 3, after: 1 },
    };
    await door.settle({ purpose: 'plan', result: { ok: true, plan: back } });
    const { planned } = await door.one('grow');
    expect(
      code(await door.send(guest, { do: 'confirm', at: { ...at, try: 2 }, hash: planned?.hash ?? '' })),
    ).toBe('rights');
    await door.send(ana, { do: 'confirm', at: { ...at, try: 2 }, hash: planned?.hash ?? '' });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    expect(door.attempts.at(-1)).toMatchObject({
      purpose: 'verify',
      until: 'out.size == steps.grow.plan.before',
    });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size: 1 } } });
    const state = await door.incident(1);
    expect([...(state?.looseEnds.values() ?? [])].map((end) => end.state)).toEqual(['gone']);
    expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('undone');
  });

  it('close is refused while personal data is left, and says what', async () => {
    await made();
    await door.send(ana, { do: 'resolve', at: door.now });
    const refused = await door.send(ana, { do: 'close' });
    expect(refused).toMatchObject({ ok: false, code: 'left' });
    expect(refused.says).toContain('disk has size 3 instead of 1');
    const keep = await door.send(ana, {
      do: 'keep',
      looseEnd: 'L1.grow.1.0',
      reason: 'later',
      until: 'tomorrow',
      owner: ana.person,
    });
    expect(keep.says).toBe(
      'Somebody else who may approve has to agree that it is kept until Sunday 2026-01-11 10:00 (UTC).',
    );
    expect(code(await door.send(ana, { do: 'close' }))).toBe('left');
    await door.settle({ purpose: 'probe', result: { ok: true, gone: true } });
    expect(code(await door.send(ana, { do: 'close' }))).toBe('ok');
  });

  it('a step that only restores what an earlier one left opens nothing new and lets the probe look', async () => {
    await made();
    await door.start(runbookOf(text('click')), { name: 'disk' });
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 3 } } });
    const back = {
      ...plan,
      changes: [{ field: 'size', before: '3', after: '1' }],
      values: { before: 3, after: 1 },
    };
    await door.settle({ purpose: 'plan', result: { ok: true, plan: back } });
    const one = await door.one('grow', 2);
    await door.send(ana, {
      do: 'confirm',
      at: { run: 2, step: 'grow', try: 1 },
      hash: one.planned?.hash ?? '',
    });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
    await door.settle({ purpose: 'probe', result: { ok: true, gone: true } });
    const ends = [...((await door.incident(1))?.looseEnds.values() ?? [])];
    expect(ends.map((end) => end.state)).toEqual(['gone']);
  });
});

describe('writing', () => {
  const source = { kind: 'slack' as const, channel: 'C1', ts: '1.1' };
  const body = (entry: string) => ({
    entry,
    kind: 'note' as const,
    text: 'pods are on new nodes',
    at: 1,
    precision: 'exact' as const,
    source,
  });

  it('the second pushpin on a message adds nothing; taking it off hides, putting it back shows', async () => {
    await door.declare();
    await door.send(ana, { do: 'note', body: body('n1') });
    const again = await door.send(ben, { do: 'note', body: body('n2') });
    expect(again).toMatchObject({ ok: true, says: 'This message is already on the timeline.' });
    expect(door.types().filter((type) => type === 'note_added')).toHaveLength(1);
    await door.send(ana, { do: 'correct', channel: 'C1', ts: '1.1', why: 'pushpin removed' });
    await door.send(ana, { do: 'note', body: body('n3') });
    const corrections = door.events
      .filter((event) => event.type === 'entry_corrected')
      .map((event) => event.body);
    expect(corrections.map((one) => 'hidden' in one && one.hidden)).toEqual([true, false]);
  });

  it('a message that is not on the timeline is not followed', async () => {
    await door.declare();
    await door.send(ana, { do: 'correct', channel: 'C1', ts: '9.9', why: 'edited in Slack', text: 'x' });
    expect(door.types()).toEqual(['incident_declared']);
  });

  it('a note after the close is kept as late', async () => {
    await door.declare();
    await door.send(ana, { do: 'resolve', at: door.now });
    await door.send(ana, { do: 'close' });
    await door.send(guest, { do: 'note', body: body('n1') });
    expect(door.events.at(-1)?.body).toMatchObject({ late: true });
    expect(code(await door.send(ana, { do: 'set severity', severity: 'SEV1' }))).toBe('closed');
  });
});

it('is not resolved at a time before the first sign of trouble', async () => {
  await door.declare();
  const before = door.now - 3_600_000;
  const refused = await door.send(ana, { do: 'resolve', at: before });
  expect(refused).toMatchObject({ ok: false, code: 'before' });
  expect(refused.says).toContain('before the first sign of trouble');
  expect(code(await door.send(ana, { do: 'resolve', at: door.now }))).toBe('ok');
});
