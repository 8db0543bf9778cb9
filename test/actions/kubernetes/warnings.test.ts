/** `k8s.events` on a real API server: folded by reason, newest first, of a workload or of the namespace, redacted. */
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.ts';
import { failure, read } from './call.ts';
import { addDeploymentConfigs, configPod, deploymentConfig, makeConfig } from './deployment-configs.ts';
import { named, useStage } from './stage.ts';
import { WORLD } from './template-world.ts';

interface Found {
  events: { reason: string; count: number; newest: string; objects: string[]; more: number; says: string }[];
  count: number;
  reasons: string[];
  says: string;
}

describeWith(['controlPlane'], 'events', () => {
  const stage = useStage();
  const start = Date.now();
  const ago = (minutes: number) => new Date(start - minutes * 60_000);
  const ask = (params: object = {}) => read<Found>(named('k8s.events'), stage.admin, { ...params });

  beforeAll(async () => {
    await stage.make(WORLD);
    await addDeploymentConfigs(stage.admin.kubeconfig);
    await makeConfig(stage.admin.kubeconfig, deploymentConfig('shop'));
    await stage.make(configPod('shop', 'shop-1-abcde'));
    const config = new KubeConfig();
    config.loadFromFile(stage.admin.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    let number = 0;
    const happens = (
      object: string,
      reason: string,
      minutes: number,
      more: { message?: string; count?: number; type?: string } = {},
    ) => {
      const [kind = '', name = ''] = object.split(' ');
      const { message = `${reason} of ${name}`, count = 1, type = 'Warning' } = more;
      const metadata = { name: `event-${++number}`, namespace: 'default' };
      const involvedObject = { kind, name, namespace: 'default' };
      const body = { metadata, involvedObject, type, reason, message, count, lastTimestamp: ago(minutes) };
      return core.createNamespacedEvent({ namespace: 'default', body });
    };
    await happens('Pod web-5d4f8b9c7d-abcde', 'Unhealthy', 30, { count: 12 });
    await happens('Pod web-5d4f8b9c7d-fghij', 'Unhealthy', 5, {
      count: 3,
      message: 'Readiness probe failed: postgres://app:hunter2-planted@db/app',
    });
    await happens('ReplicaSet web-5d4f8b9c7d', 'FailedCreate', 2);
    await happens('Pod held-5d4f8b9c7d-abcde', 'BackOff', 1, { count: 40 });
    await happens('Deployment web', 'ScalingReplicaSet', 1, { type: 'Normal' });
    await happens('Deployment web', 'Old', 90);
    await happens('StatefulSet manual', 'FailedCreate', 20);
    await happens('ReplicationController shop-1', 'FailedRetry', 4);
    for (let at = 0; at < 7; at++) await happens(`Pod many-${at}`, 'FailedScheduling', 40 + at);
  });

  it('of the namespace are one entry for each reason, the newest first', async () => {
    const found = await ask();
    expect(found.reasons).toEqual([
      'BackOff',
      'FailedCreate',
      'FailedRetry',
      'Unhealthy',
      'FailedScheduling',
    ]);
    expect(found.count).toBe(40 + 2 + 1 + 15 + 7);
    expect(found.says).toBe(
      'BackOff (40 x), FailedCreate (2 x), FailedRetry (1 x), Unhealthy (15 x), FailedScheduling (7 x)',
    );
    const [, created, , unhealthy, scheduling] = found.events;
    expect(created).toMatchObject({ objects: ['replicaset web-5d4f8b9c7d', 'statefulset manual'], more: 0 });
    expect(unhealthy?.objects).toEqual(['pod web-5d4f8b9c7d-fghij', 'pod web-5d4f8b9c7d-abcde']);
    // Times are kept by the second.
    expect(Date.parse(unhealthy?.newest ?? '')).toBe(Math.floor(ago(5).getTime() / 1000) * 1000);
    expect(unhealthy?.says).toMatch(/^Readiness probe failed/);
    expect(scheduling).toMatchObject({ count: 7, more: 2 });
    expect(scheduling?.objects).toHaveLength(5);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('of a workload are those of what it owns', async () => {
    expect((await ask({ workload: 'web' })).reasons).toEqual(['FailedCreate', 'Unhealthy']);
    expect((await ask({ workload: 'manual', kind: 'statefulset' })).reasons).toEqual(['FailedCreate']);
    expect((await ask({ workload: 'shop', kind: 'deploymentconfig' })).reasons).toEqual(['FailedRetry']);
    expect((await failure(ask({ workload: 'none' }))).says).toContain('Not found while reading');
  });

  it('go as far back as is asked', async () => {
    expect((await ask({ workload: 'web', minutes: 240 })).reasons).toContain('Old');
    expect(await ask({ workload: 'manual', kind: 'statefulset', minutes: 10 })).toEqual({
      events: [],
      count: 0,
      reasons: [],
      says: 'No warnings in the last 10 min.',
    });
  });

  it('are needed, not optional: without the right it says so', async () => {
    const blind = await stage.person('blind', [['apps', 'deployments', 'get']]);
    const error = await failure(read(named('k8s.events'), blind, {}));
    expect(error.says).toContain('has no right to list events');
  });
});
