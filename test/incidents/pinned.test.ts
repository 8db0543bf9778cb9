// A run is pinned to the file it began with: what is recorded, where it shows, and how a newer file is told and never swapped in.
import { beforeEach, describe, expect, it } from 'vitest';
import { linesOf } from '../../src/cli/printer.ts';
import type { What } from '../../src/incidents/commands.ts';
import type { EventOf } from '../../src/incidents/events.ts';
import { fromTo, versionOf } from '../../src/incidents/pin.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { report } from '../../src/report/report.ts';
import { usedActions } from '../../src/runbooks/used-actions.ts';
import { card } from '../../src/slack/views/card.ts';
import { runModal } from '../../src/slack/views/modals/run.ts';
import { runMessage } from '../../src/slack/views/run.ts';
import { tellLine } from '../../src/slack/views/tell.ts';
import { runbookText } from '../slack/fixtures.ts';
import { ana, bot, PureDoor, runbookOf } from '../support/pure-door.ts';

const runbook = runbookOf(runbookText('click'));
const later = runbookOf(runbookText('click').replace('title: Resize a thing', 'title: Another title'));
const first = { hash: 'a'.repeat(64), revision: '1a2b3c4' };
const second = { hash: 'b'.repeat(64), revision: '5d6e7f8' };

let door: PureDoor;
let commands = 0;
const start = (pin: { hash: string; revision?: string } = first, of = runbook) => {
  const params = 'name' in of.params ? { name: 'disk' } : {};
  return door.send(ana, { do: 'start run', runbook: of, ...pin, params });
};
const changed = (to: { hash: string; revision?: string } = second, run = 1, id = `k${++commands}`) =>
  door.send(bot, { do: 'runbook changed', run, ...to }, 1, id);
const changes = () =>
  door.events.filter((event): event is EventOf<'runbook_changed'> => event.type === 'runbook_changed');
const incident = async () => {
  const state = await door.incident(1);
  if (!state) throw new Error('there is no incident');
  return state;
};
const header = async (number = 1) => {
  const state = await incident();
  const run = state.runs.get(number);
  if (!run) throw new Error(`there is no run ${number}`);
  return JSON.stringify(runMessage(state, run, []));
};
const told = async () => {
  const state = await incident();
  return changes().map((event) => tellLine(state, event));
};
const note =
  'A newer version of this runbook exists (1a2b3c4 → 5d6e7f8); this run goes on with the one it began with.';

beforeEach(async () => {
  door = new PureDoor();
  await door.declare();
});

describe('a run', () => {
  it('records revision, hash, schema and the version of each action that its runbook names', async () => {
    await start();
    const began = door.events.find((event) => event.type === 'run_started');
    expect(began?.body).toMatchObject({ ...first, actions: { 't.resize': 1, 't.size': 1 } });
    expect(began?.type === 'run_started' && began.body.runbook.apiVersion).toBe('runbook/v1');
  });

  it('inside another one is pinned to what is there when it begins, and to nothing else of the library', async () => {
    const outer = runbookOf(`apiVersion: runbook/v1
id: outer
title: Outer
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - { id: inner, kind: run, title: Inner, runbook: resize, with: { name: disk } }
`);
    const inner = { runbook: later, ...second, file: 'resize.yaml', problems: [] };
    const knows = { ...door.knows, runbook: (id: string) => (id === 'resize' ? inner : undefined) };
    Object.assign(door, { knows });
    await start(first, outer);
    const bodies = door.events.flatMap((event) => (event.type === 'run_started' ? [event.body] : []));
    expect(bodies.map(({ runbook: { id }, revision }) => [id, revision])).toEqual([
      ['outer', '1a2b3c4'],
      ['resize', '5d6e7f8'],
    ]);
    expect(Object.keys(bodies[1] ?? {}).toSorted()).toEqual(
      ['actions', 'counts', 'hash', 'params', 'parent', 'revision', 'run', 'runbook'].toSorted(),
    );
  });

  it('shows its pin in its message, on the card, on the timeline, at a terminal and before the start', async () => {
    await start();
    const state = await incident();
    expect(await header()).toContain('`resize @ 1a2b3c4`');
    expect(JSON.stringify(card(state))).toContain('Resize a thing (run 1, `resize @ 1a2b3c4`)');
    expect(timeline(door.events).map(({ text }) => text)).toContain(
      'Runbook resize @ 1a2b3c4 started (run 1).',
    );
    const began = door.events.find((event) => event.type === 'run_started');
    expect(began && linesOf(began)[0]).toBe('Resize a thing — resize @ 1a2b3c4');
    const listed = { id: 'resize', title: 'Resize', summary: '', runbook, ...first };
    expect(JSON.stringify(runModal({ incident: 1, listed: [listed], chosen: listed }))).toContain(
      'resize @ 1a2b3c4',
    );
  });

  it('without a revision shows the beginning of the hash, and with changes all of it', async () => {
    await start({ hash: first.hash });
    await start({ hash: first.hash, revision: '1a2b3c4+changes' });
    expect([await header(1), await header(2)]).toEqual([
      expect.stringContaining('`resize @ aaaaaaa`'),
      expect.stringContaining('`resize @ 1a2b3c4+changes`'),
    ]);
  });
});

