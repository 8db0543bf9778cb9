// What people work on: several targets, changed and taken off; what is elsewhere, for checks, changes and their undo.
import { beforeEach, describe, expect, it } from 'vitest';
import { register as shipped } from '../../src/actions/index.ts';
import { elsewhere, lookedAt, type Thing, whereLooked } from '../../src/incidents/decide/targets.ts';
import type { Target } from '../../src/incidents/events.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import type { Incident } from '../../src/incidents/state.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { model } from '../../src/report/model.ts';
import { namesTarget, targetIn } from '../../src/runbooks/target-output.ts';
import { ana, ben, guest, PureDoor, register, runbookOf } from '../support/pure-door.ts';

const target = (name: string, more: Partial<Target> = {}): Target => ({
  namespace: 'prod',
  kind: 'statefulset',
  name,
  says: `It uses ${name}`,
  ...more,
});

const text = (level = 'click') => `
apiVersion: runbook/v1
id: resize
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: now
    kind: check
    title: How large?
    uses: t.size
    with: { name: disk }
    timeout: 5s
    verdict: [{ else: ok, says: It is there. }]
  - id: grow
    kind: act
    title: Resize
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 5s
    confirm: { level: ${level}${level === 'two-person' ? ', from: ["group:dba"]' : ''} }
    locks: ["prod/thing/disk"]
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves:
      temporary: It is larger
      until: incident-close
      probe: { uses: t.size, with: { name: disk }, gone: out.size == 1 }
`;
const runbook = runbookOf(text());
const proposing = {
  ...runbook,
  steps: runbook.steps.map((step) => (step.kind === 'check' ? { ...step, proposesTarget: true } : step)),
};

let door: PureDoor;
beforeEach(async () => {
  door = new PureDoor();
  await door.declare();
});
const state = async (): Promise<Incident> => {
  const found = await door.incident(1);
  if (!found) throw new Error('INC-1 is not there');
  return found;
};
const names = async () => (await state()).targets.map((one) => `${one.target.name} ${one.by.name}`);
const confirm = (name: string, as?: 'also' | 'instead', by = ana) =>
  door.send(by, { do: 'confirm target', target: target(name), ...(as ? { as } : {}) });

/** Up to the plan of a change of this object. */
async function planned(thing: Plan['target'], level = 'click') {
  await door.start(runbookOf(text(level)));
  await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1 } } });
  const changes = [{ field: 'size', before: '1', after: '3' }];
  const values = { before: 1, after: 3 };
  const undo = { name: 'disk', size: 1 };
  const plan: Plan = { target: thing, changes, values, notes: [], unknowns: [], undo };
  await door.settle({ purpose: 'plan', result: { ok: true, plan } });
  return { plan, one: await door.one('grow', Math.max(...(await state()).runs.keys())) };
}

