// Updates, handovers and the question to a quiet channel, at the door: what is asked when, and never twice.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, What } from '../../src/incidents/commands.ts';
import { handle } from '../../src/incidents/handle.ts';
import type { LookupRow } from '../../src/incidents/lookups.ts';
import { breaksQuiet } from '../../src/incidents/quiet.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { ana, ben, bot, guest, PureDoor, runbookOf } from '../support/pure-door.ts';

const MINUTE = 60_000;
let door: PureDoor;

async function declare(more: { quietMinutes?: number; private?: boolean; quiet?: boolean } = {}) {
  const body = {
    title: 'web-api answers 500',
    severity: 'SEV2' as const,
    namespace: 'prod',
    noticed: 'no data',
    since: door.now,
    zone: 'UTC',
    private: more.private ?? false,
    drill: false,
    quiet: more.quiet ?? false,
    invited: [],
    ...(more.quietMinutes === undefined ? {} : { quietMinutes: more.quietMinutes }),
  };
  await handle(door, door.knows, { id: 'd', by: ana, now: door.now, what: { do: 'declare', body } });
  await door.send(bot, { do: 'record channel', channel: 'C1', name: 'inc-1' });
}

const code = (answer: Answer): string => (answer.ok ? (answer.says ?? 'ok') : answer.code);
const rows = (name: string): LookupRow[] => {
  const kept = new Map<string, LookupRow>();
  for (const { lookups } of door.writes)
    for (const row of lookups.put)
      if (row.kind === 'deadline' && row.key.includes(`.${name}.`)) kept.set(row.key, row);
  return [...kept.values()];
};
/** What the loop does with a row that is due. */
const fallsDue = async (row: LookupRow | undefined): Promise<Answer> => {
  door.now = Math.max(door.now, row?.due ?? 0);
  return door.send(bot, row?.value as What, 1, `deadline:${row?.key}`);
};
const last = <T>(all: readonly T[]): T | undefined => all.at(-1);
const note = (text: string, minutes: number) => {
  door.now += minutes * MINUTE;
  return door.send(ana, {
    do: 'note',
    body: {
      entry: `n${door.now}`,
      kind: 'note',
      text,
      at: door.now,
      precision: 'exact',
      source: { kind: 'slack' },
    },
  });
};
const of = (type: string) => door.events.filter((event) => event.type === type);
const effects = () => door.writes.at(-1)?.effects.map(({ kind }) => kind);

beforeEach(() => {
  door = new PureDoor();
});

