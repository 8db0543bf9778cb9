// Every way in which two people meet at a button: how often the world was changed, and what each person was told.
// The table is in meetings.ts; where two machines meet, test/store/meetings.test.ts plays it.
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Asker, What } from '../../src/incidents/commands.ts';
import type { NewAttempt } from '../../src/incidents/draft.ts';
import type { At } from '../../src/incidents/events.ts';
import { Disk, outcomeOf, resizing, TWO_PERSON } from '../support/disk.ts';
import { ana, ben, bot, guest, PureDoor } from '../support/pure-door.ts';
import { type Machine, Witness } from '../support/witness.ts';
import { meetings, page, people } from './meetings.ts';
import { atTheDoor } from './meetings-at-the-door.ts';

const cleo: Asker = { ...ben, person: { id: 'slack:UCLEO', name: 'Cleo' } };
const anaAtTerminal: Asker = { ...ben, person: { id: 'terminal:ana@laptop', name: 'Ana' } };
const grow: At = { run: 1, step: 'grow', try: 1 };
const MINUTE = 60_000;

let door: PureDoor;
let machine: Machine;
let disk: Disk;
let witness: Witness;

function newDoor(others = 1): void {
  door = new PureDoor({ others });
  // As handrail.yaml says it: Ana in Slack and Ana at her laptop are one human.
  const human = (id: string) => (/ana/i.test(id) ? 'ana' : id);
  Object.assign(door.knows, { samePerson: (a: string, b: string) => human(a) === human(b) });
  machine = {
    store: door,
    knows: door.knows,
    events: async (incident) => door.events.filter((event) => event.incident === incident),
  };
}

beforeEach(() => {
  newDoor();
  disk = new Disk();
  witness = new Witness();
});

const say = (by: Asker, what: What, more: { incident?: number; id?: string; as?: string } = {}) => {
  door.now += 1000;
  return witness.send(machine, by, what, { now: door.now, ...more });
};

/** Performs what is asked for, until nothing is. */
async function work(only?: NewAttempt['purpose']): Promise<void> {
  for (;;) {
    const next = door.attempts.find(
      ({ id, purpose }) => !door.answers.has(`settle:${id}`) && (only === undefined || purpose === only),
    );
    if (!next) return;
    const outcome = outcomeOf(disk, next);
    const { id, at } = next;
    const incident = Number(id.split('.')[0]);
    await say(bot, { do: 'settle', attempt: id, at, outcome, seconds: 1 }, { incident, id: `settle:${id}` });
  }
}

/** What one incident has to tell another one is a command that falls due at once. */
async function fallDue(): Promise<void> {
  for (const { lookups } of door.writes.splice(0))
    for (const { kind, value, incident } of lookups.put)
      if (kind === 'deadline' && incident !== undefined) await say(bot, value as What, { incident });
}

/** Up to the plan; gives its hash. */
async function planned(confirm?: string, incident = 1): Promise<string> {
  await door.declare();
  await say(ana, { do: 'start run', runbook: resizing(confirm), hash: 'h', params: {} }, { incident });
  await work('plan');
  const hash = await hashNow(incident);
  witness.begin();
  return hash;
}

async function hashNow(incident = 1): Promise<string> {
  const state = await door.incident(incident);
  return state?.runs.get(1)?.steps.get('grow')?.tries.at(-1)?.planned?.hash ?? '';
}

