// More time for a probe, access, a utility pod; all of it taken back; the end as others see it; the report.
import { expect, it } from 'vitest';
import { decideTheRest } from '../../../sandbox/responder/script.ts';
import { takeBack } from '../../../sandbox/responder/taking-back.ts';
import { brokenAt } from '../../../src/store/read.ts';
import { askedBy } from '../../e2e/audit.ts';
import { fileIn } from '../../e2e/desk.ts';
import { MEMBERS, PASSWORDS } from '../../support/lab/world/patroni.ts';
import { read } from '../../support/markdown.ts';
import { LOGIN } from '../../support/registry/real-registry.ts';
import { refusedOf } from '../account.ts';
import { complaintsOf } from '../complaints.ts';
import { PATIENCE } from '../patience.ts';
import { CONTACT } from './configuration.ts';
import { PULL_SECRET } from './registries.ts';
import type { TheNight } from './the-night.ts';

const HELPER = 'dora@example.org';

export function ending(the: TheNight): void {
  let bindings: string[] = [];

  it('gives the readiness probe more time, a person access that the API server confirms, and starts the utility pod', async () => {
    const { lab } = the.night;
    expect(await the.ask.probeSeconds()).toBe('5');
    const probe = await the.at.start('raise-probe-timeout', { workload: 'web-api', seconds: '30' });
    await the.at.see(probe, 'raise', 'Set the readiness timeout of web-api to 30 s');
    expect(await the.ask.probeSeconds()).toBe('30');

    expect(await the.ask.may(HELPER, 'create', 'pods/exec')).toBe('no');
    bindings = await the.ask.bindingsNow();
    const access = await the.at.start('grant-access', {
      person: HELPER,
      role: 'edit',
      hours: '4',
      reason: 'Knows the database best.',
    });
    await the.at.see(access, 'grant', `Give ${HELPER} edit for 4 h`);
    const planned = (await the.desk.events(1, 'plan_made')).findLast(({ body }) => body.run === access);
    expect(planned?.body.plan.unknowns).toEqual(
      the.account.rights === 'cluster'
        ? []
        : [`no right to see what ClusterRole edit allows: ask ${CONTACT}`],
    );
    await the.desk.hands.ana.press(the.channel, /^It works$/);
    await the.at.ended(access);
    expect(await the.ask.may(HELPER, 'create', 'pods/exec')).toBe('yes');
    expect((await the.ask.bindingsNow()).length).toBe(bindings.length + 1);

    const utility = await the.at.start('scale-utility-pod', { deployment: 'utility', replicas: '1' });
    await the.at.see(utility, 'scale', 'Scale utility from 0 to 1');
    await lab.untilReady('app=utility', 1, PATIENCE);
  });

  it('takes back what was for the night only: dump, utility pod, probe timeout, access; nothing else is left', async () => {
    const { lab, leader } = the.night;
    const { ana } = the.desk.hands;
    const back = (what: RegExp, title: string) =>
      takeBack(ana, the.channel, { what, title, say: () => undefined });
    await back(/Database dump of app/, `Dump app from ${leader}`);
    expect(await the.ask.dumpsOn(leader)).toEqual([]);
    await back(/utility runs 1/, 'Scale utility from 0 to 1');
    await lab.untilReady('app=utility', 0, PATIENCE);
    await back(/readiness timeout of web-api/, 'Set the readiness timeout of web-api to 30 s');
    expect(await the.ask.probeSeconds()).toBe('5');
    await back(/edit in .* for a person/, `Give ${HELPER} edit for 4 h`);
    expect(await the.ask.may(HELPER, 'create', 'pods/exec')).toBe('no');

    await ana.command(the.channel, 'left');
    await ana.read(the.channel, /Nothing left behind/);
  });

  it('ends with patronictl, kubectl and psql saying what the bot says', async () => {
    const { lab, crashed, images } = the.night;
    await lab.untilReady('app=web-api', 2, PATIENCE);
    await lab.untilHealthy(PATIENCE);
    const run = await the.at.start('check-patroni', { workload: 'web-api' });
    const trace = await the.at.check(run, 'trace');
    const members = await the.at.check(run, 'members');
    await the.at.ended(run);
    expect(trace.verdict).toBe('ok');
    expect(members).toMatchObject({
      verdict: 'ok',
      out: { leaders: 1, leader: crashed, members: 3, expected: 3, timelines: 1, paused: false },
    });

    const listed = JSON.parse(
      await lab.kubectl('exec', crashed, '--', 'patronictl', 'list', '-f', 'json'),
    ) as Record<string, unknown>[];
    expect(new Set(listed.map((one) => one['Member']))).toEqual(new Set(MEMBERS));
    expect(listed.find((one) => one['Role'] === 'Leader')?.['Member']).toBe(members.out?.['leader']);
    expect(new Set(listed.map((one) => one['TL'])).size).toBe(members.out?.['timelines']);

    const contents = 'select count(*), sum(hashtext(o::text)::bigint) from orders o';
    const [first, ...others] = await Promise.all(
      MEMBERS.map((member) => the.night.psql(member, 'app', contents)),
    );
    expect(first).toMatch(/^20002\|/);
    expect(others).toEqual([first, first]);

    expect(await Promise.all(MEMBERS.map(the.ask.imageOf))).toEqual(MEMBERS.map(() => images.good));
    expect(await lab.kubectl('rollout', 'status', 'deployment/web-api', '--timeout=120s')).toContain(
      'successfully rolled out',
    );
    expect(await lab.kubectl('get', 'deployment/utility', '-o', 'jsonpath={.spec.replicas}')).toBe('0');
    expect(await the.ask.bindingsNow()).toEqual(bindings);
    for (const member of MEMBERS) expect(await the.ask.dumpsOn(member)).toEqual([]);
  });

  it('is resolved and closed; the report tells the night, with its decisions and without a secret', async () => {
    const { ana } = the.desk.hands;
    const resolving = ana.last(the.channel);
    await ana.command(the.channel, 'resolve');
    await ana.form(/Resolve/, { summary: 'All three members have an image that starts.' });
    await the.desk.event(1, 'resolved');
    await decideTheRest(ana, the.channel, resolving);
    const after = ana.last(the.channel);
    await ana.command(the.channel, 'close');
    await the.desk.event(1, 'closed');
    const { text } = await fileIn(the.desk, the.channel, /\.md$/, after);
    expect(read(text).problems).toEqual([]);
    const checks = await the.desk.events(1, 'check_done');
    const again = checks.findLast(({ body }) => body.step === 'newest_again');
    const plain = text.replaceAll('\\', '');
    for (const fact of [
      "ModuleNotFoundError: No module named 'yaml'",
      the.night.images.used,
      the.night.images.good,
      the.night.images.tempting,
      'It is unknown who has the newest data',
      again?.body.says ?? 'the positions read again',
      `Hand over from ${the.night.leader} to ${the.night.crashed}`,
      'Ben Example',
      PULL_SECRET,
      'All three members have an image that starts.',
    ])
      expect(plain, fact).toContain(fact);
    for (const secret of [...Object.values(PASSWORDS), LOGIN.password]) expect(plain).not.toContain(secret);
  });

  it('asked the cluster for nothing that `handrail rbac` does not print, and left an unbroken record', async () => {
    const asked = await askedBy(the.night.lab.plane, the.account.user);
    expect(asked.length).toBeGreaterThan(50);
    const refused = refusedOf(asked);
    if (the.account.rights === 'cluster') expect(refused).toEqual([]);
    else {
      expect([...the.account.ofCluster]).toEqual(expect.arrayContaining(refused));
      expect(refused).toEqual(['get /nodes', 'get rbac.authorization.k8s.io/clusterroles', 'list /nodes']);
    }
    await the.desk.settled();
    expect(await brokenAt(the.desk.store.pool, 1)).toBeUndefined();
    expect(complaintsOf(the.desk)).toEqual([]);
  });
}
