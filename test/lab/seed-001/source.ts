// The current rollout loses connections as well: then its own Deployment is the source, and is paused.
import { expect, it } from 'vitest';
import { takeBack } from '../../../sandbox/responder/taking-back.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { LIMIT, POOLS } from '../../support/lab/world/community.ts';
import type { Rights } from '../account.ts';
import { PATIENCE } from '../patience.ts';
import { freeNow, lose } from './filling.ts';
import type { TheNight } from './the-night.ts';

export function source(the: TheNight, rights: Rights): void {
  let run = 0;
  const usedBySite = async () =>
    (await the.night.sessions()).filter(({ application }) => application === 'site').length;

  it('finds the Deployment whose own pods hold most, and ends none of theirs', async () => {
    const { lab } = the.night;
    const [first] = await lab.untilReady('app=site', 2, PATIENCE);
    const free = await waitUntil('psql is let in', () => freeNow(the.night), { seconds: PATIENCE });
    if (first) await lose(first, free - 2);
    const held = await usedBySite();
    run = await the.at.start('postgres-connection-surge', { service: 'postgres' });
    expect(await the.at.check(run, 'count')).toMatchObject({ verdict: 'bad' });
    const who = await the.at.check(run, 'who');
    expect(who.verdict).toBe('warn');
    expect(who.out).toMatchObject({
      orphans: 0,
      orphan_sessions: [],
      top: 'deployment site',
      top_workload: 'site',
      top_count: held,
    });
    if (rights === 'cluster') expect(who.says).toContain(`deployment site holds ${held} (`);
    else {
      expect(who.says).toContain('come from addresses that no pod of community-prod has');
      const maybe = who.out?.['maybe_orphans'];
      const title = `End ${String(maybe)} connections whose owner cannot be seen`;
      await the.at.skip(run, title, 'They are the dashboards of tools: asked there.');
    }
    expect(await the.at.check(run, 'source')).toMatchObject({ verdict: 'warn', says: '2 wanted, 2 ready.' });
    expect(await usedBySite()).toBe(held);
  });

  it('is paused after its name was typed, and there is room; it comes back with few', async () => {
    const { lab } = the.night;
    const { ana } = the.desk.hands;
    await the.at.type(run, 'pause_source', 'Scale site to zero', 'site');
    const seen = (await the.desk.events(1, 'verified')).findLast(({ body }) => body.run === run);
    expect(seen?.body.out?.['used']).toBeLessThan(0.8 * LIMIT);
    await lab.untilReady('app=site', 0, PATIENCE);
    expect(await usedBySite()).toBe(0);
    await the.at.ended(run);
    await takeBack(ana, the.channel, {
      what: /site is scaled to 0/,
      title: 'Scale site to zero',
      say: () => undefined,
    });
    await lab.untilReady('app=site', 2, PATIENCE);
    expect(await usedBySite()).toBe(2 * POOLS.site);
  });
}