/** How each row of the table is played. */
const plays: Record<string, () => Promise<void>> = {
  'the same click twice': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash }, { id: 'click' });
    await say(ana, { do: 'confirm', at: grow, hash }, { id: 'click' });
    await work();
  },
  'two people confirm': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash });
    await say(ben, { do: 'confirm', at: grow, hash });
    await work();
  },
  'confirmed after its end': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash });
    await work();
    await say(ben, { do: 'confirm', at: grow, hash });
  },
  'confirmed without the right': async () => {
    const hash = await planned();
    await say(guest, { do: 'confirm', at: grow, hash });
  },
  'the requester approves': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    await say({ ...ana, groups: ['group:dba'] }, { do: 'approve', at: grow, hash });
  },
  'the requester approves as somebody else': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    await say(anaAtTerminal, { do: 'approve', at: grow, hash }, { as: people.anaAtTerminal });
  },
  'two people approve': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    await say(ben, { do: 'approve', at: grow, hash });
    await say(cleo, { do: 'approve', at: grow, hash });
    await work();
  },
  'two people ask for approval': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    await say(cleo, { do: 'ask approval', at: grow, hash });
  },
  'somebody outside the group approves': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    await say({ ...guest, levels: ['observe', 'operate', 'approve'] }, { do: 'approve', at: grow, hash });
  },
  'one goes alone, one approves': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    door.now += 5 * MINUTE;
    await say(bot, { do: 'allow alone', at: grow, hash });
    await say(ana, { do: 'go alone', at: grow, hash, reason: 'Nobody else is awake' });
    await say(ben, { do: 'approve', at: grow, hash });
    await work();
  },
  'the approval comes too late': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    door.now += 11 * MINUTE;
    await say(ben, { do: 'approve', at: grow, hash });
    await say(bot, { do: 'lapse approval', at: grow, hash });
    await say(ben, { do: 'approve', at: grow, hash });
  },
  'the plan is old when it is confirmed': async () => {
    const hash = await planned();
    door.now += 3 * 60 * MINUTE;
    await say(ana, { do: 'confirm', at: grow, hash });
    await say(ben, { do: 'confirm', at: grow, hash });
    await work();
  },
  'the plan is old and the world has gone on': async () => {
    const hash = await planned('{ level: type, phrase: disk }');
    door.now += 11 * MINUTE;
    disk.edit(2);
    await say(ana, { do: 'confirm', at: grow, hash, phrase: 'disk' });
    await work();
    await say(ana, { do: 'confirm', at: grow, hash, phrase: 'disk' });
    await say(ana, { do: 'confirm', at: grow, hash: await hashNow(), phrase: 'disk' });
    await work();
  },
  'the live state changes before the call': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash });
    disk.edit(2);
    await work();
    await say(ben, { do: 'confirm', at: grow, hash });
  },
  'the live state changes before the approval': async () => {
    const hash = await planned(TWO_PERSON);
    await say(ana, { do: 'ask approval', at: grow, hash });
    disk.edit(2);
    await say(ben, { do: 'approve', at: grow, hash });
    await work();
    await say(cleo, { do: 'approve', at: grow, hash });
  },
  'planned again while somebody confirms': async () => {
    const hash = await planned();
    await say(ben, { do: 'plan again', at: grow });
    await say(ana, { do: 'confirm', at: grow, hash });
    await work();
  },
  'the runbook changes': async () => {
    const hash = await planned();
    await say(bot, { do: 'runbook changed', run: 1, hash: 'another', revision: '5d6e7f8' });
    await say(ana, { do: 'confirm', at: grow, hash });
    await work();
  },
  'the incident is closed before the click': async () => {
    const hash = await planned();
    await say(ben, { do: 'resolve', at: door.now });
    await say(ben, { do: 'close' });
    await say(ana, { do: 'confirm', at: grow, hash });
    await work();
  },
  'the incident is closed during the call': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash });
    await say(ben, { do: 'resolve', at: door.now });
    await say(ben, { do: 'close' });
    await work();
  },
  'one skips, one confirms': async () => {
    const hash = await planned();
    await say(ben, { do: 'skip', at: grow, reason: 'Not needed any more' });
    await say(ana, { do: 'confirm', at: grow, hash });
    await work();
  },
  'one confirms, one skips': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash });
    await say(ben, { do: 'skip', at: grow, reason: 'Not needed any more' });
    await work();
  },
  'one confirms, one did it by hand': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash });
    await say(ben, { do: 'done by hand', at: grow });
    await work();
  },
  'two people undo': async () => {
    const hash = await planned();
    await say(ana, { do: 'confirm', at: grow, hash });
    await work();
    witness.begin();
    await say(ana, { do: 'undo', run: 1, step: 'grow' });
    await say(ben, { do: 'undo', run: 1, step: 'grow' });
  },
  'two incidents want one object': async () => {
    const hash = await planned();
    await planned(undefined, 2);
    await say(ana, { do: 'confirm', at: grow, hash });
    await say(ben, { do: 'confirm', at: grow, hash: await hashNow(2) }, { incident: 2 });
    await work();
  },
  'one takes over what another holds': async () => {
    const hash = await planned();
    await planned(undefined, 2);
    await say(ana, { do: 'confirm', at: grow, hash });
    const refused = await say(ben, { do: 'confirm', at: grow, hash: await hashNow(2) }, { incident: 2 });
    const from = refused.ok ? [] : (refused.held?.from ?? []);
    await say(ben, { do: 'take over', at: grow, from }, { incident: 2 });
    const phrase = 'its call may still arrive';
    await say(ben, { do: 'take over', at: grow, from, phrase }, { incident: 2 });
    await fallDue();
    await say(ben, { do: 'confirm', at: grow, hash: await hashNow(2) }, { incident: 2 });
    await work();
  },
};

describe('people who meet at a button', () => {
  const rows = atTheDoor;

  it('each way is played', () => {
    expect(Object.keys(plays)).toEqual(rows.map(({ meet }) => meet));
  });

  it.each(rows.map((row) => [row.meet, row] as const))('%s', async (meet, row) => {
    await plays[meet]?.();
    expect(witness.told).toEqual(row.told);
    expect(disk.changes).toBe(row.changes);
  });
});

describe('docs/meetings.md', () => {
  const file = new URL('../../docs/meetings.md', import.meta.url);

  it('is what the table says (HANDRAIL_WRITE_MEETINGS=1 writes it)', () => {
    if (process.env.HANDRAIL_WRITE_MEETINGS === '1') writeFileSync(file, page());
    expect(readFileSync(file, 'utf8')).toBe(page());
  });

  it('no meeting changes the world more than once', () => {
    expect(meetings.filter(({ changes }) => changes > 1)).toEqual([]);
  });
});