describe('a newer file', () => {
  it('is told once to each run that is open, and changes nothing in it', async () => {
    await start();
    await changed();
    await changed();
    expect(changes().map(({ body }) => body)).toEqual([
      { run: 1, runbook: 'resize', from: first, to: second, again: false },
    ]);
    expect(await told()).toEqual([
      ':page_facing_up: A newer version of resize exists (1a2b3c4 → 5d6e7f8). Run 1 goes on with the one it began with.',
    ]);
    expect(await header()).toContain(note);
    const run = (await incident()).runs.get(1);
    expect([run?.runbook.title, run?.hash]).toEqual(['Resize a thing', first.hash]);
    expect(door.writes.filter(({ effects }) => effects.some(({ kind }) => kind === 'tell'))).toHaveLength(1);
    expect(timeline(door.events).filter(({ text }) => text.startsWith('A newer version'))).toHaveLength(1);
  });

  it('is not told for the run that began with it', async () => {
    await start();
    await start(second, later);
    await changed(second, 1);
    await changed(second, 2);
    expect(changes().map(({ body }) => body.run)).toEqual([1]);
    expect(await header(2)).not.toContain('newer version');
  });

  it('is told for each version, and the header names the newest', async () => {
    await start();
    await changed();
    await changed({ hash: 'c'.repeat(64), revision: '9f8e7d6' });
    expect(await told()).toHaveLength(2);
    expect(await header()).toContain('(1a2b3c4 → 9f8e7d6)');
    expect(await header()).not.toContain('5d6e7f8');
  });

  it('that goes back to the one of the run is drawn, not told; nor is a version that was told before', async () => {
    await start();
    await changed();
    await changed(first);
    expect(await header()).not.toContain('newer version');
    await changed();
    expect(await header()).toContain(note);
    expect(changes().map(({ body }) => body.again)).toEqual([false, true, true]);
    const tells = door.writes.flatMap(({ effects }) => effects.filter(({ kind }) => kind === 'tell'));
    expect(tells).toHaveLength(1);
  });

  it('is nothing to a run that has ended, nor to one that is not there', async () => {
    await start();
    await door.send(ana, { do: 'end run', run: 1, reason: 'not needed' });
    await changed();
    await changed(second, 7);
    expect(changes()).toEqual([]);
  });

  it('is no longer marked once the run has ended', async () => {
    await start();
    await changed();
    await door.send(ana, { do: 'end run', run: 1, reason: 'not needed' });
    expect(await header()).not.toContain('newer version');
  });

  it('is told by the bot alone', async () => {
    await start();
    const what: What = { do: 'runbook changed', run: 1, ...second };
    expect(await door.send(ana, what)).toMatchObject({ ok: false, code: 'rights' });
  });

  it('leaves the next step of an open run as it was pinned', async () => {
    await start();
    await changed();
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1 } } });
    expect((await door.one('grow')).title).toBe('Resize disk to 3');
  });
});

