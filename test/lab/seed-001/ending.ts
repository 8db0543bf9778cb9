// The end as others see it, the report, and what the bot asked the cluster for.
import { expect, it } from 'vitest';
import { decideTheRest } from '../../../sandbox/responder/script.ts';
import { brokenAt } from '../../../src/store/read.ts';
import { askedBy } from '../../e2e/audit.ts';
import { fileIn } from '../../e2e/desk.ts';
import { LIMIT, PASSWORDS, POOLS } from '../../support/lab/world/community.ts';
import { read } from '../../support/markdown.ts';
import { type Rights, refusedOf } from '../account.ts';
import { complaintsOf } from '../complaints.ts';
import { CONTACT } from './configuration.ts';
import { ours, type TheNight } from './the-night.ts';

export function ending(the: TheNight, rights: Rights): void {
  const wide = rights === 'cluster';

  it('ends with kubectl and psql saying what the bot says', async () => {
    const { lab } = the.night;
    const run = await the.at.start('postgres-connection-surge', { service: 'postgres' });
    const count = await the.at.check(run, 'count');
    await the.at.ended(run);
    expect(count.verdict).toBe('ok');
    const sessions = await the.night.sessions();
    const others = sessions.filter(({ application }) => application !== 'handrail');
    // The one with which it looked is one of them.
    expect(count.out?.['used']).toBe(others.length + 1);
    expect(count.out).toMatchObject({ max: LIMIT, reserved_slot: false });
    expect(await the.night.psql("select current_setting('max_connections')")).toBe(String(LIMIT));
    const of = (name: string) => others.filter(({ application }) => application === name).length;
    expect([of('site'), of('bot'), of('dashboards')]).toEqual([2 * POOLS.site, POOLS.bot, POOLS.dashboards]);
    expect((await ours(the.night)).length).toBeLessThanOrEqual(wide ? 1 : 0);

    const checked = await the.at.start('check-workload', { workload: 'site' });
    const pods = await the.at.check(checked, 'pods');
    await the.at.ended(checked);
    expect(pods.out).toMatchObject({ desired: 2, ready: 2 });
    const status =
      'jsonpath={.spec.replicas} {.status.readyReplicas} {.spec.template.spec.containers[0].image}';
    expect(await lab.kubectl('get', 'deployment/site', '-o', status)).toBe(
      `2 2 ${String(pods.out?.['image'])}`,
    );
    await the.desk.hands.ana.command(the.channel, 'left');
    await the.desk.hands.ana.read(the.channel, /Nothing left behind/);
  });

  it('is resolved and closed; the report tells the night, with its decisions and without a secret', async () => {
    const { ana } = the.desk.hands;
    const resolving = ana.last(the.channel);
    await ana.command(the.channel, 'resolve');
    await ana.form(/Resolve/, { summary: 'There is room, and PostgreSQL runs on its volume again.' });
    await the.desk.event(1, 'resolved');
    await decideTheRest(ana, the.channel, resolving);
    const after = ana.last(the.channel);
    await ana.command(the.channel, 'close');
    await the.desk.event(1, 'closed');
    const { text } = await fileIn(the.desk, the.channel, /\.md$/, after);
    expect(read(text).problems).toEqual([]);
    const plain = text.replaceAll('\\', '');
    const says = async (step: string, n = -1) =>
      (await the.desk.events(1, 'check_done')).filter(({ body }) => body.step === step).at(n)?.body.says ??
      step;
    for (const fact of [
      await says('count', 0),
      await says('who', 0),
      await says('again', 0),
      await says('detached'),
      'connections that nobody owns',
      'Nobody has ever made one.',
      'A minute and no change.',
      'Detach the volume at the provider',
      'Scale site to zero',
      'Ben Example',
      'There is room, and PostgreSQL runs on its volume again.',
      ...(wide ? [] : [`ask ${CONTACT}`, `${CONTACT} says that it is detached.`]),
    ])
      expect(plain, fact).toContain(fact);
    for (const secret of Object.values(PASSWORDS)) expect(plain).not.toContain(secret);
  });

  it('asked the cluster for nothing that `handrail rbac` does not print, and left an unbroken record', async () => {
    const asked = await askedBy(the.night.lab.plane, the.account.user);
    expect(asked.length).toBeGreaterThan(50);
    expect(refusedOf(asked)).toEqual(
      wide ? [] : ['get /nodes', 'list /nodes', 'list /pods', 'list storage.k8s.io/volumeattachments'],
    );
    expect([...the.account.ofCluster]).toEqual(expect.arrayContaining(refusedOf(asked)));
    await the.desk.settled();
    expect(await brokenAt(the.desk.store.pool, 1)).toBeUndefined();
    expect(complaintsOf(the.desk)).toEqual([]);
  });
}
