// The comparison at the resolve: in the background, once, whoever dies or hangs meanwhile, and what it leaves as questions.
import { afterEach, describe, expect, it } from 'vitest';
import { ActionFailed } from '../../src/actions/action.ts';
import type { Handrail } from '../../src/assemble.ts';
import { differencesOf } from '../../src/perform/difference.ts';
import { type Loop, startLoop } from '../../src/perform/loop.ts';
import { snapshotsOf } from '../../src/perform/snapshots.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { claimComparison, comparisonsWanted } from '../../src/store/comparisons.ts';
import { useNamespace } from './namespace-stage.ts';

const the = useNamespace();
const loops: Loop[] = [];
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop(5000);
  await the.scale(2);
  for (const name of ['admin', 'helpers']) await the.unbind(name);
});

/** An incident with its snapshot. */
async function begun(since?: number): Promise<{ handrail: Handrail; incident: number }> {
  const handrail = the.handrail();
  const incident = await the.declare(handrail, since);
  await snapshotsOf(handrail.worker).take();
  return { handrail, incident };
}

const resolve = (handrail: Handrail, incident: number) =>
  the.send(handrail, incident, { do: 'resolve', at: Date.now() });
const look = (handrail: Handrail, incident: number) =>
  the.send(handrail, incident, { do: 'check what is left' });
const compare = (handrail: Handrail) => differencesOf(handrail.worker).compare();
const ends = async (handrail: Handrail, incident: number) =>
  [...(await the.state(handrail, incident)).looseEnds.values()].map(({ id, state, says, opened }) => ({
    id,
    state,
    says,
    title: opened.title,
    sensitivity: opened.sensitivity,
    opened,
  }));

