// A runbook written from an incident: what was done, in order, with one set of parameters, and what was taken back.
import { expect, it } from 'vitest';
import { draftRunbook, NothingToDraft } from '../../src/incidents/as-runbook.ts';
import type { Event } from '../../src/incidents/events.ts';
import { runbookFile } from '../../src/runbooks/as-file.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { ana, PureDoor, register, runbookOf } from '../support/pure-door.ts';

const options = { id: 'drafted', today: '2026-11-21' };
const resize = (id: string, more = '') => `
apiVersion: runbook/v1
id: ${id}
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
  size: { type: int, label: How large?, required: true }
steps:
  - id: look
    kind: check
    title: How large is \${{ params.name }}?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict:
      - { if: out.size > 100, is: bad, says: Much too large., next: stop }
      - { if: out.size == params.size, is: ok, says: Nothing to do., next: stop }
      - { else: ok, says: "It is \${{ out.size }}." }
  - id: grow
    kind: act
    title: Resize \${{ params.name }} to \${{ params.size }}
    when: steps.look.out.size != params.size
    uses: t.resize
    with: { name: "\${{ params.name }}", size: "\${{ params.size }}" }
    timeout: 5s
    confirm: { level: click }
    locks: ["prod/thing/\${{ params.name }}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == params.size, timeout: 10s }
    undo: auto
    leaves:
      temporary: it is larger
      until: incident-close
      probe: { uses: t.size, with: { name: "\${{ params.name }}" }, gone: out.size == steps.grow.plan.before }
${more}`;

it('refuses an incident in which nothing was run', () => {
  const declared = {
    type: 'incident_declared',
    version: 1,
    incident: 1,
    at: 1,
    by: ana.person,
    command: 'c',
    body: { title: 'x', noticed: '', zone: 'UTC' },
  } as unknown as Event;
  expect(() => draftRunbook([declared], options)).toThrow(NothingToDraft);
  expect(() => draftRunbook([], options)).toThrow(NothingToDraft);
});

it('merges equal parameters, numbers unequal ones, and keeps what each step reads', async () => {
  const door = new PureDoor();
  await door.declare();
  await play(door, { name: 'db', size: 3 });
  await play(door, { name: 'db', size: 5 });
  const { runbook } = draftRunbook(door.events, options);
  expect(runbook.params).toMatchObject({
    name: { default: 'db' },
    size: { default: 3 },
    size_2: { default: 5 },
  });
  expect(runbook.steps.map(({ id }) => id)).toEqual(['look', 'grow', 'look_2', 'grow_2']);
  const [, , second, act] = runbook.steps;
  expect(act).toMatchObject({
    when: 'steps.look_2.out.size != params.size_2',
    with: { name: '${{ params.name }}', size: '${{ params.size_2 }}' },
  });
  // A stop at something bad stays; one at nothing to do goes on, here to the end.
  expect(second?.kind === 'check' && second.verdict.map(({ next }) => next)).toEqual([
    { stop: true },
    { stop: true },
    undefined,
  ]);
  const [first] = runbook.steps;
  expect(first?.kind === 'check' && first.verdict[1]?.next).toEqual({ step: 'look_2' });
  loads(runbookFile(runbook));
});

it('makes what was taken back a step of its own, verified by the probe', async () => {
  const door = new PureDoor();
  await door.declare();
  const run = await play(door, { name: 'db', size: 3 });
  await door.send(ana, { do: 'undo', run, step: 'grow' });
  await planned(door, 3, 1);
  await through(door, run, 1);
  const { runbook, notes, left } = draftRunbook(door.events, options);
  expect(left).toEqual([]);
  expect(runbook.steps.map(({ id }) => id)).toEqual(['look', 'grow', 'take_back_grow']);
  const [, grow, back] = runbook.steps;
  expect(grow?.when).toBeUndefined();
  expect(notes.get('grow')).toContain('It had the condition: steps.look.out.size != params.size');
  expect(back).toMatchObject({
    kind: 'act',
    uses: 't.resize',
    with: { name: '${{ params.name }}', size: '${{ steps.grow.plan.before }}' },
    verify: { uses: 't.size', until: 'out.size == steps.grow.plan.before' },
    undo: { kind: 'none' },
  });
  loads(runbookFile(runbook));
});

it('leaves out what was skipped', async () => {
  const door = new PureDoor();
  await door.declare();
  await door.start(runbookOf(resize('resize')), { name: 'db', size: 3 });
  await checked(door, 1);
  await planned(door, 1, 3);
  await door.send(ana, { do: 'skip', at: { run: 1, step: 'grow', try: 1 }, reason: 'not tonight' });
  const { runbook } = draftRunbook(door.events, options);
  expect(runbook.steps.map(({ id }) => id)).toEqual(['look']);
  loads(runbookFile(runbook));
});

/** Answers of the worker and presses of ana, on the step `grow`. */
const checked = (door: PureDoor, size: number) =>
  door.settle({ purpose: 'check', result: { ok: true, out: { size } } });
const planned = (door: PureDoor, before: number, after: number) =>
  door.settle({
    purpose: 'plan',
    result: {
      ok: true,
      plan: {
        target: { kind: 'thing', namespace: 'prod', name: 'db', uid: 'u1' },
        changes: [{ field: 'size', before: String(before), after: String(after) }],
        values: { before, after },
        notes: [],
        unknowns: [],
        undo: { name: 'db', size: before },
      },
    },
  });
async function through(door: PureDoor, run: number, size: number): Promise<void> {
  const { planned: plan, try: number } = await door.one('grow', run);
  const at = { run, step: 'grow', try: number };
  await door.send(ana, { do: 'confirm', at, hash: plan?.hash ?? '' });
  await door.settle({ purpose: 'act', result: { ok: true, out: { size } } });
  await door.settle({ purpose: 'verify', result: { ok: true, held: true, out: { size } } });
}

async function play(door: PureDoor, params: { name: string; size: number }): Promise<number> {
  const answer = await door.start(runbookOf(resize('resize')), params);
  expect(answer).toMatchObject({ ok: true });
  const run = Math.max(
    ...door.events.flatMap((event) => (event.type === 'run_started' ? [event.body.run] : [])),
  );
  await checked(door, 1);
  await planned(door, 1, params.size);
  await through(door, run, params.size);
  return run;
}

function loads(text: string): void {
  const { problems } = parseRunbook(text, 'drafted.yaml', register, options.today);
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
}