describe('targets', () => {
  it('are several: one more, or instead; who and when is kept', async () => {
    await confirm('pg');
    await confirm('pg-blue', 'also', ben);
    expect(await names()).toEqual(['pg Ana', 'pg-blue Ben']);
    expect((await state()).targets[1]?.at).toBe(door.now);
    await confirm('other', 'instead', ben);
    expect(await names()).toEqual(['other Ben']);
  });

  it('an old button never takes a confirmed one away', async () => {
    await confirm('pg');
    await confirm('pg-blue');
    expect(await names()).toEqual(['pg Ana', 'pg-blue Ana']);
  });

  it('an event of an older version replaces, as it did then', async () => {
    await confirm('pg');
    await confirm('pg-blue', 'also');
    const last = door.events.at(-1);
    if (last?.type !== 'target_confirmed') throw new Error('not confirmed');
    door.events.push({ ...last, version: last.version + 1, body: { target: target('old') } });
    expect(await names()).toEqual(['old Ana']);
  });

  it('the same again is said, and not recorded; instead of others it is', async () => {
    await confirm('pg');
    expect(await confirm('pg', 'instead')).toMatchObject({ says: 'pg is already a confirmed target.' });
    await confirm('pg-blue', 'also');
    expect(await confirm('pg', 'also')).toMatchObject({ says: 'pg is already a confirmed target.' });
    expect(await names()).toEqual(['pg Ana', 'pg-blue Ana']);
    await confirm('pg', 'instead');
    expect(await names()).toEqual(['pg Ana']);
  });

  it('can be taken off, and confirmed again from what was proposed', async () => {
    await door.start(proposing);
    const out = { size: 1, statefulset: 'pg', service: { name: 'pg-rw', namespace: 'data' } };
    await door.settle({ purpose: 'check', result: { ok: true, out } });
    const [proposal] = (await state()).proposals;
    expect(proposal).toMatchObject({ namespace: 'data', kind: 'statefulset', name: 'pg' });
    await door.send(ana, { do: 'confirm target', target: proposal ?? target('') });
    expect((await state()).proposed).toBeUndefined();
    const away = { namespace: 'data', kind: 'statefulset', name: 'pg' };
    expect(await door.send(guest, { do: 'drop target', target: away })).toMatchObject({ ok: true });
    expect(await names()).toEqual([]);
    expect((await state()).proposals).toHaveLength(1);
    expect(await door.send(ana, { do: 'drop target', target: away })).toMatchObject({
      ok: false,
      code: 'no-target',
    });
  });

  it('one that is confirmed is not proposed again, another one is', async () => {
    await confirm('pg');
    await door.start(proposing);
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1, statefulset: 'pg' } } });
    expect(door.types()).not.toContain('target_proposed');
    await door.start(proposing);
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1, statefulset: 'pg-blue' } } });
    expect(door.types()).toContain('target_proposed');
  });

  it('are in the timeline and in the report, with times', async () => {
    await confirm('pg');
    await confirm('pg-blue', 'also', ben);
    const pg = target('pg');
    await door.send(ben, { do: 'drop target', target: pg });
    const lines = timeline(door.events).map((entry) => entry.text);
    expect(lines).toContain('Target confirmed by Ana: statefulset pg in prod.');
    expect(lines).toContain('One more target confirmed by Ben: statefulset pg-blue in prod.');
    expect(lines).toContain('Target taken off by Ben: statefulset pg in prod.');
    const { targets, notTargets } = model(door.events, { people: 'names' });
    const at = (type: string) => door.events.find((event) => event.type === type)?.at;
    expect(targets).toMatchObject([
      { words: 'statefulset pg in prod', by: 'Ana', at: at('target_confirmed'), until: at('target_dropped') },
      { words: 'statefulset pg-blue in prod', by: 'Ben' },
    ]);
    expect(targets[1]).not.toHaveProperty('until');
    expect(notTargets).toEqual(['statefulset pg in prod (confirmed at first, taken off later)']);
  });
});

const pod = (name: string, owner?: string): Thing => ({
  namespace: 'prod',
  kind: 'Pod',
  name,
  ...(owner === undefined ? {} : { owner: { kind: 'StatefulSet', name: owner } }),
});
const deployment = (name: string, namespace = 'prod'): Thing => ({ namespace, kind: 'Deployment', name });