describe('a quiet channel', () => {
  it('is asked once for each stretch of quiet, and again after the next one', async () => {
    await declare({ quietMinutes: 30 });
    await note('looking', 5);
    const written = (await door.incident(1))?.lastEntryAt;
    await fallsDue(last(rows('quiet')));
    expect(of('quiet_asked').map(({ body }) => body)).toEqual([{ since: written }]);
    expect(effects()).toEqual(['quiet']);
    const asked = (await door.incident(1))?.quietQuestion;
    expect(asked).toMatchObject({ since: written });
    // A row that was put meanwhile, or falls due twice, asks nothing more.
    for (const row of rows('quiet')) await fallsDue(row);
    expect(of('quiet_asked')).toHaveLength(1);
    await note('it is the disk', 3);
    expect(effects()).toContain('quiet');
    expect((await door.incident(1))?.quietQuestion?.over?.by.name).toBe('Ana');
    await note('and more', 1);
    expect(effects()).not.toContain('quiet');
    await fallsDue(last(rows('quiet')));
    expect(of('quiet_asked')).toHaveLength(2);
  });

  it('has the instant in every key, and few rows for many lines', async () => {
    await declare({ quietMinutes: 30 });
    for (let line = 0; line < 60; line++) await note(`line ${line}`, 0.2);
    const all = rows('quiet');
    expect(all.length).toBeLessThanOrEqual(8);
    for (const row of all) {
      expect(row.key).toBe(`1.quiet.${row.due}`);
      expect(row.value).toEqual({ do: 'ask about quiet', due: row.due });
    }
    const { lastEntryAt = 0 } = (await door.incident(1)) ?? {};
    const wait = (last(all)?.due ?? 0) - lastEntryAt;
    expect(wait).toBeGreaterThanOrEqual(30 * MINUTE);
    expect(wait).toBeLessThanOrEqual(33 * MINUTE);
    // Every row but the last one falls due while somebody has written since.
    for (const row of all.slice(0, -1)) await fallsDue(row);
    expect(of('quiet_asked')).toEqual([]);
  });

  it('is asked again in an hour when somebody wants that, once for two presses', async () => {
    await declare({ quietMinutes: 30 });
    await fallsDue(last(rows('quiet')));
    const until = door.now + 60 * MINUTE;
    expect(code(await door.send(guest, { do: 'snooze quiet', until }))).toBe('ok');
    expect(effects()).toEqual(['quiet']);
    expect(code(await door.send(ana, { do: 'snooze quiet', until: until + 5 }))).toContain('already');
    expect(of('quiet_snoozed')).toHaveLength(1);
    await fallsDue(last(rows('quiet')));
    expect(of('quiet_asked')).toHaveLength(1);
    await fallsDue(rows('quiet-again')[0]);
    expect(of('quiet_asked')).toHaveLength(2);
    const first = of('quiet_asked')[0]?.version;
    expect((await door.incident(1))?.quietQuestion).toMatchObject({ before: first });
    // Pressing the button was no entry: it is still the same stretch.
    expect(of('quiet_asked')[1]?.body).toEqual(of('quiet_asked')[0]?.body);
    await note('back', 1);
    expect(code(await door.send(ana, { do: 'snooze quiet', until: door.now + MINUTE }))).toBe('quiet-over');
  });

  it('is asked after a snooze about the quiet since then', async () => {
    await declare({ quietMinutes: 30 });
    await fallsDue(last(rows('quiet')));
    await door.send(ana, { do: 'snooze quiet', until: door.now + 60 * MINUTE });
    await note('one word', 2);
    await fallsDue(last(rows('quiet')));
    expect(of('quiet_asked')).toHaveLength(2);
    await fallsDue(rows('quiet-again')[0]);
    expect(of('quiet_asked')).toHaveLength(2);
  });

  it('is left alone while the service is watched or back, in a run from a terminal, and where it is switched off', async () => {
    await declare({ quietMinutes: 30 });
    const [row] = rows('quiet');
    await door.send(ana, { do: 'set status', status: 'watching', at: door.now });
    await fallsDue(row);
    expect(of('quiet_asked')).toEqual([]);
    await door.send(ana, { do: 'set status', status: 'fixing', at: door.now });
    expect((last(rows('quiet'))?.due ?? 0) > door.now).toBe(true);
    const open = last(rows('quiet'));
    await door.send(ana, { do: 'resolve', at: door.now });
    await fallsDue(open);
    await door.send(ana, { do: 'close' });
    expect(code(await fallsDue(open))).toBe('ok');
    expect(of('quiet_asked')).toEqual([]);
    for (const more of [{ quietMinutes: 0 }, {}, { quietMinutes: 30, quiet: true }]) {
      door = new PureDoor();
      await declare(more);
      await note('x', 1);
      expect(rows('quiet')).toEqual([]);
    }
  });

  it('is left alone while Handrail works; how that came out ends the quiet', async () => {
    await declare({ quietMinutes: 30 });
    const runbook = runbookOf(`
apiVersion: runbook/v1
id: look
title: Look
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - { id: look, kind: check, title: How large is it?, uses: t.size, with: { name: disk }, timeout: 5s, verdict: [{ else: ok, says: It is there. }] }
`);
    await door.start(runbook);
    await fallsDue(last(rows('quiet')));
    expect(of('quiet_asked')).toEqual([]);
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1 }, kept: {}, rawHash: 'aa' } });
    const done = of('check_done')[0];
    expect((await door.incident(1))?.lastEntryAt).toBe(done?.at);
    await fallsDue(last(rows('quiet')));
    expect(of('quiet_asked').map(({ body }) => body)).toEqual([{ since: done?.at }]);
  });

  it('is not broken by bookkeeping', async () => {
    await declare({ quietMinutes: 30 });
    await door.send(bot, { do: 'record post', what: 'card', channel: 'C1', ts: '1.1' });
    await door.send(ana, { do: 'post report' });
    expect(breaksQuiet(of('message_posted')[0] as never)).toBe(false);
    expect(breaksQuiet(of('report_asked')[0] as never)).toBe(false);
    expect((await door.incident(1))?.lastEntryAt).toBe(of('incident_declared')[0]?.at);
  });
});

