// The one gate before the close: its reasons, what they say to press, and that nothing goes past it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeGate, gateWords, theRest } from '../../src/incidents/close-gate.ts';
import type { Asker, What } from '../../src/incidents/commands.ts';
import type { Incident } from '../../src/incidents/state.ts';
import { DISK, LeftStage } from '../support/left-stage.ts';
import { ana, ben, bot } from '../support/pure-door.ts';

const begun = (): Promise<LeftStage> => new LeftStage().begin();
const stateOf = async (stage: LeftStage): Promise<Incident> => {
  const state = await stage.door.incident(1);
  if (!state) throw new Error('INC-1 is not there');
  return state;
};
const gateOf = async (stage: LeftStage) => closeGate(await stateOf(stage));
const resolve = (stage: LeftStage) => stage.send(ana, { do: 'resolve', at: stage.door.now });

describe('the close', () => {
  it('goes through when nothing is left', async () => {
    const stage = await begun();
    await resolve(stage);
    expect(await gateOf(stage)).toEqual([]);
    expect(await stage.code(ana, { do: 'close' })).toBe('ok');
  });

  it('waits for a change that is under way', async () => {
    const stage = await begun();
    await stage.madeLarger();
    await stage.send(ana, { do: 'undo', run: 1, step: 'grow' });
    const back = { before: 3, after: 1 };
    const target = { kind: 'thing', namespace: 'prod', name: 'disk' };
    const changes = [{ field: 'size', before: '3', after: '1' }];
    const plan = { target, changes, values: back, notes: [], unknowns: [] };
    await stage.door.settle({ purpose: 'plan', result: { ok: true, plan } });
    const { planned } = await stage.door.one('grow');
    const at = { run: 1, step: 'grow', try: 2 };
    await stage.send(ana, { do: 'confirm', at, hash: planned?.hash ?? '' });
    await resolve(stage);
    expect((await gateOf(stage)).map(({ why }) => why)).toEqual(['running', 'undecided']);
    expect(await stage.send(ana, { do: 'close' })).toMatchObject({ code: 'running' });
    await stage.send(ana, { do: 'keep rest', reason: 'later' });
    expect(await stage.send(ana, { do: 'close' })).toMatchObject({
      code: 'running',
      says: 'A change is under way: Resize disk. Wait for its outcome, then close.',
    });
  });

  it('is refused with every reason: what, since when, whose, and what to press', async () => {
    const stage = await begun();
    await stage.madeLarger();
    await stage.added();
    await stage.added({ title: 'a dump with names', sensitivity: 'personal-data' });
    await resolve(stage);
    const reasons = await gateOf(stage);
    expect(reasons.map(({ why, title, press }) => [why, title, press])).toEqual([
      ['sensitive', 'a dump with names', 'it is gone (two people), two people keep it'],
      ['undecided', 'a debug pod', 'it is gone (two people), keep, move'],
      ['undecided', 'disk is larger', 'undo, check, keep, move'],
    ]);
    for (const { who, since } of reasons) {
      expect(who.name).toBe('Ana');
      expect(since).toBeGreaterThan(0);
    }
    expect(await stage.send(ana, { do: 'close' })).toEqual({
      ok: false,
      code: 'left',
      says: 'Still there: a dump with names (it is gone (two people), two people keep it); a debug pod (it is gone (two people), keep, move); disk is larger (undo, check, keep, move). To keep the other 2 and be asked tomorrow: /incident left keep rest <reason>',
    });
  });

  it('names five of many, and how many more there are', async () => {
    const stage = await begun();
    for (let n = 0; n < 8; n++) await stage.added({ title: `pod ${n}` });
    const state = await stateOf(stage);
    const words = gateWords(closeGate(state), theRest(state));
    expect(words).toContain('; and 3 more. To keep all 8 and be asked tomorrow');
  });

  it('goes through once the rest is kept in one press, and personal data by two people', async () => {
    const stage = await begun();
    await stage.madeLarger();
    const dump = await stage.added({ title: 'a dump', sensitivity: 'personal-data' });
    await resolve(stage);
    await stage.send(ana, { do: 'keep rest', reason: 'Looked at in the morning' });
    expect((await gateOf(stage)).map(({ looseEnd }) => looseEnd)).toEqual([dump]);
    expect(await stage.code(ana, { do: 'close' })).toBe('left');
    const keep = { do: 'keep', looseEnd: dump, reason: 'needed for the review', until: 'friday' } as const;
    await stage.send(ana, { ...keep, owner: ana.person });
    expect((await gateOf(stage)).map(({ press }) => press)).toEqual(['Ana waits for a second person']);
    expect(await stage.code(ana, { do: 'close' })).toBe('left');
    await stage.send(ben, { do: 'agree keep', looseEnd: dump });
    expect(await gateOf(stage)).toEqual([]);
    expect(await stage.code(ana, { do: 'close' })).toBe('ok');
  });

  it('is not kept from by what is followed in a ticket, nor by what one person decided alone', async () => {
    const stage = await begun();
    const id = await stage.added();
    await resolve(stage);
    expect(await stage.code(ana, { do: 'close' })).toBe('left');
    await stage.send(ana, { do: 'move', looseEnd: id, link: 'https://tracker.example.org/123' });
    const state = await stateOf(stage);
    const opened = { id: 'A1', kind: 'approval-alone', title: 'x', object: '', namespace: '' } as const;
    const alone = { id: 'A1', openedAt: 1, openedBy: ana.person, state: 'open' } as const;
    state.looseEnds.set('A1', { ...alone, opened: { ...opened, state: 'open' } });
    expect(closeGate(state)).toEqual([]);
    expect(await stage.code(ana, { do: 'close' })).toBe('ok');
  });

  it('access that nobody recorded hides behind no line of one person and behind no other questions', async () => {
    const stage = await begun();
    await stage.added({ title: 'RoleBinding night-admin', object: '' });
    await resolve(stage);
    const { compareFor: of = 0 } = await stateOf(stage);
    const asked = (kind: string, name: string) => {
      const place = `${kind}/${name}`;
      return { kind, name, place, value: place, reads: [kind], title: `Is ${name} to stay?` };
    };
    const many = Array.from({ length: 60 }, (_, n) => asked('ConfigMap', `settings-${n}`));
    const access = { ...asked('RoleBinding', 'night-admin'), sensitivity: 'access' } as const;
    const body = { of, from: 1, to: 2, objects: 61, leftOut: 0, older: [], notChecked: [] };
    expect(await stage.code(bot, { do: 'record difference', body, questions: [...many, access] })).toBe('ok');
    await stage.send(ana, { do: 'keep rest', reason: 'later' });
    expect((await gateOf(stage)).map(({ why, title }) => [why, title])).toEqual([
      ['sensitive', 'Is night-admin to stay?'],
    ]);
    expect(await stage.code(ana, { do: 'close' })).toBe('left');
  });

  it('goes through once a look sees that it is gone', async () => {
    const stage = await begun();
    await stage.madeLarger();
    await resolve(stage);
    await stage.send(ana, { do: 'check what is left' });
    await stage.door.settle({ purpose: 'probe', result: { ok: true, gone: false } });
    expect((await gateOf(stage)).map(({ looseEnd }) => looseEnd)).toEqual([DISK]);
    await stage.send(ana, { do: 'check what is left', looseEnd: DISK });
    await stage.door.settle({ purpose: 'probe', result: { ok: true, gone: true } });
    expect(await gateOf(stage)).toEqual([]);
    expect(await stage.code(ana, { do: 'close' })).toBe('ok');
  });
});

