/** A person corrects an entry of the record: what is taken, what is refused and in which words, what stays. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordWhat } from '../../src/incidents/commands/record.ts';
import type { Asker } from '../../src/incidents/commands.ts';
import { fullLog, timeline } from '../../src/incidents/timeline.ts';
import { ana, ben, guest, PureDoor, runbookOf } from '../support/pure-door.ts';

const MIN = 60_000;
let door: PureDoor;
beforeEach(async () => {
  door = new PureDoor();
  await door.declare();
  await door.send(ana, {
    do: 'note',
    body: {
      entry: 'note-1',
      kind: 'note',
      text: 'pods are on new nodes',
      at: door.now - 10 * MIN,
      precision: 'exact',
      source: { kind: 'slack' },
    },
  });
});

type Given = Partial<Omit<Extract<RecordWhat, { do: 'correct entry' }>, 'do'>>;
const correct = (given: Given, by: Asker = ana) =>
  door.send(by, { do: 'correct entry', entry: 'note-1', reason: 'the clock was wrong', ...given });
const line = (id = 'note-1') => timeline(door.events).find((entry) => entry.id === id);

describe('what a person may correct', () => {
  it('the words: the new ones are shown, the first ones and the reason stay', async () => {
    expect(await correct({ text: '  pods are on old nodes ' })).toMatchObject({ ok: true });
    expect(line()).toMatchObject({
      text: 'pods are on old nodes',
      original: { text: 'pods are on new nodes' },
      corrections: [{ why: 'corrected', reason: 'the clock was wrong', by: ana.person }],
    });
    await correct({ text: 'pods are on no nodes' }, guest);
    expect(line()).toMatchObject({
      text: 'pods are on no nodes',
      original: { text: 'pods are on new nodes' },
      corrections: [{ by: ana.person }, { by: guest.person }],
    });
  });

  it('the time, the end and how exact it is', async () => {
    const at = door.now - 20 * MIN;
    const answer = await correct({ at, until: at + 5 * MIN, precision: 'about' });
    expect(answer).toMatchObject({ ok: true, says: expect.stringContaining('about 09:14 to 09:19 (UTC)') });
    expect(line()).toMatchObject({ at, until: at + 5 * MIN, precision: 'about' });
    expect(line()?.original?.at).not.toBe(at);
  });

  it('only the end, or only how exact it is', async () => {
    const at = line()?.at ?? 0;
    await correct({ until: at + MIN });
    expect(line()).toMatchObject({ at, until: at + MIN, original: { at } });
    await correct({ precision: 'about' });
    expect(line()).toMatchObject({ at, until: at + MIN, precision: 'about' });
  });

  it('whether it is on the timeline, off and on again', async () => {
    await correct({ hidden: true });
    expect(line()?.show).toBe('hide');
    await correct({ hidden: false });
    expect(line()).toMatchObject({ show: 'keep' });
    expect(line()?.original).toBeUndefined();
  });

  it('also a line of Handrail’s own, the first sign, and folded checks', async () => {
    await door.start(
      runbookOf(`
apiVersion: runbook/v1
id: look
title: Look
summary: Looks.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - { id: now, kind: check, title: How large, uses: t.size, with: { name: x }, timeout: 5s, verdict: [{ else: ok, says: Fine. }] }
`),
    );
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1 } } });
    const checked = timeline(door.events).find(({ kind }) => kind === 'check');
    expect(await correct({ entry: checked?.id ?? '', text: 'Looked at it.' })).toMatchObject({ ok: true });
    expect(line(checked?.id)).toMatchObject({ text: 'Looked at it.', original: { text: checked?.text } });
    const since = door.now - 60 * MIN;
    expect(await correct({ entry: 'v1-since', at: since })).toMatchObject({ ok: true });
    expect(line('v1-since')).toMatchObject({ at: since });
  });

  it('after the close as well, and whoever may only observe', async () => {
    await door.send(ana, { do: 'resolve', at: door.now });
    await door.send(ana, { do: 'close' });
    expect(await correct({ text: 'late' }, guest)).toMatchObject({ ok: true });
    expect(line()?.text).toBe('late');
  });
});

describe('what is refused', () => {
  const refused = async (given: Given, code: string, words: RegExp, by: Asker = ana) => {
    const before = door.events.length;
    const answer = await correct(given, by);
    expect(answer).toMatchObject({ ok: false, code, says: expect.stringMatching(words) });
    expect(door.events).toHaveLength(before);
  };

  it('an entry that is not there, and an event that has no line', async () => {
    await refused({ entry: 'note-2', text: 'x' }, 'unknown-entry', /no entry note-2 in INC-1/);
    await refused({ entry: 'v99', text: 'x' }, 'unknown-entry', /no entry v99/);
    await refused({ entry: 'v2', text: 'x' }, 'unknown-entry', /no entry v2/);
    await refused({ entry: 'v01', text: 'x' }, 'unknown-entry', /no entry v01/);
  });

  it('a correction that changes nothing', async () => {
    await refused({}, 'same', /Nothing was changed/);
    await refused({ hidden: false }, 'same', /on the timeline already/);
    const at = line()?.at ?? 0;
    await refused({ at, seen: { at } }, 'same', /Nothing was changed/);
    await correct({ hidden: true });
    await refused({ hidden: true }, 'same', /off the timeline already/);
  });

  it('an end before the beginning, whichever of the two is given', async () => {
    const at = door.now - 20 * MIN;
    await refused({ at, until: at - MIN }, 'range', /end before it begins/);
    await refused({ until: at - MIN, seen: { at } }, 'range', /end before it begins/);
    await correct({ at });
    await refused({ until: at - MIN }, 'range', /end before it begins/);
  });

  it('a time that has not been yet', async () => {
    await refused({ at: door.now + 5 * MIN }, 'future', /has not been yet: it is 09:34 \(UTC\) now/);
    await refused({ until: door.now + 5 * MIN }, 'future', /has not been yet/);
  });

  it('no words, too many words, no reason, no right', async () => {
    await refused({ text: ' ' }, 'text', /take it off the timeline/);
    await refused({ text: 'x'.repeat(8001) }, 'text', /8001 characters/);
    await refused({ text: 'x', reason: ' ' }, 'reason', /short reason/);
    await refused({ text: 'x' }, 'rights', /right to observe/, { ...guest, levels: [] });
  });
});

it('a beginning corrected to after the end takes the end away, as it was of what is not said any more', async () => {
  const at = door.now - 30 * MIN;
  await correct({ at, until: at + MIN });
  await correct({ at: at + 10 * MIN });
  expect(line()).toMatchObject({ at: at + 10 * MIN });
  expect(line()?.until).toBeUndefined();
});

it('peers’ defect 3: the corrected time is shown, never the time at which a row was written', async () => {
  const at = door.now - 45 * MIN;
  await correct({ at }, ben);
  const shown = fullLog(door.events).find(({ id }) => id === 'note-1');
  expect(shown).toMatchObject({ at });
  expect(shown?.recordedAt).not.toBe(at);
});

describe('milestones that a person sets', () => {
  const set = (milestone: string, at: number, by: Asker = ana) =>
    door.send(by, { do: 'set milestone', milestone, at, precision: 'exact' });

  it('says what was understood, and what it was before', async () => {
    const at = door.now - 5 * MIN;
    expect(await set('detected', at)).toMatchObject({
      ok: true,
      says: expect.stringMatching(/^Detected: 09:29/),
    });
    expect(await set('detected', at)).toMatchObject({ ok: true, says: expect.stringContaining('already') });
    expect(await set('detected', at + 2 * MIN)).toMatchObject({
      says: expect.stringMatching(/^Detected: 09:31 .* It was 09:29/),
    });
    expect(door.types().filter((type) => type === 'milestone_set')).toHaveLength(2);
    const lines = timeline(door.events).filter(({ text }) => text === 'Detected.');
    expect(lines.map(({ show }) => show)).toEqual(['hide', 'auto']);
  });

  it('asks about one from before the first sign, and keeps it', async () => {
    const answer = await set('acknowledged', door.now - 90 * MIN);
    expect(answer).toMatchObject({ ok: true, says: expect.stringContaining('before the first sign') });
    expect(door.types()).toContain('milestone_set');
  });

  it('refuses a name that is none, the future, and whoever may not', async () => {
    expect(await set('closed', door.now)).toMatchObject({
      code: 'milestone',
      says: 'There is no milestone closed. Possible: detected, acknowledged, fixed, tidied.',
    });
    expect(await set('fixed', door.now + 5 * MIN)).toMatchObject({ code: 'future' });
    expect(await set('fixed', door.now, { ...guest, levels: [] })).toMatchObject({ code: 'rights' });
    expect(door.types()).not.toContain('milestone_set');
  });

  it('one that was taken off the timeline can be set again at the same time', async () => {
    const at = door.now - 5 * MIN;
    await set('tidied', at);
    await correct({ entry: `v${door.events.length}`, hidden: true });
    await set('tidied', at);
    expect(door.types().filter((type) => type === 'milestone_set')).toHaveLength(2);
  });
});
