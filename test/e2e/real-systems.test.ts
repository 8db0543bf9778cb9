// The bot on real input: kube-apiserver with controllers, PostgreSQL 15, worked by two people through the local Slack.
// Then kubectl, psql and pg_restore, which know nothing of the bot, must say the same as it does.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wordsOf } from '../../sandbox/responder/hands.ts';
import { decideTheRest } from '../../sandbox/responder/script.ts';
import { shortcuts } from '../../src/slack/ids.ts';
import { brokenAt } from '../../src/store/read.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { read } from '../support/markdown.ts';
import { changesOf, outlineOf } from '../support/report-outline.ts';
import { describeWith } from '../support/requirements.ts';
import { inProject } from '../support/terminal-world.ts';
import { askedBy } from './audit.ts';
import { type Desk, fileIn, startDesk, writeAftermath } from './desk.ts';
import { takeBack } from './left-behind.ts';
import { BROKEN_IMAGE, GOOD_IMAGE } from './manifests.ts';
import { type ClusterInTrouble, startClusterInTrouble } from './real-cluster.ts';
import { contents, pgRestore } from './strangers.ts';

describeWith(['controlPlane', 'kubectl', 'postgres', 'pgClient'], 'the bot on real systems', () => {
  let cluster: ClusterInTrouble;
  let desk: Desk;
  let channel = '';
  let dumpPath = '';
  let pir = '';

  beforeAll(async () => {
    cluster = await startClusterInTrouble();
    desk = await startDesk({ kubeconfig: cluster.kubeconfig, mode: 'socket' });
  }, 180_000);
  afterAll(async () => {
    if (desk) await writeAftermath(desk, channel, process.env.HANDRAIL_AFTERMATH);
    await desk?.stop();
    await cluster?.stop();
  }, 60_000);

  const replicas = () => cluster.kubectl('get', 'deployment/utility', '-o', 'jsonpath={.spec.replicas}');
  const operation = () =>
    cluster.kubectl(
      'get',
      'deployment/utility',
      '-o',
      'jsonpath={.metadata.annotations.handrail\\.dev/operation}',
    );

  it('is declared: a channel, a card, the people who respond', async () => {
    const { ana } = desk.hands;
    await ana.command('incidents', 'start web-api answers 500');
    await ana.form(/Declare/, {
      severity: 'SEV2',
      system: 'Web API',
      noticed: 'The shop shows an error for every second order',
      since: '10 minutes ago',
    });
    const opened = await desk.event(1, 'channel_opened');
    expect(opened.body.name).toBe('inc-1-web-api-answers-500');
    channel = opened.body.channel;
    const card = await ana.read(channel, /not confirmed yet/);
    expect(wordsOf(card)).toMatch(/SEV2/);
    await ana.read(channel, /Architecture on one page/);
    await desk.hands.ben.read(channel, /SEV2/);
    await ana.read('incidents', /INC-1.*declared by/);
  });

  it('checks the workload: not ready, alive, the database refuses', async () => {
    const { ana } = desk.hands;
    await ana.command(channel, 'run check-workload');
    await ana.form(/Run a runbook/, { 'param:check-workload:workload': 'web-api' });
    const bad = await ana.read(channel, /0 of 2 ready/);
    expect(wordsOf(bad)).toMatch(/run without restarts and are not ready/);
    await ana.read(channel, /It cannot reach something it depends on/);
    const changes = (await desk.events(1, 'check_done')).find(({ body }) => body.step === 'changes');
    expect(changes?.body.says).toContain(BROKEN_IMAGE);
    const evidence = JSON.stringify(await desk.events(1, 'check_done'));
    expect(evidence).not.toContain('not-for-the-report');
  });

  it('traces the database, not the look-alike, and names the crash', async () => {
    const { ana } = desk.hands;
    await ana.press(channel, /Start check-patroni/);
    await ana.form(/Run a runbook/, { 'param:check-patroni:workload': 'web-api' });
    await ana.press(channel, /Yes, this is the target/, { words: /prod-patroni/ });
    const { target } = (await desk.event(1, 'target_confirmed')).body;
    expect(target).toMatchObject({ namespace: 'shop-prod', name: 'prod-patroni' });
    expect((await desk.events(1, 'target_proposed')).map(({ body }) => body.target.name)).toEqual([
      'prod-patroni',
    ]);
    const members = await ana.read(channel, /Leader prod-patroni-0/);
    expect(wordsOf(members)).toMatch(/prod-patroni-2/);
    const crash = wordsOf(await ana.read(channel, /ModuleNotFoundError/));
    expect(crash).toContain('prod-patroni-2 cannot start its image');
    expect(crash).toContain(BROKEN_IMAGE);
    expect(crash).toMatch(/exit code 1/);
    expect(crash).toContain("No module named 'yaml'");
    const trace = (await desk.events(1, 'check_done')).find(({ body }) => body.step === 'trace');
    expect(trace?.body.says).toMatch(/Used by nothing: crunchy-db-primary/);
    // What kubectl says of the same member.
    const status = JSON.parse(await cluster.kubectl('get', 'pod', 'prod-patroni-2', '-o', 'json'));
    expect(status.status.containerStatuses[0].lastState.terminated).toMatchObject({
      exitCode: 1,
      reason: 'Error',
    });
    expect(await cluster.kubectl('logs', 'prod-patroni-2', '--previous')).toMatch(
      /ModuleNotFoundError: No module named 'yaml'$/,
    );
  });

  it('starts the utility pod', async () => {
    const { ana } = desk.hands;
    expect(await replicas()).toBe('0');
    await ana.command(channel, 'run scale-utility-pod');
    await ana.form(/Run a runbook/, {
      'param:scale-utility-pod:deployment': 'utility',
      'param:scale-utility-pod:replicas': '1',
    });
    await ana.press(channel, /^Confirm$/, { words: /Scale utility from 0 to 1/ });
    await desk.event(1, 'verified');
    expect(await replicas()).toBe('1');
    const planned = (await desk.events(1, 'plan_made')).at(-1);
    expect(await operation()).toBe(planned?.body.operation);
    expect(
      await cluster.kubectl('get', 'pods', '-l', 'app=utility', '-o', 'jsonpath={.items[*].status.phase}'),
    ).toBe('Running');
  });

  it('dumps the database when a second person has approved, and pg_restore gives the same rows', async () => {
    const { ana, ben } = desk.hands;
    await ana.command(channel, 'run dump-db');
    await ana.form(/Run a runbook/, {
      'param:dump-db:pod': 'prod-patroni-0',
      'param:dump-db:database': 'app',
      'param:dump-db:reason': 'The image of a member is changed next.',
    });
    await ana.press(channel, /Ask for approval/);
    const asked = await ana.press(channel, /^Approve$/);
    expect(await desk.events(1, 'approved')).toEqual([]);
    expect(
      await cluster.kubectl('exec', 'prod-patroni-0', '--', 'sh', '-c', 'ls | grep -c dump || true'),
    ).toBe('0');
    const request = wordsOf(await ben.read(channel, /asks for your approval/));
    for (const who of ['ben', 'cleo'])
      expect(request).toContain(`<@${desk.slack.people.find(({ name }) => name === who)?.id}>`);
    expect(await ben.press(channel, /^Approve$/)).toBe(asked);
    expect((await desk.event(1, 'approved')).by.name).toBe('Ben Example');
    const made = (await desk.event(1, 'act_done', 1)).body;
    expect(made).toMatchObject({ outcome: 'made', step: 'dump' });
    expect((await desk.event(1, 'verified', 1)).body).toMatchObject({
      held: true,
      out: { readable: true, tables: 2 },
    });

    dumpPath = String(made.out?.path);
    expect(statSync(dumpPath).mode & 0o777).toBe(0o600);
    expect(made.out).toMatchObject({
      bytes: statSync(dumpPath).size,
      sha256: createHash('sha256').update(readFileSync(dumpPath)).digest('hex'),
    });
    await cluster.server.run('postgres', 'create database scratch');
    await pgRestore(cluster.server, 'scratch', dumpPath);
    const before = await contents(cluster.server, 'app');
    expect(before).toMatch(/^orders\|20000\|-?\d+\npeople\|500\|-?\d+$/);
    expect(await contents(cluster.server, 'scratch')).toBe(before);
  });

  it('is repaired by hand with the commands that were shown, and the bot verifies', async () => {
    const { ana, ben } = desk.hands;
    await ben.press(channel, /Start repair-by-hand/);
    await ben.form(/Run a runbook/, {
      'param:repair-by-hand:statefulset': 'prod-patroni',
      'param:repair-by-hand:member': 'prod-patroni-2',
    });
    await ben.press(channel, /Answer/);
    await ben.form(/Decide/, {
      'form:image': GOOD_IMAGE,
      'form:who': 'the platform person',
      reason: 'It ran here until today.',
    });
    const shown = wordsOf(await ana.read(channel, /kubectl -n shop-prod patch statefulset/));
    // patronictl is in no image here.
    const commands = shown
      .split('\n')
      .filter((line) => /^`*kubectl /.test(line) && !line.includes('patronictl'));
    expect(commands).toHaveLength(4);
    await cluster.repair(commands.map((line) => line.replace(/^`+|`+$/g, '')));
    await ben.press(channel, /Done by hand/, { words: /this is done by hand/ });
    expect((await desk.event(1, 'verified', 2)).body).toMatchObject({ held: true, step: 'repair' });
    expect(
      await cluster.kubectl('get', 'pod', 'prod-patroni-2', '-o', 'jsonpath={.spec.containers[0].image}'),
    ).toBe(GOOD_IMAGE);
  });

  it('takes notes by command, pushpin and shortcut', async () => {
    const { ana, ben } = desk.hands;
    await ana.command(channel, 'note ruled out: the network, both nodes reach the database');
    const said = ana.actor.say(
      channel,
      'The new image was rolled out at nine & only the last member got it.',
    );
    ben.actor.react(channel, said, 'pushpin');
    const other = ben.actor.say(channel, 'Orders work again for me.');
    expect(await ana.actor.messageShortcut(shortcuts.keepMessage, channel, other)).toMatchObject({
      ok: true,
    });
    await desk.event(1, 'note_added', 2);
    const notes = await desk.events(1, 'note_added');
    expect(
      notes.map(({ body }) => `${body.kind}: ${body.text}`).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual([
      'note: Orders work again for me.',
      'note: The new image was rolled out at nine & only the last member got it.',
      'ruled-out: the network, both nodes reach the database',
    ]);
    await ana.command(channel, 'status cause found');
    await desk.event(1, 'status_changed');
  });

  it('lists what is left, deletes the dump and stops the utility pod', async () => {
    const { ana } = desk.hands;
    await ana.command(channel, 'left');
    const list = await ana.read(channel, /Left behind: 2/);
    expect(wordsOf(list)).toContain(dumpPath);
    expect(wordsOf(list)).toMatch(/utility runs 1 instead of 0/);

    const gone = (count: number) =>
      waitUntil(`${count} of what was left are gone`, async () => {
        const settled = await desk.events(1, 'loose_end_settled');
        return settled.filter(({ body }) => body.state === 'gone').length === count;
      });
    await takeBack(ana, channel, /dump/);
    await waitUntil('the dump is deleted', () => !existsSync(dumpPath), { seconds: 30 });
    await gone(1);
    expect(existsSync(`${dumpPath}.sha256`)).toBe(false);
    expect(
      await cluster.kubectl('exec', 'prod-patroni-0', '--', 'sh', '-c', 'ls | grep dump || echo none'),
    ).toBe('none');

    const upOperation = await operation();
    await takeBack(ana, channel, /utility runs 1/);
    await gone(2);
    expect(await replicas()).toBe('0');
    expect(await operation()).not.toBe(upOperation);
    await waitUntil(
      'its pod is gone',
      async () => (await cluster.kubectl('get', 'pods', '-l', 'app=utility', '-o', 'name')) === '',
    );
  });

  it('resolves; the report arrives as a file; closes', async () => {
    const { ana } = desk.hands;
    const after = ana.last(channel);
    await ana.command(channel, 'resolve');
    await ana.form(/Resolve/, { summary: 'The member got the image from before.' });
    await desk.event(1, 'resolved');
    const draft = await fileIn(desk, channel, /\.md$/, after);
    expect(read(draft.text).problems).toEqual([]);
    await decideTheRest(ana, channel, after);
    const beforeClose = ana.last(channel);
    await ana.command(channel, 'close');
    await desk.event(1, 'closed');
    const final = await fileIn(desk, channel, /\.md$/, beforeClose);
    pir = final.text;
  });

  it('has a report with the facts', () => {
    expect(read(pir).problems).toEqual([]);
    for (const fact of [
      'INC-1',
      'Europe/Berlin',
      'prod-patroni',
      "ModuleNotFoundError: No module named 'yaml'",
      'prod-patroni-2',
      BROKEN_IMAGE,
      GOOD_IMAGE,
      dumpPath,
      'Ben Example',
      'Ana Example',
      'crunchy-db-primary',
      'the network, both nodes reach the database',
      'Orders work again for me.',
      'The member got the image from before.',
    ])
      expect(pir.replaceAll('\\', ''), fact).toContain(fact);
    expect(pir).toMatch(/exit code `?1`?/);
    expect(pir).not.toContain('not-for-the-report');
    const file = inProject('docs/examples/real-systems-pir.md');
    if (process.env.HANDRAIL_WRITE_EXAMPLES === '1') writeFileSync(file, pir);
    const example = readFileSync(file, 'utf8');
    expect(outlineOf(pir)).toEqual(outlineOf(example));
    expect(changesOf(pir)).toEqual(changesOf(example));
  });

  it('asked the cluster for nothing that handrail rbac does not print', async () => {
    const asked = await askedBy(cluster.plane, cluster.user);
    expect(asked.length).toBeGreaterThan(50);
    expect(asked.filter(({ allowed }) => !allowed)).toEqual([]);
    // Only the snapshot at the start of the incident looks at these.
    expect(asked.map(({ what }) => what)).toContain('list /serviceaccounts');
    const { rows } = await desk.store.pool.query(
      'select body is not null as kept from snapshots where incident = 1',
    );
    expect(rows).toEqual([{ kept: true }]);
  });

  it('leaves an unbroken record and a quiet log', async () => {
    await desk.settled();
    expect(await brokenAt(desk.store.pool, 1)).toBeUndefined();
    await desk.bellsWent();
    expect(desk.bot.complaints()).toEqual([]);
    expect(await desk.events(1, 'slack_failed')).toEqual([]);
    const undelivered = desk.slack.log.deliveries.filter(({ outcome }) => outcome !== 'acked');
    expect(undelivered).toEqual([]);
    // Slack may ask to wait, a form may be closed, a person may be there already; nothing else was refused.
    const expected = new Set(['ok', 'ratelimited', 'already_in_channel', 'not_found', 'hash_conflict']);
    const refused = desk.slack.log.calls.filter(({ answer }) => !expected.has(answer));
    expect(refused.map(({ method, answer }) => `${method}: ${answer}`)).toEqual([]);
  });
});
