// A change that nothing in its target keeps from being made twice: when it may be tried again.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/incidents/commands.ts';
import { FIRST_ARRIVES } from '../../src/incidents/decide/unguarded.ts';
import { languageOf } from '../../src/runbooks/language.ts';
import { planBlocks } from '../../src/slack/views/plan.ts';
import { decideBlocks } from '../../src/slack/views/wait-decide.ts';
import { Disk, resizing } from '../support/disk.ts';
import { ana, guest, PureDoor, register } from '../support/pure-door.ts';

const at = { run: 1, step: 'grow', try: 1 };
let door: PureDoor;
let gone: boolean;

function openDoor(guard: string): void {
  door = new PureDoor();
  gone = false;
  const known = (name: string) => {
    const found = register(name);
    return found?.changes ? { ...found, guard } : found;
  };
  Object.assign(door.knows, { language: languageOf(known) });
  Object.assign(door, { callerGone: async () => gone });
}
beforeEach(() => openDoor('none'));

const code = (answer: Answer): string => (answer.ok ? 'ok' : answer.code);
const tryAgain = (phrase?: string) => door.send(ana, { do: 'try again', at, ...(phrase ? { phrase } : {}) });
const plans = () => door.attempts.filter(({ purpose }) => purpose === 'plan').length;

async function called(): Promise<void> {
  await door.declare();
  await door.start(resizing());
  await door.settle({ purpose: 'plan', result: { ok: true, plan: new Disk().plan() } });
  await door.send(ana, { do: 'confirm', at, hash: (await door.one('grow')).planned?.hash ?? '' });
}
async function lost(happened: 'made' | 'not made' | 'cannot tell'): Promise<void> {
  await called();
  await door.lose('act');
  await door.settle({ purpose: 'happened', result: { ok: true, happened } });
}
async function shown(): Promise<string> {
  const incident = await door.incident(1);
  const run = incident?.runs.get(1);
  const event = door.events.at(-1);
  if (!incident || !run || !event) throw new Error('there is no run');
  const approvers = { users: [], usergroups: [] };
  return JSON.stringify(decideBlocks({ incident, run, one: await door.one('grow'), at, event, approvers }));
}

describe('after a lost worker', () => {
  it.each(['not made', 'cannot tell'] as const)(
    '(%s) it is tried again when its process is known to be gone',
    async (happened) => {
      await lost(happened);
      gone = true;
      expect(code(await tryAgain())).toBe('ok');
      expect(plans()).toBe(2);
    },
  );

  it.each(['not made', 'cannot tell'] as const)('(%s) otherwise it has to be typed', async (happened) => {
    await lost(happened);
    const refused = await tryAgain();
    expect(refused).toMatchObject({ ok: false, code: 'arrives', arrives: { incident: 1, at } });
    expect(!refused.ok && refused.says).toMatch(/^The first one may still arrive: .*type exactly: /);
    expect(code(await tryAgain('the first one'))).toBe('arrives');
    expect(code(await door.send(ana, { do: 'plan again', at }))).toBe('arrives');
    expect(plans()).toBe(1);
    expect(code(await door.send(guest, { do: 'try again', at, phrase: FIRST_ARRIVES }))).toBe('rights');
    expect(code(await tryAgain(` ${FIRST_ARRIVES.toUpperCase()} `))).toBe('ok');
    expect(plans()).toBe(2);
  });

  it('says so beside the button', async () => {
    await lost('not made');
    expect(await shown()).toContain('The first one may still arrive');
    expect(await shown()).toContain('"Try again"');
    expect(await shown()).not.toContain('Nothing was changed');
  });

  it('that made it, is not tried again whatever is typed', async () => {
    await lost('made');
    await door.settle({ purpose: 'verify', result: { ok: true, held: false } });
    gone = true;
    expect(code(await tryAgain(FIRST_ARRIVES))).toBe('may-exist');
  });
});

it('a worker that itself proved that it changed nothing makes no call any more', async () => {
  await called();
  await door.settle({ purpose: 'act', result: { ok: false, says: 'refused', nothingHappened: true } });
  expect(code(await tryAgain())).toBe('ok');
});

it('a worker that came back without knowing may have its call still on the way', async () => {
  await called();
  await door.settle({ purpose: 'act', result: { ok: false, says: 'It did not answer within 30 s.' } });
  await door.settle({ purpose: 'happened', result: { ok: true, happened: 'not made' } });
  expect(code(await tryAgain())).toBe('arrives');
});

it('with a guard no trace is proof enough, and doubt is not', async () => {
  openDoor('The target takes it once.');
  await lost('not made');
  expect(code(await tryAgain())).toBe('ok');
  openDoor('The target takes it once.');
  await lost('cannot tell');
  gone = true;
  expect(code(await tryAgain(FIRST_ARRIVES))).toBe('may-exist');
});

describe('a change that its worker made after it was given up', () => {
  it.each(['none', 'The target takes it once.'])(
    'is not tried again, and can be undone (guard: %s)',
    async (guard) => {
      openDoor(guard);
      await lost('not made');
      await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
      expect(await shown()).toContain('The change was made after all');
      expect(await shown()).not.toContain('"Try again"');
      expect(await shown()).toContain('"Undo"');
      expect(code(await tryAgain(FIRST_ARRIVES))).toBe('may-exist');
      expect(code(await door.send(ana, { do: 'undo', run: 1, step: 'grow' }))).toBe('ok');
    },
  );

  it('is verified by looking again', async () => {
    await lost('not made');
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await door.send(ana, { do: 'check again', at });
    await door.settle({ purpose: 'happened', result: { ok: true, happened: 'made' } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
    expect((await door.one('grow')).closedAs).toBe('done');
  });
});

describe('the plan says what keeps a second change from happening', () => {
  it.each([
    ['none', 'nothing in the target keeps it from being made twice'],
    [
      'The cluster takes it once. It compares resourceVersion.',
      '*Made only once* The cluster takes it once.',
    ],
    ['One name: a second start finds it.', '*Made only once* One name.'],
  ])('%s', async (guard, words) => {
    openDoor(guard);
    await called();
    const text = JSON.stringify(planBlocks(await door.one('grow')));
    expect(text).toContain(words);
    expect(text).not.toContain('resourceVersion');
  });
});
