// One approval for a named list of members in one run: what it reaches, and everything that it does not.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Asker, Outcome } from '../../src/incidents/commands.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { ana, ben, PureDoor, runbookOf } from '../support/pure-door.ts';

const text = (covers: string) => `
apiVersion: runbook/v1
id: each
title: Resize each of them
summary: One after the other.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: which
    kind: ask
    title: Which one?
    form: { name: { type: string, label: Which?, required: true } }
  - id: grow
    kind: act
    title: Resize \${{ steps.which.out.name }}
    uses: t.resize
    with: { name: "\${{ steps.which.out.name }}", size: 3 }
    timeout: 5s
    confirm:
      level: two-person
      from: ["group:dba"]
      covers: ${covers}
    locks: ["prod/thing/\${{ steps.which.out.name }}"]
    verify: { uses: t.size, with: { name: "\${{ steps.which.out.name }}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: a test leaves nothing }
    next: which
`;
const LIST = `"\${{ ['disk-0', 'disk-1', 'disk-2'] }}"`;
const cleo: Asker = { ...ben, person: { id: 'slack:UCLEO', name: 'Cleo' } };

let door: PureDoor;
let number: number;
beforeEach(() => {
  door = new PureDoor();
  number = 0;
});

const planOf = (name: string, more: Partial<Plan> = {}): Plan => ({
  target: { kind: 'thing', namespace: 'prod', name },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
  undo: { name, size: 1 },
  ...more,
});
const code = (answer: Answer): string => (answer.ok ? 'ok' : answer.code);
const at = () => ({ run: 1, step: 'grow', try: number });
const hash = async () => (await door.one('grow')).planned?.hash ?? '';
const calls = () => door.attempts.filter(({ purpose }) => purpose === 'act');
const confirm = async (by: Asker = ana) =>
  code(await door.send(by, { do: 'confirm', at: at(), hash: await hash() }));

/** Chooses the next one; up to its plan. */
async function next(name: string, plan: Plan = planOf(name)): Promise<void> {
  number++;
  const which = { run: 1, step: 'which', try: number };
  expect(code(await door.send(ana, { do: 'choose', at: which, form: { name } }))).toBe('ok');
  await door.settle({ purpose: 'plan', result: { ok: true, plan } });
}
async function made(held = true): Promise<void> {
  await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
  await door.settle({ purpose: 'verify', result: { ok: true, held } });
}
/** The first one, approved by Ben and made. */
async function first(covers = LIST): Promise<void> {
  await door.declare();
  expect(code(await door.start(runbookOf(text(covers))))).toBe('ok');
  await next('disk-0');
  await door.send(ana, { do: 'ask approval', at: at(), hash: await hash() });
  expect(code(await door.send(ben, { do: 'approve', at: at(), hash: await hash() }))).toBe('ok');
  await made();
}