// Whatever people do, in whatever order.
const who = fc.constantFrom<Asker>(ana, ben);
const one = fc.nat(3);
const step = fc.oneof(
  fc.record({
    do: fc.constant('add left' as const),
    sensitivity: fc.constantFrom(undefined, 'personal-data' as const, 'access' as const),
  }),
  fc.record({ do: fc.constant('keep' as const), one }),
  fc.record({ do: fc.constant('agree keep' as const), one }),
  fc.record({ do: fc.constant('say gone' as const), one }),
  fc.record({ do: fc.constant('move' as const), one }),
  fc.record({ do: fc.constant('found' as const), gone: fc.boolean() }),
  fc.constantFrom(
    { do: 'keep rest' as const },
    { do: 'check what is left' as const },
    { do: 'make' as const },
    { do: 'resolve' as const },
    { do: 'reopen' as const },
    { do: 'remind' as const },
  ),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function commandOf(given: Step, ids: readonly string[], now: number): What | undefined {
  const looseEnd = 'one' in given ? (ids[given.one] ?? DISK) : DISK;
  switch (given.do) {
    case 'add left':
      return {
        do: 'add left',
        title: 'a thing',
        object: 'o',
        ...(given.sensitivity ? { sensitivity: given.sensitivity } : {}),
      };
    case 'keep':
      return { do: 'keep', looseEnd, reason: 'later', until: 'in 2 hours', owner: ana.person };
    case 'agree keep':
      return { do: 'agree keep', looseEnd };
    case 'say gone':
      return { do: 'say gone', looseEnd, says: 'looked' };
    case 'move':
      return { do: 'move', looseEnd, link: 'https://tracker.example.org/1' };
    case 'keep rest':
      return { do: 'keep rest', reason: 'later' };
    case 'check what is left':
      return { do: 'check what is left' };
    case 'resolve':
      return { do: 'resolve', at: now };
    case 'reopen':
      return { do: 'reopen', reason: 'not over' };
    default:
      return undefined;
  }
}

it('never lets an incident be closed while it has a reason, and always when it is resolved and has none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(who, step), { maxLength: 14 }), async (steps) => {
      const stage = await begun();
      for (const [by, given] of steps) {
        const ids = [...((await stage.door.incident(1))?.looseEnds.keys() ?? [])];
        const what = commandOf(given, ids, stage.door.now);
        if (what) await stage.send(by, what);
        else if (given.do === 'make' && !ids.includes(DISK)) await stage.madeLarger();
        else if (given.do === 'found' && stage.door.attempts.some(({ purpose }) => purpose === 'probe'))
          await stage.door.settle({ purpose: 'probe', result: { ok: true, gone: given.gone } });
        else if (given.do === 'remind')
          for (const { what: due } of stage.reminders()) await stage.send(bot, due);
        const state = await stateOf(stage);
        const before = [...state.looseEnds.values()];
        const sensitive = before.filter(({ opened, state: now }) => opened.sensitivity && now !== 'gone');
        const alone = stage.door.events.filter(
          (event) =>
            event.type === 'loose_end_settled' &&
            event.body.state === 'accepted' &&
            sensitive.some(({ id }) => id === event.body.id) &&
            event.body.second === undefined,
        );
        expect(alone).toEqual([]);
        const reasons = closeGate(state);
        const mayClose = state.resolvedAt !== undefined && reasons.length === 0;
        const code = await stage.code(ana, { do: 'close' });
        expect(code === 'ok').toBe(mayClose);
        if (code === 'ok') await stage.send(ana, { do: 'reopen', reason: 'go on' });
      }
    }),
    { numRuns: 150 },
  );
});
