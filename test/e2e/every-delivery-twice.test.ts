// Every delivery made twice, over Socket Mode, on real systems: the record and the world are those of one delivery.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { brokenAt } from '../../src/store/read.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { describeWith } from '../support/requirements.ts';
import { type Desk, fileIn, startDesk, writeAftermath } from './desk.ts';
import { type ClusterInTrouble, startClusterInTrouble } from './real-cluster.ts';

interface Told {
  /** How many events of each type. */
  readonly counts: Readonly<Record<string, number>>;
  /** By how much the deployment's generation grew: one for each change of what is wanted. */
  readonly changes: number;
  readonly dumps: number;
  readonly files: number;
  readonly answers: number;
}

describeWith(['controlPlane', 'kubectl', 'postgres', 'pgClient'], 'every delivery made twice', () => {
  let cluster: ClusterInTrouble;
  let desk: Desk;
  let channel = '';

  beforeAll(async () => {
    cluster = await startClusterInTrouble();
    desk = await startDesk({ kubeconfig: cluster.kubeconfig, mode: 'socket' });
  }, 180_000);
  afterAll(async () => {
    if (desk) await writeAftermath(desk, channel, process.env.HANDRAIL_AFTERMATH);
    await desk?.stop();
    await cluster?.stop();
  }, 60_000);

  const generation = async () =>
    Number(await cluster.kubectl('get', 'deployment/utility', '-o', 'jsonpath={.metadata.generation}'));
  const dumps = () =>
    cluster.kubectl('exec', 'prod-patroni-0', '--', 'sh', '-c', 'ls | grep -c "dump$" || true');

  async function told(incident: number): Promise<Told> {
    const { ana, ben } = desk.hands;
    const before = await generation();
    const deliveries = desk.slack.log.deliveries.length;
    await ana.command('incidents', `start web-api is slow again`);
    await ana.form(/Declare/, { system: 'Web API' });
    channel = (await desk.event(incident, 'channel_opened')).body.channel;
    await ana.read(channel, /not confirmed yet/);

    await ana.command(channel, 'run scale-utility-pod');
    await ana.form(/Run a runbook/, { 'param:scale-utility-pod:deployment': 'utility' });
    await ana.press(channel, /^Confirm$/, { words: /Scale utility from 0 to 1/ });
    await desk.event(incident, 'run_ended', 0);

    await ana.command(channel, 'run dump-db');
    await ana.form(/Run a runbook/, {
      'param:dump-db:pod': 'prod-patroni-0',
      'param:dump-db:database': 'app',
      'param:dump-db:reason': 'Before anything is changed.',
    });
    await ana.press(channel, /Ask for approval/);
    await ben.press(channel, /^Approve$/);
    await desk.event(incident, 'run_ended', 1);
    const path = String((await desk.events(incident, 'act_done')).at(-1)?.body.out?.path);
    expect(existsSync(path)).toBe(true);
    const count = Number(await dumps());

    await ana.command(channel, 'note seen twice at most');
    const message = ben.actor.say(channel, 'It is slow since nine.');
    ana.actor.react(channel, message, 'pushpin');
    await desk.event(incident, 'note_added', 1);

    const undone = [
      { run: /`dump-db @/, plan: /Undo.*Dump app/, verified: 2 },
      { run: /`scale-utility-pod @/, plan: /Undo.*Scale utility/, verified: 3 },
    ];
    for (const { run, plan, verified } of undone) {
      const after = ana.last(channel);
      await ana.press(channel, /^Undo step/, { words: run });
      await ana.press(channel, /^Confirm$/, { words: plan, after });
      await desk.event(incident, 'verified', verified);
    }
    expect(existsSync(path)).toBe(false);
    const settled = (one: { body: { state: string } }) => one.body.state === 'gone';
    await waitUntil(
      'both are gone',
      async () => (await desk.events(incident, 'loose_end_settled')).filter(settled).length === 2,
    );

    const last = ana.last(channel);
    await ana.command(channel, 'resolve');
    await ana.form(/Resolve/, { summary: 'It went away.' });
    await desk.event(incident, 'report_posted');
    await fileIn(desk, channel, /\.md$/, last);
    await desk.settled();
    const events = await desk.store.events(incident);
    const counts: Record<string, number> = {};
    for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
    expect(await brokenAt(desk.store.pool, incident)).toBeUndefined();
    const files = [...desk.slack.state.files.values()].filter(
      (file) => file.complete && file.name.startsWith(`inc-${incident}-`),
    );
    return {
      counts,
      changes: (await generation()) - before,
      dumps: count,
      files: files.length,
      answers: desk.slack.log.deliveries.length - deliveries,
    };
  }

  it('gives the same record and the same changes', { timeout: 240_000 }, async () => {
    const once = await told(1);
    desk.slack.faults.duplicateDeliveries(true);
    const twice = await told(2);
    desk.slack.faults.clear();
    expect(once).toMatchObject({ changes: 2, dumps: 1, files: 1 });
    expect(twice.answers).toBeGreaterThan(once.answers * 1.8);
    expect(twice).toEqual({ ...once, answers: twice.answers });
    expect(desk.slack.log.deliveries.filter(({ outcome }) => outcome !== 'acked')).toEqual([]);
    expect(desk.bot.complaints()).toEqual([]);
  });
});
