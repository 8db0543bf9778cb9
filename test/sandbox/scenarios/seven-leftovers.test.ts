// What the first reported incident left behind, all seven things: by the bot's own buttons, and by people beside it.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceOf } from '../../../sandbox/cluster/api/resources.ts';
import type { Workload } from '../../../sandbox/cluster/api/wire.ts';
import { seeThrough } from '../../../sandbox/responder/deciding.ts';
import { type Hands, handsOf, wordsOf } from '../../../sandbox/responder/hands.ts';
import { declare } from '../../../sandbox/responder/script.ts';
import { takeBack } from '../../../sandbox/responder/taking-back.ts';
import { ask, run } from '../../../sandbox/responder/typing.ts';
import { openSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import type { PidpPlan } from '../../../sandbox/scenarios/pidp/plan.ts';
import { pidpPatroni } from '../../../sandbox/scenarios/pidp-patroni.ts';
import type { Bodies } from '../../../src/incidents/events.ts';
import { ask as askCluster, MERGE } from '../../contract/asking.ts';
import { bellsForBot } from '../../support/bells.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { testServer } from '../../support/database.ts';
import { eventsIn, ZONE } from './played.ts';

/** In this one nothing is broken: all that happens is what people do. */
const SEED = 7;
const HELPER = 'dora@example.org';
const IMAGE = 'docker.io/metabase/metabase:v0.48.0';
const PULL_SECRET = 'platform-artifacts';

describe('the seven leftovers', () => {
  const home = mkdtempSync(join(tmpdir(), 'handrail-seven-'));
  let sandbox: Sandbox<PidpPlan>;
  let plan: PidpPlan;
  let ana: Hands;
  let ben: Hands;
  let channel = '';
  const say = () => undefined;

  beforeAll(async () => {
    sandbox = await openSandbox({
      scenario: pidpPatroni,
      seed: SEED,
      profile: 'default',
      port: 0,
      home,
      zone: ZONE,
      stepMs: 40,
      rateLimits: 'off',
      server: await testServer(),
      say,
      ...(await bellsForBot({ shortLeases: false })),
    });
    plan = sandbox.plan;
    ana = handsOf(sandbox.slack, 'ana', 60_000);
    ben = handsOf(sandbox.slack, 'ben', 60_000);
  });
  afterAll(async () => {
    await sandbox?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const bodies = async <T extends keyof Bodies>(type: T): Promise<Bodies[T][]> =>
    (await eventsIn(sandbox.databaseUrl)).flatMap((event) =>
      event.type === type ? [event.body as Bodies[T]] : [],
    );
  const see = async (runbook: string, params: Record<string, string>, title: string, second?: Hands) => {
    const after = await run(ana, channel, runbook, params);
    await seeThrough(ana, { channel, title, after, say, ...(second ? { second } : {}) });
  };
  const byHand = async (method: string, path: string, body: unknown, manager: string) => {
    const config = new KubeConfig();
    config.loadFromString(sandbox.world.cluster.kubeconfig);
    const type = method === 'PATCH' ? MERGE : 'application/json';
    const said = await askCluster(config, method, `${path}?fieldManager=${manager}`, body, type);
    expect(said.code, JSON.stringify(said.body)).toBeLessThan(300);
  };
  /** What waits for somebody, by the incident's own record. */
  const left = async () => {
    const ends = new Map<string, { title: string; source?: string; sensitivity?: string; state: string }>();
    for (const event of await eventsIn(sandbox.databaseUrl)) {
      if (event.type === 'loose_end_opened') ends.set(event.body.id, { ...event.body });
      const end = event.type === 'loose_end_settled' ? ends.get(event.body.id) : undefined;
      if (end && event.type === 'loose_end_settled') end.state = event.body.state;
    }
    return [...ends.values()].filter(({ state }) => state === 'open');
  };

  it('come about: two by hand, beside the bot, which is told nothing of them', async () => {
    const { namespace } = plan;
    const api = 'rbac.authorization.k8s.io';
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const login = Buffer.from('{"auths":{"artifacts.example.org":{"auth":"cDpx"}}}').toString('base64');
    await byHand(
      'POST',
      secrets,
      {
        metadata: { name: PULL_SECRET },
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': login },
      },
      'kubectl-create',
    );
    await declareIt();
    // Somebody made admin, and another image for the reports: nobody tells the bot.
    await byHand(
      'POST',
      `/apis/${api}/v1/namespaces/${namespace}/rolebindings`,
      {
        metadata: { name: 'on-call-admin' },
        roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'admin' },
        subjects: [{ apiGroup: api, kind: 'User', name: HELPER }],
      },
      'kubectl-create',
    );
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${plan.reports}`;
    const reports = sandbox.world.cluster.store.get<Workload>(
      resourceOf('Deployment'),
      namespace,
      plan.reports,
    );
    const containers = reports?.spec.template.spec.containers.map((one) => ({ ...one, image: IMAGE }));
    await byHand('PATCH', path, { spec: { template: { spec: { containers } } } }, 'kubectl-set');
  });

  async function declareIt() {
    channel = await declare(ana, { slack: sandbox.slack, patienceMs: 60_000 }, `${plan.api} is slow`, {
      severity: 'SEV2',
      system: plan.api,
      noticed: 'Reports time out',
      since: 'now',
    });
    ben.actor.join(channel);
    await waitUntil('the snapshot of the declaration is kept', () =>
      /a snapshot of the namespace is kept/.test(readFileSync(sandbox.logFile, 'utf8')),
    );
  }

  it('four more by the bot: timeouts, a pull secret, the utility deployment, a dump', async () => {
    await see(
      'raise-probe-timeout',
      { workload: plan.api, seconds: '30' },
      `Set the readiness timeout of ${plan.api} to 30 s`,
    );
    await see(
      'add-pull-secret',
      { account: plan.used.name, secret: PULL_SECRET },
      `Add ${PULL_SECRET} to ${plan.used.name}`,
    );
    await see('scale-utility-pod', { deployment: plan.utility }, `Scale ${plan.utility} from 0 to 1`);
    const leader = plan.used.members[plan.used.leader]?.name ?? '';
    await see(
      'dump-db',
      { pod: leader, database: plan.database, reason: 'Before anything risky is done' },
      `Dump ${plan.database} from ${leader}`,
      ben,
    );
    // And the database that nobody uses, for which there is no button.
    await ana.command(channel, `follow-up Decide which of ${plan.used.name} and ${plan.unused.name} goes`);
  });

  it('are on the list at the resolve, two of them found only by the comparison', async () => {
    await ask(ana, channel, 'resolve', /resolve/i, { summary: 'It was the reports.' });
    await waitUntil(
      'it was compared',
      async () => (await bodies('difference_found')).length + (await bodies('difference_failed')).length > 0,
    );
    expect(await bodies('difference_failed')).toEqual([]);
    const [found] = await bodies('difference_found');
    expect(found).toMatchObject({ questions: 2, notChecked: [] });
    const ends = await left();
    expect(ends.map(({ source, sensitivity }) => [source, sensitivity])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, 'personal-data'],
      ['diff', undefined],
      ['diff', 'access'],
    ]);
    const [timeout, utility, dump, image, admin] = ends.map(({ title }) => title);
    expect(timeout).toBe(`The readiness timeout of ${plan.api} is 30 s instead of 1 s`);
    expect(utility).toBe(`${plan.utility} runs 1 instead of 0`);
    expect(dump).toContain(`Database dump of ${plan.database}`);
    expect(image).toMatch(
      new RegExp(
        `^Nobody recorded this: Deployment ${plan.reports}: image .*, is ${IMAGE}, at about .* with kubectl-set`,
      ),
    );
    expect(admin).toMatch(
      /^Nobody recorded this: RoleBinding on-call-admin was made: role ClusterRole admin,/,
    );
    const kept = (await bodies('follow_up_added')).map(({ text }) => text);
    expect(kept).toEqual([
      `Put the pull secret ${PULL_SECRET} of service account ${plan.used.name} into its manifest`,
      `Decide which of ${plan.used.name} and ${plan.unused.name} goes`,
    ]);
    const list = await ana.read(channel, /Left behind: 5/);
    for (const words of [timeout, utility, dump, admin, ...kept])
      expect(wordsOf(list)).toContain(words?.slice(0, 60));
    // Nothing of it, and nobody's address, is told as more than it is.
    expect(JSON.stringify(ends)).not.toContain(HELPER);
  });

  it('block the close: access, personal data, timeouts; the dump has to be gone', async () => {
    const refused = async () => {
      const before = ana.actor.ephemerals(channel).length;
      await ana.command(channel, 'close');
      return await waitUntil('the close is answered', () =>
        JSON.stringify(ana.actor.ephemerals(channel).slice(before)).slice(2),
      );
    };
    const words = await refused();
    for (const part of ['on-call-admin', 'Database dump', 'readiness timeout']) expect(words).toContain(part);
    await ana.command(channel, 'left keep rest Goes into git tomorrow.');
    expect((await left()).map(({ sensitivity }) => sensitivity)).toEqual(['personal-data', 'access']);
    expect(await refused()).toContain('cannot be closed yet');

    const leader = plan.used.members[plan.used.leader]?.name ?? '';
    await takeBack(ana, channel, {
      what: /database dump/i,
      title: `Dump ${plan.database} from ${leader}`,
      say,
    });
    const files = readdirSync(sandbox.world.cluster.folder, { recursive: true }) as string[];
    expect(files.filter((file) => /\.dump/.test(file))).toEqual([]);
    expect(await refused()).toContain('on-call-admin');

    // Taken away by hand, as it was given: the next look sees it.
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${plan.namespace}/rolebindings/on-call-admin`;
    await byHand('DELETE', path, undefined, 'kubectl');
    await ana.command(channel, 'left');
    await waitUntil('it is as it was again', async () => (await left()).length === 0);
    await ana.command(channel, 'close');
    await waitUntil('it is closed', async () => (await bodies('closed')).length === 1);
  });
});