describe('an approval for a list', () => {
  it('makes each of them one click of who asked, with a plan of its own and the approver named', async () => {
    await first();
    for (const name of ['disk-2', 'disk-1']) {
      await next(name);
      expect((await door.one('grow')).phase).toBe('planned');
      expect(await confirm()).toBe('ok');
      await made();
    }
    expect(calls().map(({ by, approved }) => [by, approved])).toEqual([
      ['slack:UANA', { by: 'slack:UBEN', from: ['group:dba'] }],
      ['slack:UANA', { by: 'slack:UBEN', from: ['group:dba'] }],
      ['slack:UANA', { by: 'slack:UBEN', from: ['group:dba'] }],
    ]);
    expect(new Set(calls().map(({ planHash }) => planHash)).size).toBe(3);
    const lines = timeline(door.events).filter(({ text }) => text.includes('approved by Ben'));
    expect(lines).toHaveLength(3);
  });

  it('reaches what differs only in the name of the member', async () => {
    await door.declare();
    await door.start(runbookOf(text(LIST)));
    const copy = (name: string) =>
      planOf(name, { changes: [{ field: 'copy', before: '', after: `/tmp/${name}.img` }] });
    await next('disk-0', copy('disk-0'));
    await door.send(ana, { do: 'ask approval', at: at(), hash: await hash() });
    await door.send(ben, { do: 'approve', at: at(), hash: await hash() });
    await made();
    await next('disk-1', copy('disk-1'));
    expect(await confirm()).toBe('ok');
  });

  it('may be written as a list of texts', async () => {
    await first(`[disk-0, "disk-\${{ '1' }}"]`);
    await next('disk-1');
    expect(await confirm()).toBe('ok');
  });

  it('does not reach a name that is not in it', async () => {
    await first();
    await next('disk-9');
    expect(await confirm()).toBe('two-person');
  });

  it('is for who asked, and for nobody else', async () => {
    await first();
    await next('disk-1');
    expect(await confirm(cleo)).toBe('two-person');
    expect(await confirm(ben)).toBe('two-person');
    expect(await confirm()).toBe('ok');
  });

  it('ends when the approval would have ended', async () => {
    await first();
    door.now += 10 * 60_000;
    await next('disk-1');
    expect(await confirm()).toBe('two-person');
    expect(code(await door.send(ana, { do: 'ask approval', at: at(), hash: await hash() }))).toBe('ok');
  });

  it.each<[string, Partial<Plan>]>([
    ['kind', { target: { kind: 'other', namespace: 'prod', name: 'disk-1' } }],
    ['namespace', { target: { kind: 'thing', namespace: 'other', name: 'disk-1' } }],
    ['value', { changes: [{ field: 'size', before: '1', after: '300' }] }],
    ['set of fields', { changes: [{ field: 'owner', before: 'a', after: 'b' }] }],
  ])('does not reach another %s', async (_, more) => {
    await first();
    await next('disk-1', planOf('disk-1', more));
    expect(await confirm()).toBe('two-person');
  });

  it('does not reach the next one when one of them did not come out as it should', async () => {
    await first();
    await next('disk-1');
    expect(await confirm()).toBe('ok');
    await made(false);
    await door.send(ana, { do: 'go on', at: at(), reason: 'It is slow' });
    await next('disk-2');
    expect(await confirm()).toBe('two-person');
  });

  describe('after one that', () => {
    const here = async () => ({ run: 1, step: 'grow', try: (await door.one('grow')).try });
    const click = async () =>
      code(await door.send(ana, { do: 'confirm', at: await here(), hash: await hash() }));
    const planned = (name: string): Outcome => ({
      purpose: 'plan',
      result: { ok: true, plan: planOf(name) },
    });
    const choose = async (name: string) => {
      const which = { run: 1, step: 'which', try: (await door.one('which')).try };
      expect(code(await door.send(ana, { do: 'choose', at: which, form: { name } }))).toBe('ok');
    };
    const failed = (nothingHappened: boolean): Outcome => ({
      purpose: 'act',
      result: { ok: false, says: 'No connection.', nothingHappened },
    });
    beforeEach(async () => {
      await first();
      await choose('disk-1');
    });

    it('could not be planned at first, it still reaches that one', async () => {
      const says = 'disk-0 has this size and is not ready yet.';
      await door.settle({ purpose: 'plan', result: { ok: false, says } });
      expect(code(await door.send(ana, { do: 'plan again', at: await here() }))).toBe('ok');
      await door.settle(planned('disk-1'));
      expect(await click()).toBe('ok');
      await made();
      expect(calls()).toHaveLength(2);
    });

    it('was planned again, or left out before it started, it still reaches the next one', async () => {
      await door.settle(planned('disk-1'));
      await door.send(ana, { do: 'plan again', at: await here() });
      await door.settle(planned('disk-1'));
      await door.send(ana, { do: 'skip', at: await here(), reason: 'Not this one' });
      await choose('disk-2');
      await door.settle(planned('disk-2'));
      expect(await click()).toBe('ok');
    });

    it.each<[string, Outcome[]]>([
      ['is proved to have changed nothing', [failed(true)]],
      [
        'made nobody knows what',
        [failed(false), { purpose: 'happened', result: { ok: true, happened: 'cannot tell' } }],
      ],
    ])('%s, it does not reach the next one', async (_, outcomes) => {
      await door.settle(planned('disk-1'));
      expect(await click()).toBe('ok');
      for (const outcome of outcomes) await door.settle(outcome);
      expect(code(await door.send(ana, { do: 'skip', at: await here(), reason: 'Not this one' }))).toBe('ok');
      await choose('disk-2');
      await door.settle(planned('disk-2'));
      expect(await click()).toBe('two-person');
    });

    it('was done by hand, it does not reach the next one', async () => {
      await door.settle(planned('disk-1'));
      await door.send(ana, { do: 'done by hand', at: await here() });
      await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
      await choose('disk-2');
      await door.settle(planned('disk-2'));
      expect(await click()).toBe('two-person');
    });
  });

  it('does not reach another run', async () => {
    await first();
    await door.start(runbookOf(text(LIST)));
    await door.send(ana, { do: 'choose', at: { run: 2, step: 'which', try: 1 }, form: { name: 'disk-1' } });
    await door.settle({ purpose: 'plan', result: { ok: true, plan: planOf('disk-1') } });
    const there = { run: 2, step: 'grow', try: 1 };
    const planned = (await door.one('grow', 2)).planned;
    const answer = await door.send(ana, { do: 'confirm', at: there, hash: planned?.hash ?? '' });
    expect(code(answer)).toBe('two-person');
  });

  it('is none when somebody went alone', async () => {
    door = new PureDoor({ others: 0 });
    await door.declare();
    await door.start(runbookOf(text(LIST)));
    await next('disk-0');
    await door.send(ana, { do: 'ask approval', at: at(), hash: await hash() });
    await door.send(ana, { do: 'go alone', at: at(), hash: await hash(), reason: 'Nobody is awake' });
    await made();
    await next('disk-1');
    expect(await confirm()).toBe('two-person');
  });

  it('is void for what was approved when the live state had changed', async () => {
    await door.declare();
    await door.start(runbookOf(text(LIST)));
    await next('disk-0');
    await door.send(ana, { do: 'ask approval', at: at(), hash: await hash() });
    await door.send(ben, { do: 'approve', at: at(), hash: await hash() });
    await door.settle({
      purpose: 'act',
      result: { ok: false, says: 'it changed', nothingHappened: true, planChanged: true },
    });
    await door.settle({ purpose: 'plan', result: { ok: true, plan: planOf('disk-0') } });
    expect(await confirm()).toBe('two-person');
    await door.send(ana, { do: 'skip', at: at(), reason: 'Not this one' });
    await next('disk-1');
    expect(await confirm()).toBe('two-person');
  });

  it('does not start what is old: that is planned anew, and then one click', async () => {
    await first();
    await next('disk-1');
    const one = await door.one('grow');
    door.events.splice(
      0,
      door.events.length,
      ...door.events.map((event) =>
        event.type === 'approval_requested'
          ? { ...event, body: { ...event.body, expiresAt: event.body.expiresAt + 3_600_000 } }
          : event,
      ),
    );
    door.now += (one.planned?.expiresMs ?? 0) + 60_000;
    expect(await confirm()).toBe('ok');
    expect(calls()).toHaveLength(1);
    await door.settle({ purpose: 'plan', result: { ok: true, plan: planOf('disk-1') } });
    expect(await confirm()).toBe('ok');
    expect(calls()).toHaveLength(2);
  });
});

describe('covers in a file', () => {
  it.each([
    [`"\${{ 'disk-0' }}"`, 'RB117'],
    [`"\${{ [1, 2] }}"`, 'RB117'],
    ['[]', 'RB002'],
    ['disk-0', 'RB002'],
    [`"\${{ steps.nowhere.out.names }}"`, 'RB103'],
  ])('%s does not load', async (covers, problem) => {
    const { parseRunbook } = await import('../../src/runbooks/parse.ts');
    const { register } = await import('../support/pure-door.ts');
    const { problems } = parseRunbook(text(covers), 'each.yaml', register);
    expect(problems.map((one) => one.code)).toContain(problem);
  });

  it('is only for a step that asks for approval', async () => {
    expect(() => runbookOf(text(LIST).replace('two-person', 'click'))).toThrow('needs no approval');
  });
});
