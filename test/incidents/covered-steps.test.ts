// One approval for named members, across the act steps of one run: followers first, each with its own plan and click.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Asker } from '../../src/incidents/commands.ts';
import { approvalFor } from '../../src/incidents/decide/covered.ts';
import type { EventOf } from '../../src/incidents/events.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { ana, ben, PureDoor, runbookOf } from '../support/pure-door.ts';

const HEAD = `
apiVersion: runbook/v1
id: each
title: Move every member
summary: Followers first.
owner: "@ops"
reviewed: 2026-01-01
steps:`;
const act = (id: string, name: string, more: { covers?: string; from?: string; size?: number } = {}) => `
  - id: ${id}
    kind: act
    title: Move ${name.replaceAll('"', '')}
    uses: t.resize
    with: { name: ${name}, size: ${more.size ?? 3} }
    timeout: 5s
    confirm: { level: two-person, from: ["group:${more.from ?? 'dba'}"]${more.covers ? `, covers: ${more.covers}` : ''} }
    locks: [prod/thing/${name.replaceAll('"', '')}]
    verify: { uses: t.size, with: { name: ${name} }, until: out.size == ${more.size ?? 3}, timeout: 10s }
    undo: auto
    leaves: { permanent: "It is larger, not in git", follow_up: "Change the size" }`;
const COVERS = '[pg-1, pg-2, pg-10]';
const BOTH = HEAD + act('first', 'pg-1', { covers: COVERS }) + act('second', 'pg-2') + act('third', 'pg-10');

let door: PureDoor;
beforeEach(() => {
  door = new PureDoor();
});

