// A terminal without Slack on real input: kube-apiserver with controllers and PostgreSQL, read and planned by `handrail`.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { describeWith } from '../support/requirements.ts';
import { inProject, type TerminalWorld, terminalWorld } from '../support/terminal-world.ts';
import { BROKEN_IMAGE, NAMESPACE } from './manifests.ts';
import { type ClusterInTrouble, startClusterInTrouble } from './real-cluster.ts';

const HANDRAIL = ['--disable-warning=ExperimentalWarning', inProject('src/cli/main.ts')];

describeWith(['controlPlane', 'kubectl', 'postgres', 'pgClient'], 'a terminal on real systems', () => {
  let cluster: ClusterInTrouble;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let terminal: TerminalWorld;

  beforeAll(async () => {
    [cluster, database] = await Promise.all([startClusterInTrouble(), freshDatabase(migrated)]);
    terminal = terminalWorld({ databaseUrl: database.url, kubeconfig: cluster.kubeconfig });
  }, 180_000);
  afterAll(async () => {
    terminal?.remove();
    await cluster?.stop();
    await database?.drop();
  }, 60_000);

  const handrail = (...args: string[]) => terminal.start([...HANDRAIL, ...args]).ended;
  const replicas = () => cluster.kubectl('get', 'deployment/utility', '-o', 'jsonpath={.spec.replicas}');

  it('check-patroni finds the database, its leader and the member that crashes: 1', async () => {
    const { code, out, err } = await handrail(
      'runbook',
      'run',
      'check-patroni',
      '-p',
      'workload=web-api',
      '-n',
      NAMESPACE,
    );
    expect(code, `${out}\n${err}`).toBe(1);
    expect(out).toContain('Leader prod-patroni-0');
    expect(out).toContain('prod-patroni-2 cannot start its image');
    expect(out).toContain(BROKEN_IMAGE);
    expect(out).toContain("No module named 'yaml'");
    expect(out).not.toContain('\x1b');
  });

  it('plan shows the first change, makes none, and ends with 0', async () => {
    expect(await replicas()).toBe('0');
    const { code, out, err } = await handrail('runbook', 'plan', 'scale-utility-pod', '-n', NAMESPACE);
    expect(code, `${out}\n${err}`).toBe(0);
    expect(out).toMatch(/replicas: 0 -> 1/);
    expect(out).toContain('Only the plan was asked for: nothing was changed.');
    expect(await replicas()).toBe('0');
  });

  it('a change with nobody to ask is left as it is: 3', async () => {
    const { code, out } = await handrail('runbook', 'run', 'scale-utility-pod', '-n', NAMESPACE);
    expect(code).toBe(3);
    expect(out).toMatch(/INC-\d+ waits for a person at: /);
    expect(await replicas()).toBe('0');
  });
});
