/** DeploymentConfigs through the actions, as a kind of the same shape on a real API server; not OpenShift itself. */
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { beforeAll, expect, it } from 'vitest';
import { actionNamed } from '../../../src/actions/index.ts';
import { neededRights } from '../../../src/actions/needed-rights.ts';
import { choicesFor } from '../../../src/perform/choices.ts';
import type { Worker } from '../../../src/perform/worker.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { failure, happened, plan, reachOf, read, run } from './call.ts';
import {
  addDeploymentConfigs,
  configPod,
  deploymentConfig,
  makeConfig,
  readConfig,
  setStatus,
} from './deployment-configs.ts';
import { named, useStage } from './stage.ts';

const shop = { workload: 'shop', kind: 'deploymentconfig' };

describeWith(['controlPlane'], 'a DeploymentConfig', () => {
  const stage = useStage();
  const ask = <T = Record<string, unknown>>(name: string, params: object = {}) =>
    read<T>(named(name), stage.admin, { ...shop, ...params });
  const choices = async () => {
    const worker = {
      reach: reachOf(stage.admin.kubeconfig),
      log: { debug: () => undefined },
    } as unknown as Worker;
    const param = { type: 'k8s/deploymentconfig', label: 'Which?', required: true } as const;
    return (await choicesFor(worker, param, { namespace: 'default' }, undefined)).map(({ value }) => value);
  };
  const absent: string[] = [];

  beforeAll(async () => {
    await stage.plane.addKubelet({ name: 'node-a' });
    // Before the kind is there: what a cluster that is no OpenShift answers.
    for (const name of [
      'k8s.workload',
      'k8s.replicas',
      'k8s.env',
      'k8s.probes',
      'k8s.image-by-pod',
      'k8s.logs',
    ]) {
      const params = { 'k8s.env': { name: 'MODE' }, 'k8s.logs': { lines: 5 } }[name] ?? {};
      absent.push((await failure(ask(name, params))).says);
    }
    absent.push((await failure(plan(named('k8s.restart'), stage.admin, shop))).says);
    expect(await choices()).toEqual([]);
    const { kubeconfig } = stage.admin;
    await addDeploymentConfigs(kubeconfig);
    await makeConfig(kubeconfig, deploymentConfig('shop'));
    await makeConfig(kubeconfig, deploymentConfig('manual', 'triggers: []'));
    await makeConfig(kubeconfig, deploymentConfig('held', 'paused: true'));
    await stage.make(`${configPod('shop', 'shop-1-abcde')}---${configPod('shop', 'shop-x', 'ReplicaSet', 'shop-5d4')}
---
apiVersion: v1
kind: Service
metadata: { name: keeps-endpoints, namespace: default }
spec: { ports: [{ port: 5432 }] }`);
    const core = (() => {
      const one = new KubeConfig();
      one.loadFromFile(kubeconfig);
      return one.makeApiClient(CoreV1Api);
    })();
    const about = (kind: string, name: string, reason: string) =>
      core.createNamespacedEvent({
        namespace: 'default',
        body: {
          metadata: { name: `${name}.${reason.toLowerCase()}`, namespace: 'default' },
          involvedObject: { kind, name, namespace: 'default' },
          type: 'Warning',
          reason,
          message: `about ${name}`,
          lastTimestamp: new Date(),
        },
      });
    await about('ReplicationController', 'shop-1', 'FailedCreate');
    await about('Pod', 'shop-2-deploy', 'Failed');
    await about('Pod', 'shopping-1-abcde', 'Unhealthy');
    await setStatus(kubeconfig, 'shop', {
      replicas: 1,
      readyReplicas: 1,
      updatedReplicas: 1,
      latestVersion: 1,
    });
    await waitUntil('its pod is ready', async () => (await ask('k8s.workload'))['ready'] === 1);
  });

  it('is not there where the cluster has no such kind, and that is said', () => {
    for (const says of absent) expect(says).toMatch(/^This cluster has no DeploymentConfigs\./);
    expect(absent).toHaveLength(7);
  });

  it('that is not there is another answer', async () => {
    const error = await failure(read(named('k8s.replicas'), stage.admin, { ...shop, workload: 'none' }));
    expect(error.says).toMatch(/^Not found while reading deploymentconfig none/);
    expect(
      (await failure(read(named('k8s.logs'), stage.admin, { workload: 'shop', lines: 5 }))).says,
    ).toContain('kind: deploymentconfig');
  });

  it('is looked at: its pods come through ReplicationControllers', async () => {
    expect(await ask('k8s.replicas')).toEqual({ desired: 1, ready: 1 });
    const seen = await ask<{ pods: { name: string }[]; warnings: string[]; unknowns: string[] }>(
      'k8s.workload',
    );
    expect(seen).toMatchObject({
      desired: 1,
      ready: 1,
      image: 'registry.example.org/shop:1',
      nodes: ['node-a'],
    });
    expect(seen.pods.map(({ name }) => name)).toEqual(['shop-1-abcde']);
    expect(seen.warnings.toSorted()).toEqual([
      'Failed, pod shop-2-deploy: about shop-2-deploy',
      'FailedCreate, replicationcontroller shop-1: about shop-1',
    ]);
    expect(await ask('k8s.image-by-pod')).toMatchObject({
      template: [{ container: 'main', image: 'registry.example.org/shop:1' }],
      pods: [{ pod: 'shop-1-abcde', differs: false }],
      count: 1,
    });
    expect(await ask('k8s.probes')).toMatchObject({ found: true, timeout_seconds: 2, complete: true });
    expect(await ask('k8s.env', { name: 'MODE' })).toMatchObject({ set: true, value: 'fast' });
    expect(await ask('k8s.update-strategy')).toMatchObject({
      type: 'Rolling',
      max_surge: '25%',
      updated: 1,
      complete: true,
    });
    await waitUntil('its log is there', async () =>
      String((await ask('k8s.logs', { lines: 5 }))['text']).includes('serving'),
    );
  });

  it('is traced to its database, and so are the others of its kind', async () => {
    expect(await ask('k8s.trace-database')).toMatchObject({
      found: true,
      host: 'keeps-endpoints',
      shared_with: ['held', 'manual'],
    });
  });

  it('is a choice in a form', async () => {
    expect(await choices()).toEqual(['held', 'manual', 'shop']);
  });

  it('is scaled, once, bound to what was read; and back', async () => {
    const scale = named('k8s.scale');
    const up = { ...shop, replicas: 3, expect: { replicas: 1 } };
    const made = await plan(scale, stage.admin, up);
    expect(made).toMatchObject({
      target: { kind: 'DeploymentConfig', namespace: 'default', name: 'shop' },
      changes: [{ field: 'replicas', before: '1', after: '3' }],
    });
    const call = { ...stage.admin, operation: 'op-scale' };
    expect(await happened(scale, call, up, made)).toBe('not made');
    expect(await run(scale, call, up, made)).toEqual({ replicas: 3 });
    expect(await happened(scale, call, up, made)).toBe('made');
    expect((await failure(run(scale, { ...call, operation: 'op-late' }, up, made))).planChanged).toBe(true);
    const back = made.undo ?? {};
    expect(await run(scale, stage.admin, back, await plan(scale, stage.admin, back))).toEqual({
      replicas: 1,
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['k8s.set-env', { name: 'MODE', value: 'slow' }, { set: true }],
    ['k8s.set-probe-timeout', { seconds: 9 }, { seconds: 9 }],
  ])('is changed by %s, and back', async (name, params, gives) => {
    const action = named(name);
    const asked = { ...shop, ...params };
    const made = await plan(action, stage.admin, asked);
    expect(made.target.kind).toBe('DeploymentConfig');
    expect(made.notes.join('\n')).toContain('replaced one after another');
    const call = { ...stage.admin, operation: `op-${name}` };
    expect(await run(action, call, asked, made)).toEqual(gives);
    expect(await happened(action, call, asked, made)).toBe('made');
    // Until its controller has seen it, it is not complete.
    expect(await ask('k8s.update-strategy')).toMatchObject({ complete: false });
    const back = made.undo ?? {};
    await run(action, stage.admin, back, await plan(action, stage.admin, back));
    const container = {
      env: [{ name: 'MODE', value: 'fast' }, { name: 'DB_HOST' }],
      readinessProbe: { timeoutSeconds: 2 },
    };
    expect(await readConfig(stage.admin.kubeconfig, 'shop')).toMatchObject({
      spec: { template: { spec: { containers: [container] } } },
    });
  });

  it('is restarted by its template where that rolls out by itself, else it is said how', async () => {
    const restart = named('k8s.restart');
    const made = await plan(restart, stage.admin, shop);
    const call = { ...stage.admin, operation: 'op-restart' };
    const { restarted_at: at } = await run<{ restarted_at: string }>(restart, call, shop, made);
    expect(await happened(restart, call, shop, made)).toBe('made');
    expect(await ask('k8s.update-strategy')).toMatchObject({ restarted_at: at });
    const manual = await failure(plan(restart, stage.admin, { ...shop, workload: 'manual' }));
    expect(manual.says).toContain(
      'has no ConfigChange trigger: it takes the change and replaces no pod. Roll it out by hand: oc -n default rollout latest deploymentconfig/manual',
    );
    const held = await failure(plan(restart, stage.admin, { ...shop, workload: 'held' }));
    expect(held.says).toContain('oc -n default rollout resume deploymentconfig/held');
    const env = { ...shop, workload: 'manual', name: 'MODE', value: 'slow' };
    expect((await plan(named('k8s.set-env'), stage.admin, env)).notes.join('\n')).toContain(
      'oc rollout latest',
    );
  });

  it('is done by hand with the client that knows it', () => {
    const lines = (name: string, params: object = {}) =>
      named(name)
        .byHand({ ...shop, ...params }, 'default')
        .join('\n');
    expect(lines('k8s.restart')).toContain('oc -n default rollout latest deploymentconfig/shop');
    expect(lines('k8s.set-env', { name: 'A', value: 'b' })).toContain(
      'oc -n default set env deploymentconfig/shop A=b',
    );
    expect(lines('k8s.logs', { lines: 5 })).toContain('oc -n default logs deploymentconfig/shop --tail=5');
  });

  it('needs a right of its own only where a runbook is about one', () => {
    const rules = (uses: string, args: Record<string, string>) =>
      neededRights([{ kind: 'call', at: { runbook: 'r', where: 's' }, uses, with: args }], actionNamed, [])
        .rules.filter(({ group }) => group === 'apps.openshift.io')
        .map(({ verbs, names, optional }) => `${verbs.join(',')} ${names?.join(',') ?? 'any'} ${optional}`);
    expect(rules('k8s.replicas', { workload: 'shop' })).toEqual([]);
    expect(rules('k8s.logs', { workload: 'shop', lines: '5' })).toEqual([]);
    expect(rules('k8s.trace-database', { workload: 'shop' })).toEqual([]);
    expect(rules('k8s.replicas', shop)).toEqual(['get shop true']);
    expect(rules('k8s.scale', shop)).toEqual(['get,patch shop true']);
    expect(rules('k8s.logs', { ...shop, lines: '5' })).toEqual(['get shop true']);
    expect(rules('k8s.trace-database', shop)).toEqual(['get shop true', 'list any true']);
  });
});