const planOf = (name: string, more: Partial<Plan> = {}): Plan => ({
  target: { kind: 'thing', namespace: 'prod', name },
  changes: [{ field: `size of ${name}`, before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [`${name} is a follower`],
  unknowns: [],
  undo: { name, size: 1 },
  ...more,
});
const code = (answer: Answer): string => (answer.ok ? 'ok' : answer.code);
const at = (step: string, run = 1) => ({ run, step, try: 1 });
const plan = (value: Plan) => door.settle({ purpose: 'plan', result: { ok: true, plan: value } });
const hash = async (step: string, run = 1) => (await door.one(step, run)).planned?.hash ?? '';
const confirm = async (step: string, by: Asker = ana, run = 1) =>
  code(await door.send(by, { do: 'confirm', at: at(step, run), hash: await hash(step, run) }));
const approved = () => door.events.filter((one): one is EventOf<'approved'> => one.type === 'approved');

async function made(held = true): Promise<void> {
  await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
  await door.settle({ purpose: 'verify', result: { ok: true, held } });
}
/** The first member, approved by Ben and made. */
async function first(text = BOTH, value: Plan = planOf('pg-1')): Promise<void> {
  await door.declare();
  expect(code(await door.start(runbookOf(text)))).toBe('ok');
  await plan(value);
  await door.send(ana, { do: 'ask approval', at: at('first'), hash: await hash('first') });
  expect(code(await door.send(ben, { do: 'approve', at: at('first'), hash: await hash('first') }))).toBe(
    'ok',
  );
  await made();
}

describe('an approval for members of several steps', () => {
  it('makes each later step one click of who asked, on a plan of its own', async () => {
    await first();
    for (const [step, name] of [
      ['second', 'pg-2'],
      ['third', 'pg-10'],
    ] as const) {
      expect(await confirm(step)).toBe('not-now');
      await plan(planOf(name));
      expect((await door.one(step)).phase).toBe('planned');
      expect(await confirm(step)).toBe('ok');
      await made();
    }
    expect(approved().map(({ by, body }) => [by.name, body.step, body.under])).toEqual([
      ['Ben', 'first', undefined],
      ['Ana', 'second', { step: 'first', try: 1, by: ben.person }],
      ['Ana', 'third', { step: 'first', try: 1, by: ben.person }],
    ]);
    const calls = door.attempts.filter(({ purpose }) => purpose === 'act');
    expect(calls.map(({ by, approved: also }) => [by, also?.by])).toEqual(
      Array.from({ length: 3 }, () => ['slack:UANA', 'slack:UBEN']),
    );
    expect(new Set(calls.map(({ planHash }) => planHash)).size).toBe(3);
    expect(timeline(door.events).filter(({ text }) => text.includes('approved by Ben'))).toHaveLength(3);
    expect((await door.incident(1))?.runs.get(1)?.ended?.why).toBe('finished');
  });

  it('is for who asked, and not longer than it would have been open', async () => {
    await first();
    await plan(planOf('pg-2'));
    expect(await confirm('second', ben)).toBe('two-person');
    door.now += 10 * 60_000;
    expect(await confirm('second')).toBe('two-person');
  });

  it('reaches a plan that changes less: what all of them share has been changed with the first', async () => {
    const shared = { field: 'template', before: 'a', after: 'b' };
    const own = (name: string) => ({ field: `image of ${name}`, before: 'a', after: 'b' });
    await first(BOTH, planOf('pg-1', { changes: [shared, own('pg-1')] }));
    await plan(planOf('pg-2', { changes: [own('pg-2')], notes: [] }));
    expect(await confirm('second')).toBe('ok');
  });

  it.each<[string, Partial<Plan>]>([
    ['another value', { changes: [{ field: 'size of pg-2', before: '1', after: '30' }] }],
    ['one more field', { changes: [...planOf('pg-2').changes, { field: 'owner', before: 'a', after: 'b' }] }],
    ['nothing', { changes: [] }],
    ['another kind', { target: { kind: 'other', namespace: 'prod', name: 'pg-2' } }],
    ['another namespace', { target: { kind: 'thing', namespace: 'other', name: 'pg-2' } }],
    ['a note that nobody approved', { notes: ['pg-2 is the leader'] }],
    ['something unknown', { unknowns: ['whether pg-2 has all data'] }],
    ['the name of another member', { changes: [{ field: 'size of pg-1', before: '1', after: '3' }] }],
    ['a name that only begins alike', { changes: [{ field: 'size of pg-20', before: '1', after: '3' }] }],
    ['a member that is not named', { target: { kind: 'thing', namespace: 'prod', name: 'pg-3' } }],
  ])('does not reach a plan with %s', async (_, more) => {
    await first();
    await plan(planOf('pg-2', more));
    expect(await confirm('second')).toBe('two-person');
    const run = (await door.incident(1))?.runs.get(1);
    expect(run && approvalFor(run, 'second', await door.one('second'))).toBeUndefined();
    expect(
      code(await door.send(ana, { do: 'ask approval', at: at('second'), hash: await hash('second') })),
    ).toBe('ok');
  });

  it.each([
    ['other arguments', act('second', 'pg-2', { size: 4 })],
    ['another group', act('second', 'pg-2', { from: 'ops' })],
  ])('does not reach a step with %s', async (_, second) => {
    await first(HEAD + act('first', 'pg-1', { covers: COVERS }) + second);
    await plan(planOf('pg-2'));
    expect(await confirm('second')).toBe('two-person');
  });

  it('does not hide a value behind a name that is only a number', async () => {
    const text = HEAD + act('first', '"3"', { covers: '["3", "5"]' }) + act('second', '"5"');
    const value = (name: string) =>
      planOf(name, { changes: [{ field: 'size', before: '1', after: name }], notes: [] });
    await first(text, value('3'));
    await plan(value('5'));
    expect(await confirm('second')).toBe('two-person');
  });

  it.each(['pg-10 pg-20', 'oldpg-1 oldpg-2'])(
    'does not take a longer name for the member: %s',
    async (names) => {
      const [one = '', two = ''] = names.split(' ');
      const value = (name: string, other: string) =>
        planOf(name, { changes: [{ field: `copy of ${other}`, before: '', after: 'made' }] });
      await first(BOTH, value('pg-1', one));
      await plan(value('pg-2', two));
      expect(await confirm('second')).toBe('two-person');
    },
  );

  it('ends with the first of them that did not come out as it should', async () => {
    await first();
    await plan(planOf('pg-2'));
    expect(await confirm('second')).toBe('ok');
    await made(false);
    await door.send(ana, { do: 'go on', at: at('second'), reason: 'It is slow' });
    await plan(planOf('pg-10'));
    expect(await confirm('third')).toBe('two-person');
  });

  it('ends when one of them is taken back', async () => {
    await first();
    await plan(planOf('pg-2'));
    await door.send(ana, { do: 'undo', run: 1, step: 'first' });
    await plan(planOf('pg-1'));
    const undo = { ...at('first'), try: 2 };
    expect(code(await door.send(ana, { do: 'confirm', at: undo, hash: await hash('first') }))).toBe('ok');
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 1 } } });
    expect(await confirm('second')).toBe('two-person');
  });

  it('does not reach another run, nor a run inside this one', async () => {
    const inner = runbookOf(HEAD.replace('id: each', 'id: inner') + act('second', 'pg-2'));
    door = new PureDoor({ runbooks: { inner } });
    const nested = `
  - id: inside
    kind: run
    title: The other one
    runbook: inner
    with: {}`;
    await first(HEAD + act('first', 'pg-1', { covers: COVERS }) + nested);
    await plan(planOf('pg-2'));
    expect(await confirm('second', ana, 2)).toBe('two-person');
  });

  it('reads an approval of before, which names no step', async () => {
    await first();
    await plan(planOf('pg-2'));
    expect(await confirm('second')).toBe('ok');
    for (const { body } of approved()) if (body.under) delete (body.under as { step?: string }).step;
    expect((await door.one('second')).approvedBy).toEqual(ben.person);
  });
});