describe('what is elsewhere', () => {
  it.each<[what: string, thing: Thing, confirmed: Target[], words: string | undefined]>([
    ['nothing is confirmed', pod('pg-blue-0'), [], undefined],
    ['its own pod', pod('pg-0', 'pg'), [target('pg')], undefined],
    ['its own pod, nobody asked whose', pod('pg-12'), [target('pg')], undefined],
    ['a look-alike by name', pod('pg-blue-0'), [target('pg')], 'pg-blue-0 is not the confirmed target pg.'],
    ['a look-alike by owner', pod('pg-0', 'pg-blue'), [target('pg')], 'pg-0 is not the confirmed target pg.'],
    ['a pod of its own whose name says nothing', pod('primary', 'pg'), [target('pg')], undefined],
    ['a pod of which nothing is known', pod('psql'), [target('pg')], 'psql is not the confirmed target pg.'],
    [
      'a pod of a Deployment',
      { ...pod('web-7d9-x2x4z'), owner: { kind: 'ReplicaSet', name: 'web-7d9' } },
      [target('pg')],
      undefined,
    ],
    ['the StatefulSet itself', { ...pod('pg'), kind: 'StatefulSet' }, [target('pg')], undefined],
    [
      'another StatefulSet',
      { ...pod('pg-blue'), kind: 'StatefulSet' },
      [target('pg')],
      'pg-blue is not the confirmed target pg.',
    ],
    ['the utility next to it', deployment('utility'), [target('pg')], undefined],
    [
      'the utility of another namespace',
      deployment('utility', 'test'),
      [target('pg')],
      'utility in test is not the confirmed target pg in prod.',
    ],
    [
      'a pod of the same name in another namespace',
      { ...pod('pg-0', 'pg'), namespace: 'test' },
      [target('pg')],
      'pg-0 in test is not the confirmed target pg in prod.',
    ],
    ['one of two targets', pod('pg-blue-0', 'pg-blue'), [target('pg'), target('pg-blue')], undefined],
    [
      'none of two targets',
      pod('pg-red-0', 'pg-red'),
      [target('pg'), target('pg-blue')],
      'pg-red-0 is not the confirmed targets pg and pg-blue.',
    ],
    [
      'in the namespace of the second',
      deployment('a', 'b'),
      [target('pg'), target('x', { namespace: 'b' })],
      undefined,
    ],
    [
      'a member, when only a Service is confirmed',
      pod('pg-0', 'pg'),
      [target('db', { kind: 'service' })],
      'pg-0 is not the confirmed target db.',
    ],
    [
      'the utility, when only a Service is confirmed',
      deployment('u'),
      [target('db', { kind: 'service' })],
      undefined,
    ],
    [
      'a volume that nobody is known to own',
      { namespace: 'prod', kind: 'PersistentVolumeClaim', name: 'data-pg-0' },
      [target('pg')],
      'data-pg-0 is not the confirmed target pg.',
    ],
    [
      'a volume of the target',
      { ...pod('data-pg-0', 'pg'), kind: 'PersistentVolumeClaim' },
      [target('pg')],
      undefined,
    ],
  ])('%s', async (_what, thing, confirmed, words) => {
    for (const one of confirmed) await door.send(ana, { do: 'confirm target', target: one, as: 'also' });
    expect(elsewhere(await state(), thing)).toBe(words);
  });

  it.each<
    [what: string, out: Record<string, unknown>, args: Record<string, unknown>, words: string | undefined]
  >([
    ['its members', { statefulset: 'pg' }, {}, undefined],
    ['members of another cluster', { statefulset: 'pg-blue' }, {}, 'pg-blue is not the confirmed target pg.'],
    ['one StatefulSet for each member', { statefulset: 'pg-a, pg' }, {}, undefined],
    [
      'a pod of another cluster',
      { size: 1 },
      { pod: 'pg-blue-0' },
      'pg-blue-0 is not the confirmed target pg.',
    ],
    ['its own pod', { size: 1 }, { pod: 'pg-2' }, undefined],
    ['a pod of the application', { size: 1 }, { pod: 'web-7d9f-x2x4z' }, undefined],
    ['the application', { found: true }, { workload: 'web' }, undefined],
    [
      'another StatefulSet as a workload',
      {},
      { workload: 'pg-blue', kind: 'statefulset' },
      'pg-blue is not the confirmed target pg.',
    ],
    [
      'where another application leads to',
      { service_found: true, service: { name: 'x', namespace: 'lab' }, statefulset: 'pg' },
      { workload: 'web' },
      'pg in lab is not the confirmed target pg in prod.',
    ],
    ['nothing by name', { found: false }, { database: 'metabase' }, undefined],
  ])('a check that looked at %s', async (_what, out, args, words) => {
    await confirm('pg');
    expect(whereLooked(await state(), lookedAt(out, args, 'prod'))).toBe(words);
  });

  it('a check in another namespace says so even when it names nothing', async () => {
    await confirm('pg');
    const words = 'lab is not the confirmed target pg in prod.';
    expect(whereLooked(await state(), lookedAt({ found: true }, {}, 'lab'))).toBe(words);
  });

  it('is said of a check that is ok, in its event and in the timeline, and guards nothing', async () => {
    await confirm('pg');
    await door.start(runbook);
    await door.settle({ purpose: 'check', result: { ok: true, out: { size: 1, statefulset: 'pg-blue' } } });
    const done = door.events.find((event) => event.type === 'check_done');
    expect(done?.body).toMatchObject({ verdict: 'ok', elsewhere: 'pg-blue is not the confirmed target pg.' });
    expect((await door.one('now')).elsewhere).toBe('pg-blue is not the confirmed target pg.');
    expect(timeline(door.events).map((entry) => entry.text)).toContain(
      'Checked “How large?”: ok. It is there. Not the confirmed target: pg-blue is not the confirmed target pg.',
    );
    expect((await door.one('grow')).phase).toBe('planning');
  });
});