describe('two versions in words', () => {
  it.each([
    [{ hash: '1111111111' }, { hash: '2222222222' }, '1111111 → 2222222'],
    [{ hash: '1111111111', revision: 'r1' }, { hash: '2222222222' }, '1111111 → 2222222'],
    [{ hash: '1111111111', revision: 'r1' }, { hash: '2222222222', revision: 'r1' }, '1111111 → 2222222'],
    [
      { hash: '1111111111', revision: 'r1' },
      { hash: '2222222222', revision: 'r1+changes' },
      'r1 → r1+changes',
    ],
  ])('%j and %j are %s', (from, to, expected) => {
    expect(fromTo(from, to)).toBe(expected);
  });

  it('one is its revision, or the beginning of its hash', () => {
    expect([versionOf({ hash: '1234567890' }), versionOf({ hash: '12', revision: 'v1' })]).toEqual([
      '1234567',
      'v1',
    ]);
  });
});

it('the actions of a runbook are those of its steps and of what verifies, undoes, looks and offers choices', () => {
  expect(usedActions(runbook)).toEqual(['t.resize', 't.size']);
  const { steps } = runbook;
  const from = { uses: 'p.choices', with: {}, show: { text: '', parts: [] } as never };
  const param = { type: 'string' as const, label: 'Which?', required: true, from };
  const probe = { uses: 'p.probe', with: {}, gone: {} as never };
  const leaves = { kind: 'temporary' as const, what: {} as never, until: '', probe };
  const more = steps.flatMap((step) =>
    step.kind === 'act'
      ? [{ ...step, undo: { kind: 'call' as const, uses: 'p.undo', with: {} }, alsoLeaves: [leaves] }]
      : [],
  );
  expect(usedActions({ ...runbook, params: { name: param }, steps: more })).toEqual([
    'p.choices',
    'p.probe',
    'p.undo',
    't.resize',
    't.size',
  ]);
});

describe('the report', () => {
  const used = async () => {
    const { markdown } = report(door.events, { profile: 'default', people: 'names', version: '0.0.0' });
    return markdown.split('## Runbooks used\n')[1]?.split('\n## ')[0] ?? '';
  };

  it('names revision, hash, schema, the versions of the actions, and the newer file that was not taken', async () => {
    await start();
    await changed();
    await changed(first);
    await door.send(ana, { do: 'end run', run: 1, reason: 'not needed' });
    const text = await used();
    expect(text).toContain('| 1 | `resize @ 1a2b3c4` Resize a thing | `aaaaaaaaaaaa` |');
    expect(text).toContain('Written in runbook/v1. Actions with their versions: t.resize 1, t.size 1.');
    expect(text.match(/A newer version of resize came/g)).toHaveLength(1);
    expect(text).toContain('`1a2b3c4 → 5d6e7f8`');
    expect(text).toContain('run 1 went on with the one it began with.');
  });

  it('has the hash beside the name where there is no revision', async () => {
    await start({ hash: first.hash });
    expect(await used()).toContain('| 1 | `resize` Resize a thing | `aaaaaaaaaaaa` |');
  });

  it('says which run had which version of an action when an update came between', async () => {
    await start();
    const began = door.events.findLast((event) => event.type === 'run_started');
    await start();
    if (began?.type !== 'run_started') throw new Error('nothing began');
    Object.assign(began.body, { actions: { 't.resize': 1, 't.size': 3 } });
    expect(await used()).toContain('t.resize 1, t.size 3 (run 1) and 1 (run 2).');
  });
});
