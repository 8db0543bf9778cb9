/** The image digests of a workload in a snapshot: of its own pods only, and by nobody. */
import type { V1Pod } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { workloadIn } from '../../../../src/actions/kubernetes/snapshot/workloads.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

const pod = (kind: string, owner: string, letter: string | undefined, phase = 'Running'): V1Pod => ({
  metadata: {
    name: 'p',
    ownerReferences: [{ apiVersion: 'v1', kind, name: owner, uid: '1', controller: true }],
  },
  status: {
    phase,
    containerStatuses: [
      {
        name: 'main',
        image: 'web:1',
        imageID: letter === undefined ? '' : `docker-pullable://web@${digest(letter)}`,
        ready: true,
        restartCount: 0,
      },
    ],
  },
});

const object = {
  metadata: { name: 'web' },
  spec: { replicas: 2, template: { spec: { containers: [{ name: 'main', image: 'web:1' }] } } },
};

const found = (kind: string, pods: readonly V1Pod[] | undefined) =>
  workloadIn(kind, object, pods, 'key').fields['image digest of container main'];

it('has each digest once, whatever the order of the pods', () => {
  const pods = [
    pod('ReplicaSet', 'web-6d4f', 'b'),
    pod('ReplicaSet', 'web-77aa', 'a'),
    pod('ReplicaSet', 'web-6d4f', 'b'),
  ];
  expect(found('Deployment', pods)).toEqual({ value: `${digest('a')}, ${digest('b')}` });
  expect(found('Deployment', pods.toReversed())).toEqual(found('Deployment', pods));
});

it('has none of pods that are over, that do not say it, or of somebody else', () => {
  const pods = [
    pod('ReplicaSet', 'web-6d4f', 'a', 'Failed'),
    pod('ReplicaSet', 'web-6d4f', undefined),
    pod('ReplicaSet', 'web-api-6d4f', 'c'),
    pod('StatefulSet', 'web', 'd'),
  ];
  expect(found('Deployment', pods)).toBeUndefined();
  expect(found('Deployment', undefined)).toBeUndefined();
  expect(found('StatefulSet', pods)).toEqual({ value: digest('d') });
  expect(found('DeploymentConfig', [pod('ReplicationController', 'web-3', 'e')])).toEqual({
    value: digest('e'),
  });
});