describe('an update', () => {
  const text = 'The dump is being restored.';
  it('goes onto the timeline, and its promise is kept or reminded once', async () => {
    await declare();
    const next = door.now + 30 * MINUTE;
    expect(code(await door.send(ana, { do: 'post update', text, next, outside: true }))).toBe('ok');
    expect(effects()).toEqual(['card', 'update']);
    expect(timeline(door.events).at(-1)).toMatchObject({
      kind: 'update',
      text: `Update for everybody: ${text}`,
    });
    const [row] = rows('update');
    expect(row).toMatchObject({ due: next, value: { do: 'remind update', due: next } });
    await fallsDue(row);
    expect(of('update_missed').map(({ body }) => body)).toEqual([{ promised: next }]);
    await fallsDue(row);
    await door.send(bot, { do: 'remind update', due: next });
    expect(of('update_missed')).toHaveLength(1);
  });

  it('is not reminded of when it came in time, promised anew, or nobody waits any more', async () => {
    await declare();
    const promise = (minutes: number) =>
      door.send(ana, { do: 'post update', text, next: door.now + minutes * MINUTE, outside: true });
    await promise(30);
    await promise(60);
    await fallsDue(rows('update')[0]);
    expect(of('update_missed')).toEqual([]);
    await door.send(ana, { do: 'resolve', at: door.now });
    await door.send(ana, { do: 'close' });
    expect(code(await fallsDue(rows('update')[1]))).toBe('ok');
    expect(of('update_missed')).toEqual([]);
  });

  it('of a private incident leaves only with a typed yes', async () => {
    await declare({ private: true });
    const send = (more: object) => door.send(ana, { do: 'post update', text, outside: true, ...more });
    expect(code(await send({}))).toBe('private');
    expect(code(await send({ phrase: 'yeah' }))).toBe('private');
    expect(of('update_posted')).toEqual([]);
    expect(code(await send({ phrase: ' Yes ' }))).toBe('ok');
    expect(code(await send({ outside: false }))).toBe('ok');
    expect(of('update_posted').map(({ body }) => (body as { outside?: boolean }).outside)).toEqual([
      true,
      false,
    ]);
  });

  it('is refused without words, without the right, and with a promise for the past', async () => {
    await declare();
    const send = (by: typeof ana, more: object) =>
      door.send(by, { do: 'post update', text, outside: true, ...more });
    expect(code(await send(ana, { text: ' \n ' }))).toBe('text');
    expect(code(await send(ana, { text: 'x'.repeat(3001) }))).toBe('text');
    expect(code(await send(ana, { next: door.now - 1 }))).toBe('next');
    expect(code(await send({ ...guest, levels: [] }, {}))).toBe('rights');
  });
});

describe('a handover', () => {
  const to = ben.person;
  it('changes the role at once, with what the next person needs on the timeline', async () => {
    await declare();
    const says = 'Conditions: down.\nActions: dump made.\nNeeds: restore it.';
    expect(code(await door.send(ana, { do: 'hand over', role: ' Lead ', to, says }))).toBe('ok');
    expect((await door.incident(1))?.roles.get('lead')).toEqual(to);
    const line = timeline(door.events).at(-1)?.text ?? '';
    expect(line).toMatch(/^Ana handed lead over to Ben\. Conditions: down\./);
    expect(line).toContain('Needs: restore it.');
    expect(code(await door.send(ana, { do: 'hand over', role: 'lead', to, says }))).toBe('same-person');
    expect(code(await door.send(ana, { do: 'hand over', role: '', to, says }))).toBe('role');
    await door.send(ana, { do: 'hand over', role: 'scribe', to, says: '' });
    expect(timeline(door.events).at(-1)?.text).toBe('Role scribe: Ben.');
  });
});
