// From the first report to the copy: which database it is, why its member crashes, which image would start, a dump.
import { expect, it } from 'vitest';
import { declareAtTheDesk } from '../at-the-desk.ts';
import { CONTACT } from './configuration.ts';
import { PULL_SECRET } from './registries.ts';
import { SET, type TheNight } from './the-night.ts';

export function looking(the: TheNight): void {
  it('is declared, and the failing workload leads to the database that it really uses, not to the look-alike', async () => {
    const { ana } = the.desk.hands;
    const declared = await declareAtTheDesk(the.desk, 'web-api health checks fail now and then', {
      severity: 'SEV1',
      system: 'Web API',
      noticed: 'Reports get no data; health checks of web-api fail now and then',
      since: '10 minutes ago',
    });
    the.channel = declared.channel;
    the.at = declared.at;
    const run = await the.at.start('check-patroni', { workload: 'web-api' });
    const trace = await the.at.check(run, 'trace');
    expect(trace.says).toContain('web-api uses prod-patroni-master (1 ready');
    expect(trace.says).toMatch(/Used by nothing: crunchy-db/);
    await ana.press(the.channel, /Yes, this is the target/, { words: /prod-patroni/ });
    const { target } = (await the.desk.event(1, 'target_confirmed')).body;
    expect(target).toMatchObject({ namespace: the.night.lab.namespace, kind: 'statefulset', name: SET });
    const members = await the.at.check(run, 'members');
    expect(members).toMatchObject({ verdict: 'bad' });
    expect(members.says).toContain(`Leader ${the.night.leader}`);
    expect(members.says).toContain(the.night.crashed);
  });

  it('names the crash from the log of the real program', async () => {
    const run = (await the.desk.event(1, 'run_started')).body.run;
    const crash = await the.at.check(run, 'crash_reason');
    expect(crash.says).toContain(`${the.night.crashed} cannot start its image ${the.night.images.used}`);
    expect(crash.says).toContain("ModuleNotFoundError: No module named 'yaml'");
    expect(await the.night.lab.kubectl('logs', the.night.crashed, '--previous')).toMatch(
      /ModuleNotFoundError: No module named 'yaml'$/,
    );
    await the.at.ended(run);
    await the.desk.hands.ana.command(the.channel, 'status cause found');
  });

  it('says of the nodes what it sees, or that it may not look and whom to ask', async () => {
    const run = await the.at.start('check-workload', { workload: 'web-api' });
    const unseen = the.account.rights === 'cluster' ? [] : [`no right to see nodes: ask ${CONTACT}`];
    for (const step of ['pods', 'changes']) {
      const { out } = await the.at.check(run, step);
      const unknowns = (out?.['unknowns'] ?? []) as readonly string[];
      expect(unknowns.filter((one) => one.includes('nodes'))).toEqual(unseen);
    }
    const pods = await the.at.check(run, 'pods');
    expect(pods.out).toMatchObject({
      ready: 2,
      nodes: ['node-a'],
      new_nodes: unseen.length > 0 ? [] : ['node-a'],
    });
    await the.at.ended(run);
  });

  it('finds that the image in use is whole for the registry, and that the tempting one is a tag with nothing behind it', async () => {
    const run = await the.at.start('find-image', { workload: SET, kind: 'statefulset' });
    const now = await the.at.check(run, 'now');
    expect(now.out).toMatchObject({ resolves: true, image: the.night.images.used, postgres_major: '15' });
    const others = await the.at.check(run, 'others');
    // Only the image that crashes: no help.
    expect(others.out).toMatchObject({ found: 1, newest: the.night.images.used, hollow: ['v12-latest'] });
    expect(others.verdict).toBe('bad');
    await the.at.ended(run);

    const { crashed, images } = the.night;
    const tried = await the.at.start('upgrade-patroni-member', {
      statefulset: SET,
      member: crashed,
      image: images.tempting,
    });
    expect(await the.at.check(tried, 'image')).toMatchObject({ verdict: 'bad' });
    await the.at.ended(tried);
    expect(await the.desk.events(1, 'plan_made')).toEqual([]);
  });

  it('finds an image in the registry with a login once the pods may pull with it', async () => {
    const { images } = the.night;
    const look = { workload: SET, kind: 'statefulset', look_in: images.repository };
    const without = await the.at.start('find-image', look);
    expect(await the.at.check(without, 'others')).toMatchObject({ verdict: 'unknown' });
    await the.at.ended(without);

    const added = await the.at.start('add-pull-secret', { account: SET, secret: PULL_SECRET });
    await the.at.see(added, 'add', `Add ${PULL_SECRET} to ${SET}`);
    expect(
      await the.night.lab.kubectl(
        'get',
        `serviceaccount/${SET}`,
        '-o',
        'jsonpath={.imagePullSecrets[*].name}',
      ),
    ).toBe(PULL_SECRET);

    const run = await the.at.start('find-image', look);
    const { out } = await the.at.check(run, 'others');
    expect(out).toMatchObject({ found: 1, newest: images.good });
    await the.at.ended(run);
  });

  it('dumps from the leader when a second person has approved, and reads the archive back', async () => {
    const { lab, leader } = the.night;
    expect(await the.ask.dumpsOn(leader)).toEqual([]);
    const backups = await the.at.start('find-backups', { database: 'app' });
    // The folder that the catalogue names is in the pod that crash-loops: said, and not taken for "none".
    const found = await the.at.check(backups, 'newest');
    expect(found.verdict).toBe('unknown');
    expect(found.says).toContain('/backups/daily in pod prod-patroni-0');
    await the.at.ended(backups);

    const run = await the.at.start('dump-db', {
      pod: leader,
      database: 'app',
      reason: 'The image of the members is changed next.',
    });
    await the.at.see(run, 'dump', `Dump app from ${leader}`);
    await the.at.ended(run);
    expect((await the.desk.events(1, 'approved')).at(-1)?.by.name).toBe('Ben Example');
    const read = (await the.desk.events(1, 'verified')).findLast(({ body }) => body.run === run);
    expect(read?.body.out).toMatchObject({ readable: true, tables: 2 });
    const made = (await the.desk.events(1, 'act_done')).findLast(({ body }) => body.run === run);
    const path = String(made?.body.out?.['path']);
    expect(await the.ask.dumpsOn(leader)).toHaveLength(1);
    const rows = await lab.kubectl(
      'exec',
      leader,
      '--',
      'sh',
      '-c',
      `pg_restore -a -t orders -f - ${path} | grep -c '^[0-9]'`,
    );
    expect(rows).toBe(await the.night.psql(leader, 'app', 'select count(*) from orders'));
  });
}