describe('a change elsewhere', () => {
  it('of a look-alike has to be typed; what is typed is its name', async () => {
    await confirm('pg');
    const { one } = await planned({ kind: 'Pod', namespace: 'prod', name: 'pg-blue-0' });
    expect(one.planned).toMatchObject({
      level: 'type',
      phrase: 'pg-blue-0',
      says: 'pg-blue-0 is not the confirmed target pg.',
    });
    const at = { run: 1, step: 'grow', try: 1 };
    const hash = one.planned?.hash ?? '';
    expect(await door.send(ana, { do: 'confirm', at, hash })).toMatchObject({ code: 'phrase' });
    expect(await door.send(ana, { do: 'confirm', at, hash, phrase: 'PG-blue-0' })).toMatchObject({
      ok: true,
    });
  });

  it('on its own pod, or on the utility beside it, is one click', async () => {
    await confirm('pg');
    const own = { kind: 'Pod', namespace: 'prod', name: 'pg-0', owner: { kind: 'StatefulSet', name: 'pg' } };
    expect((await planned(own)).one.planned?.level).toBe('click');
    const beside = { kind: 'Deployment', namespace: 'prod', name: 'utility' };
    const { one } = await planned(beside);
    expect([one.planned?.level, one.planned?.says]).toEqual(['click', undefined]);
  });

  it('with two persons stays with two persons, and says so', async () => {
    await confirm('pg');
    const { one } = await planned({ kind: 'Pod', namespace: 'prod', name: 'pg-blue-0' }, 'two-person');
    expect([one.planned?.level, one.planned?.says]).toEqual([
      'two-person',
      'pg-blue-0 is not the confirmed target pg.',
    ]);
  });

  it('its undo has to be typed too, judged when it is undone', async () => {
    const thing = { kind: 'Pod', namespace: 'prod', name: 'pg-blue-0' };
    await confirm('pg-blue');
    const { plan, one } = await planned(thing);
    const at = { run: 1, step: 'grow', try: 1 };
    await door.send(ana, { do: 'confirm', at, hash: one.planned?.hash ?? '' });
    await door.settle({ purpose: 'act', result: { ok: true, out: { size: 3 } } });
    await door.settle({ purpose: 'verify', result: { ok: true, held: true } });
    await confirm('pg', 'instead');
    await door.send(ana, { do: 'undo', run: 1, step: 'grow' });
    await door.settle({ purpose: 'plan', result: { ok: true, plan } });
    const undo = await door.one('grow');
    expect(undo).toMatchObject({
      undoes: 1,
      planned: { level: 'type', phrase: 'pg-blue-0', says: 'pg-blue-0 is not the confirmed target pg.' },
    });
  });
});

describe('what an output names', () => {
  it.each<[out: Record<string, unknown>, named: unknown]>([
    [{ statefulset: 'pg' }, { namespace: 'prod', kind: 'statefulset', name: 'pg' }],
    [
      { statefulset: 'pg', service: { name: 'x', namespace: 'data' } },
      { namespace: 'data', name: 'pg' },
    ],
    [{ service: { name: 'x', namespace: '' } }, { namespace: 'prod', kind: 'service', name: 'x' }],
    [
      { statefulset: 'pg-a, pg-b', service: { name: 'x', namespace: 'd' } },
      { kind: 'service', name: 'x' },
    ],
  ])('%j', (out, named) => {
    expect(targetIn(out, 'prod')).toMatchObject(named as object);
  });

  it.each([
    [{ statefulset: 'a, b' }],
    [{ statefulset: '' }],
    [{ size: 1 }],
    [{ service_found: false, service: { name: 'x', namespace: 'd' } }],
    [{ found: false, statefulset: 'pg' }],
  ])('%j: nothing', (out) => {
    expect(targetIn(out, 'prod')).toBeUndefined();
  });

  it('is known of an action before it runs', () => {
    expect(
      ['k8s.trace-database', 'patroni.cluster', 'k8s.scale', 'k8s.replicas'].map((name) => {
        const action = shipped(name);
        return action && namesTarget(action);
      }),
    ).toEqual([true, true, false, false]);
    const size = register('t.size');
    expect(size && namesTarget(size)).toBe(false);
  });
});
