// A snapshot of every namespace of the catalogue each night: in one process, once, dropped when it is old and nobody needs it.
import { describe, expect, it } from 'vitest';
import { ActionFailed } from '../../src/actions/action.ts';
import type { Handrail } from '../../src/assemble.ts';
import { differencesOf } from '../../src/perform/difference.ts';
import { nightlyOf } from '../../src/perform/nightly.ts';
import { snapshotsOf } from '../../src/perform/snapshots.ts';
import { claimComparison } from '../../src/store/comparisons.ts';
import { useNamespace } from './namespace-stage.ts';

const HOURS = 3_600_000;
const DAYS = 24 * HOURS;
const the = useNamespace();

/** An incident with its snapshot. */
async function begun(since: number): Promise<{ handrail: Handrail; incident: number }> {
  const handrail = the.handrail();
  const incident = await the.declare(handrail, since);
  await snapshotsOf(handrail.worker).take();
  return { handrail, incident };
}

/** At a time that is not before the first sign. */
const resolve = (handrail: Handrail, incident: number) =>
  the.send(handrail, incident, { do: 'resolve', at: Date.now() + 3 * HOURS });
const ends = async (handrail: Handrail, incident: number) =>
  [...(await the.state(handrail, incident)).looseEnds.values()].map(({ opened }) => opened);

const nights = async () => {
  const { rows } = await the.pool.query<{ night: string; kept: boolean; says: string | null; tries: number }>(
    'select night, body is not null as kept, says, tries from snapshots where night is not null order by night',
  );
  return rows;
};

describe('a nightly snapshot', () => {
  it('is taken once by several processes, and again in the next night', async () => {
    let asked = 0;
    const { kubernetes } = the.way;
    the.way.kubernetes = () => {
      asked++;
      return kubernetes();
    };
    for (const ago of [DAYS, 0])
      await Promise.all([1, 2, 3].map(() => nightlyOf(the.handrail(ago).worker, 'UTC').take()));
    expect(asked).toBe(2);
    expect((await nights()).map(({ kept }) => kept)).toEqual([true, true]);
    const { rows } = await the.pool.query(
      `select extract(epoch from now() - min(taken_at)) > 80000 as old from snapshots`,
    );
    expect(rows).toEqual([{ old: true }]);
  });

  it('belongs to the night that ends at 03:00 of the zone', async () => {
    // 02:30 and 03:30 in Tokyo on the 2nd of March.
    for (const at of ['2026-03-01T17:30:00Z', '2026-03-01T18:30:00Z'])
      await nightlyOf(the.handrail(Date.now() - Date.parse(at)).worker, 'Asia/Tokyo').take();
    expect((await nights()).map(({ night }) => night)).toEqual(['2026-03-01', '2026-03-02']);
  });

  it('is looked for once a minute, and tried again when the cluster did not answer', async () => {
    const { kubernetes } = the.way;
    the.way.kubernetes = async () => {
      throw new ActionFailed('The cluster cannot be reached.');
    };
    const worker = the.handrail().worker;
    const nightly = nightlyOf(worker, 'UTC', { retryMs: 0 });
    await nightly.take();
    await nightly.take();
    expect(await nights()).toEqual([
      { night: expect.any(String), kept: false, says: 'The cluster cannot be reached.', tries: 1 },
    ]);
    the.way.kubernetes = kubernetes;
    await nightlyOf(the.handrail().worker, 'UTC').take();
    expect((await nights()).map(({ kept }) => kept)).toEqual([true]);
  });

  it('in which nothing could be read is none', async () => {
    the.way.kubernetes = async () => the.stranger();
    await nightlyOf(the.handrail().worker, 'UTC').take();
    expect(await nights()).toEqual([expect.objectContaining({ kept: false, says: expect.any(String) })]);
  });

  it('is given back by a process that stops', async () => {
    const { kubernetes } = the.way;
    const stopping = nightlyOf(the.handrail().worker, 'UTC');
    const asked = new Promise<void>((found) => {
      the.way.kubernetes = () => {
        found();
        return new Promise(() => undefined);
      };
    });
    const taking = stopping.take();
    await asked;
    stopping.stop();
    await taking;
    expect(await nights()).toEqual([expect.objectContaining({ kept: false, tries: 0 })]);
    the.way.kubernetes = kubernetes;
    await nightlyOf(the.handrail().worker, 'UTC').take();
    expect((await nights()).map(({ kept }) => kept)).toEqual([true]);
  });

  it('is dropped after a week, unless an incident compares with it', async () => {
    for (const ago of [9, 8, 3]) await nightlyOf(the.handrail(ago * DAYS).worker, 'UTC').take();
    expect(await nights()).toHaveLength(3);
    await claimComparison(the.pool, { incident: 1, version: 1 }, 'somebody', 1000);
    await the.pool.query('update comparisons set base = (select id from snapshots order by night limit 1)');
    await nightlyOf(the.handrail().worker, 'UTC').take();
    const [oldest, ...others] = await nights();
    const age = (night = '') => Math.round((Date.now() - Date.parse(night)) / DAYS);
    expect(age(oldest?.night)).toBeGreaterThan(7);
    expect(others).toHaveLength(2);
    for (const { night } of others) expect(age(night)).toBeLessThan(5);
  });

  it('reaches back to the night before; what is older than the incident is told and not asked', async () => {
    await nightlyOf(the.handrail(5 * HOURS).worker, 'UTC').take();
    await the.bind('admin');
    await the.scale(3);
    // Declared after somebody began to work: at the declaration both are there already.
    const { handrail, incident } = await begun(Date.now() + 60_000);
    await resolve(handrail, incident);
    await differencesOf(handrail.worker).compare();
    const left = await ends(handrail, incident);
    expect(left.map(({ title }) => title)).toEqual([
      expect.stringMatching(/replicas was 2, is 3, at .*, before the first sign of trouble$/),
      expect.stringMatching(/RoleBinding admin was made.*, before the first sign of trouble$/),
    ]);

    // The first sign of another one is two hours later than these changes.
    const late = await begun(Date.now() + 2 * HOURS);
    await resolve(late.handrail, late.incident);
    await differencesOf(late.handrail.worker).compare();
    expect(await ends(late.handrail, late.incident)).toEqual([]);
    const [found] = await the.events(late.handrail, late.incident, 'difference_found');
    expect(found?.older).toEqual([
      expect.stringContaining('Deployment web: replicas was 2, is 3'),
      expect.stringContaining('RoleBinding admin was made'),
    ]);
    // The base stays, also when a better one comes.
    expect((await the.pool.query('select distinct base from comparisons')).rowCount).toBe(1);
    await the.scale(2);
    await the.unbind('admin');
  });
});
