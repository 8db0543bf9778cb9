// What may stay for a length of time: when that is over it is looked for, and people are told once that it is still there.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Asker, What } from '../../src/incidents/commands.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { tellLine } from '../../src/slack/views/tell.ts';
import { ana, bot, PureDoor, runbookOf } from '../support/pure-door.ts';

const HOUR = 3_600_000;
const ID = 'L1.grow.1.0';
const PROBE = `
      probe: { uses: t.size, with: { name: disk }, gone: out.size == steps.grow.plan.before }`;
const text = (until: string) => `
apiVersion: runbook/v1
id: resize
title: Resize
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params: { hours: { type: int, label: How long?, required: true, min: 1, max: 9 } }
steps:
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
    leaves:
      temporary: disk is larger
      until: ${until}
      sensitivity: access${PROBE}
`;
const plan: Plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
  undo: { name: 'disk', size: 1 },
};

let door: PureDoor;
beforeEach(() => {
  door = new PureDoor();
});

const code = (answer: Answer) => (answer.ok ? 'ok' : answer.code);
const deadlines = () =>
  door.writes.flatMap(({ lookups }) =>
    lookups.put.filter(({ kind, key }) => kind === 'deadline' && key.includes('.left.')),
  );
const due = () => (deadlines()[0]?.value as Extract<What, { do: 'end time' }> | undefined)?.due ?? 0;
const end = async () => (await door.incident(1))?.looseEnds.get(ID);
const probes = () => door.attempts.filter(({ purpose }) => purpose === 'probe').length;
const fallsDue = async (at = due(), by: Asker = bot) =>
  code(await door.send(by, { do: 'end time', looseEnd: ID, due: at }));
const finds = (gone: boolean) => door.settle({ purpose: 'probe', result: { ok: true, gone } });
const shown = () => door.writes.at(-1)?.effects.map(({ kind }) => kind);
const told = async () => {
  const event = door.events.at(-1);
  const state = await door.incident(1);
  return event && state ? tellLine(state, event) : undefined;
};

async function made(until = '"${{ params.hours }}h"'): Promise<void> {
  await door.declare();
  expect(code(await door.start(runbookOf(text(until)), { hours: 2 }))).toBe('ok');
  await door.settle({ purpose: 'plan', result: { ok: true, plan } });
  const { planned } = await door.one('grow');
  const at = { run: 1, step: 'grow', try: 1 };
  expect(code(await door.send(ana, { do: 'confirm', at, hash: planned?.hash ?? '' }))).toBe('ok');
  await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
  await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
}

describe('what may stay for a length of time', () => {
  it('falls due once, that long after it was made', async () => {
    await made();
    const change = door.events.find(({ type }) => type === 'act_done');
    expect(deadlines().map(({ key }) => key)).toEqual([`1.left.${ID}`]);
    expect(due()).toBe((change?.at ?? 0) + 2 * HOUR);
    await door.send(ana, { do: 'check what is left' });
    await finds(false);
    expect(deadlines()).toHaveLength(1);
    expect((await end())?.opened.until).toBe('2h');
  });

  it('is looked for then, and told with the way to take it back when it is still there', async () => {
    await made();
    door.now = due() - 5000;
    expect(await fallsDue()).toBe('ok');
    expect(door.events.at(-1)).toMatchObject({ type: 'time_over', body: { id: ID, since: due() } });
    expect(shown()).toEqual([]);
    expect(probes()).toBe(1);
    await finds(false);
    expect(await end()).toMatchObject({ state: 'open', overSince: due(), toldOver: true });
    expect(shown()).toEqual(['card', 'tell', 'left']);
    expect(await told()).toBe(
      ':alarm_clock: *disk is larger*. Its time was over at 11:34 (UTC). Checked: it is still there. <@UANA> take it back: the list is below.',
    );
  });

  it('is told once; later looks say the same, and that it is gone', async () => {
    await made();
    await fallsDue();
    await finds(false);
    const before = door.events.length;
    expect(await fallsDue()).toBe('ok');
    await door.send(ana, { do: 'check what is left' });
    await finds(false);
    expect(door.events.slice(before).map(({ type }) => type)).toEqual(['left_asked']);
    await door.send(ana, { do: 'check what is left' });
    await finds(true);
    expect(await end()).toMatchObject({ state: 'gone', says: 'Checked: it is gone.' });
  });

  it('is not told when somebody has taken it away by hand', async () => {
    await made();
    await fallsDue();
    await finds(true);
    expect((await end())?.state).toBe('gone');
    expect(door.events.filter((one) => one.type === 'loose_end_settled' && one.body.overdue)).toEqual([]);
  });

  it('is told when nobody could look', async () => {
    await made();
    await fallsDue();
    await door.settle({ purpose: 'probe', result: { ok: false, says: 'No connection.' } });
    expect(await told()).toContain('Its time was over at 11:34 (UTC). Could not be checked: No connection.');
  });

  it('is nothing any more after its undo, after the close, for another moment, and from a person', async () => {
    await made();
    const events = door.events.length;
    expect(await fallsDue(due() + 1)).toBe('ok');
    expect(await fallsDue(due(), ana)).toBe('rights');
    await door.send(bot, { do: 'end time', looseEnd: 'L9.x.1.0', due: 1 });
    expect(door.events).toHaveLength(events);
    await door.send(ana, { do: 'check what is left' });
    await finds(true);
    await fallsDue();
    expect(door.events.filter(({ type }) => type === 'time_over')).toEqual([]);
  });

  it('has no moment when it may stay until the close', async () => {
    await made('incident-close');
    expect(deadlines()).toEqual([]);
  });
});