describe('a comparison', () => {
  it('is made by the loop after the resolve; what nobody recorded becomes a thing left behind', async () => {
    const { handrail, incident } = await begun();
    const differences = differencesOf(handrail.worker);
    loops.push(
      startLoop(handrail.worker, bellsHere(), {
        sweepMs: 50,
        concurrency: 1,
        beside: { differences: () => differences.compare() },
      }),
    );
    await the.bind('admin');
    await the.scale(0);
    await resolve(handrail, incident);
    await expect
      .poll(() => the.events(handrail, incident, 'difference_found'), { timeout: 60_000 })
      .toHaveLength(1);
    const [found] = await the.events(handrail, incident, 'difference_found');
    expect(found).toMatchObject({ questions: 2, notChecked: [], older: [] });
    expect(found?.objects).toBeGreaterThan(0);
    const left = await ends(handrail, incident);
    expect(left).toEqual([
      expect.objectContaining({ state: 'open', sensitivity: undefined }),
      expect.objectContaining({ state: 'open', sensitivity: 'access' }),
    ]);
    expect(left.map(({ title }) => title)).toEqual([
      expect.stringMatching(
        /^Nobody recorded this: Deployment web: replicas was 2, is 0, at about \d\d:\d\d with kubectl-edit$/,
      ),
      expect.stringMatching(
        /^Nobody recorded this: RoleBinding admin was made: .*subject User \[redacted\], at about \d\d:\d\d with kubectl-create$/,
      ),
    ]);
    expect(left[0]?.opened).toMatchObject({
      object: 'default/deployment/web',
      source: 'diff',
      before: '2',
      during: '0',
    });
    expect(left.map(({ id }) => id)).toEqual(found?.asked.map(({ id }) => id));
    expect(left.every(({ id }) => /^D\d+\.\d+$/.test(id))).toBe(true);
  });

  it('asks the same thing once, sees what is as it was, and what is different once more', async () => {
    const { handrail, incident } = await begun();
    await the.scale(0);
    await the.bind('admin');
    await resolve(handrail, incident);
    await compare(handrail);
    await look(handrail, incident);
    await compare(handrail);
    expect((await ends(handrail, incident)).map(({ state }) => state)).toEqual(['open', 'open']);
    const found = await the.events(handrail, incident, 'difference_found');
    expect(found.map(({ questions, asked }) => [questions, asked.length])).toEqual([
      [2, 2],
      [2, 0],
    ]);
    await the.unbind('admin');
    await the.scale(5);
    await look(handrail, incident);
    await compare(handrail);
    expect(await ends(handrail, incident)).toEqual([
      expect.objectContaining({ state: 'gone', says: 'It is different once more: a newer line says how.' }),
      expect.objectContaining({ state: 'gone', says: 'It is as it was again.' }),
      expect.objectContaining({ state: 'open', title: expect.stringContaining('replicas was 2, is 5') }),
    ]);
    // And when it comes back, it is asked again.
    await the.bind('admin');
    await look(handrail, incident);
    await compare(handrail);
    expect((await ends(handrail, incident)).filter(({ state }) => state === 'open')).toHaveLength(2);
  });

  it('does not ask what somebody kept, what somebody wrote down, and nothing after the close', async () => {
    const { handrail, incident } = await begun();
    await the.scale(0);
    await the.bind('helpers');
    await the.send(handrail, incident, {
      do: 'add left',
      title: 'Dora is admin for the night',
      object: 'RoleBinding helpers',
      // As something else it would be asked about: one person could keep it otherwise.
      sensitivity: 'access',
    });
    await resolve(handrail, incident);
    await compare(handrail);
    const [manual, scaled, more] = await ends(handrail, incident);
    expect([manual?.opened.source, scaled?.opened.source, more]).toEqual(['manual', 'diff', undefined]);
    for (const looseEnd of [manual?.id ?? '', scaled?.id ?? ''])
      await the.send(handrail, incident, {
        do: 'keep',
        looseEnd,
        reason: 'Needed.',
        until: 'tomorrow',
        owner: { id: 'slack:U0000000ANA', name: 'Ana' },
      });
    const agreed = await handrail.send({
      id: 'agreed',
      incident,
      by: { person: { id: 'slack:UBEN', name: 'Ben' }, levels: ['approve'], groups: [] },
      now: Date.now(),
      what: { do: 'agree keep', looseEnd: manual?.id ?? '' },
    });
    expect(agreed).toMatchObject({ ok: true });
    await look(handrail, incident);
    await compare(handrail);
    await the.send(handrail, incident, { do: 'close' });
    await the.bind('admin');
    await look(handrail, incident);
    await compare(handrail);
    expect((await ends(handrail, incident)).map(({ state }) => state)).toEqual(['accepted', 'accepted']);
    expect(await the.events(handrail, incident, 'difference_found')).toHaveLength(3);
  });

  it('is made of an incident that was closed at once, and not of one that was closed before there were snapshots', async () => {
    const { handrail, incident } = await begun();
    await the.scale(0);
    await resolve(handrail, incident);
    await the.send(handrail, incident, { do: 'close' });
    expect(await comparisonsWanted(the.pool)).toHaveLength(1);
    await the.pool.query('delete from snapshots');
    expect(await comparisonsWanted(the.pool)).toEqual([]);
  });

  it('is made again at a resolve after a reopening', async () => {
    const { handrail, incident } = await begun();
    await resolve(handrail, incident);
    await the.send(handrail, incident, { do: 'reopen', reason: 'Not yet.' });
    await compare(handrail);
    expect(await the.events(handrail, incident, 'difference_found')).toEqual([]);
    await the.scale(1);
    await resolve(handrail, incident);
    await compare(handrail);
    expect(await the.events(handrail, incident, 'difference_found')).toEqual([
      expect.objectContaining({ questions: 1 }),
    ]);
  });

  it('is made once by several processes, and counts once however often it is brought', async () => {
    const { handrail, incident } = await begun();
    await the.scale(1);
    await resolve(handrail, incident);
    let asked = 0;
    const { kubernetes } = the.way;
    the.way.kubernetes = () => {
      asked++;
      return kubernetes();
    };
    const others = [handrail, the.handrail(), the.handrail()];
    await Promise.all(others.map(compare));
    expect(asked).toBe(1);
    // Killed after it was brought, and before that was noted.
    await the.pool.query('update comparisons set done = false');
    await compare(the.handrail());
    expect(await the.events(handrail, incident, 'difference_found')).toHaveLength(1);
    expect(await ends(handrail, incident)).toHaveLength(1);
    expect(await comparisonsWanted(the.pool)).toEqual([]);
  });

  it('of a process that is gone is made by another one when its lease is over', async () => {
    const { handrail, incident } = await begun();
    await resolve(handrail, incident);
    const [wanted] = await comparisonsWanted(the.pool);
    if (!wanted) throw new Error('nothing is wanted');
    expect(await claimComparison(the.pool, wanted, 'gone', 600_000)).toBe(1);
    await compare(handrail);
    expect(await the.events(handrail, incident, 'difference_found')).toEqual([]);
    await the.pool.query(`update comparisons set lease_until = now() - interval '1 second'`);
    await compare(handrail);
    expect(await the.events(handrail, incident, 'difference_found')).toHaveLength(1);
  });

  it('is given back by a process that stops', async () => {
    const { handrail, incident } = await begun();
    await resolve(handrail, incident);
    const { kubernetes } = the.way;
    const stopping = differencesOf(handrail.worker);
    const asked = new Promise<void>((found) => {
      the.way.kubernetes = () => {
        found();
        return new Promise(() => undefined);
      };
    });
    const comparing = stopping.compare();
    await asked;
    stopping.stop();
    await comparing;
    the.way.kubernetes = kubernetes;
    await compare(the.handrail());
    expect(await the.events(handrail, incident, 'difference_found')).toHaveLength(1);
  });

  it('with a cluster that hangs ends at its time, holds up nothing, and is said once', async () => {
    const { handrail, incident } = await begun();
    the.way.kubernetes = () => new Promise(() => undefined);
    await resolve(handrail, incident);
    const hanging = differencesOf(handrail.worker, { timeoutMs: 50, retryMs: 0 });
    for (let turn = 0; turn < 3; turn++) await hanging.compare();
    expect(await the.events(handrail, incident, 'difference_failed')).toEqual([]);
    for (let turn = 0; turn < 3; turn++) await hanging.compare();
    await look(handrail, incident);
    for (let turn = 0; turn < 6; turn++) await hanging.compare();
    const failed = await the.events(handrail, incident, 'difference_failed');
    expect(failed.map(({ says }) => says)).toEqual(['The cluster did not answer in time.']);
    expect(await comparisonsWanted(the.pool)).toEqual([]);
    expect((await the.state(handrail, incident)).notCompared).toBe('The cluster did not answer in time.');
  });

  it('without a snapshot, or without any right, says so', async () => {
    const handrail = the.handrail();
    const never = await the.declare(handrail);
    await resolve(handrail, never);
    await compare(handrail);
    expect(await the.events(handrail, never, 'difference_failed')).toEqual([
      {
        of: expect.any(Number),
        says: `No snapshot of the namespace was taken when INC-${never} was declared.`,
      },
    ]);
    const other = await begun();
    the.way.kubernetes = async () => the.stranger();
    await resolve(other.handrail, other.incident);
    await compare(other.handrail);
    const [said] = await the.events(other.handrail, other.incident, 'difference_failed');
    expect(said?.says).toMatch(/^Nothing could be read: no right to list \w+: ask /);
    expect(await ends(other.handrail, other.incident)).toEqual([]);
  });

  it('that can never be made is said while the incident is young, once', async () => {
    const handrail = the.handrail();
    const incident = await the.declare(handrail);
    the.way.kubernetes = async () => {
      throw new ActionFailed('The cluster cannot be reached.');
    };
    for (let turn = 0; turn < 8; turn++) await snapshotsOf(handrail.worker, { retryMs: 0 }).take();
    const says = `No snapshot of the namespace could be taken when INC-${incident} was declared: The cluster cannot be reached.`;
    expect(await the.events(handrail, incident, 'difference_failed')).toEqual([{ says }]);
    await resolve(handrail, incident);
    await compare(handrail);
    expect(await the.events(handrail, incident, 'difference_failed')).toHaveLength(1);
  });
});
