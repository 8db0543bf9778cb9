/** Backups as Crunchy's operator tells them, on a real API server with its kind; and WAL-G's list. */
import { CustomObjectsApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtCrunchy } from '../../../src/actions/backup/crunchy.ts';
import { listed } from '../../../src/actions/backup/wal-g.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { NAMESPACE, type Stage, startStage } from '../../support/pod-stage.ts';
import { describeWith } from '../../support/requirements.ts';
import { apply } from '../kubernetes/call.ts';

const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: postgresclusters.postgres-operator.crunchydata.com }
spec:
  group: postgres-operator.crunchydata.com
  names: { kind: PostgresCluster, plural: postgresclusters, singular: postgrescluster }
  scope: Namespaced
  versions:
    - name: v1beta1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`;

describeWith(['controlPlane'], 'a PostgresCluster', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(async () => {
    await stage?.stop();
  });

  const look = (cluster: string) => lookAtCrunchy(stage.call({}), { cluster });

  it('is unknown where the cluster has no such kind, then told by its completed jobs only', async () => {
    expect(await look('hippo')).toEqual({
      searched: 'PostgresCluster hippo',
      unknowns: ["this cluster does not have Crunchy's operator"],
    });
    await apply(stage.plane.kubeconfig, CRD);
    const api = stage.config.makeApiClient(CustomObjectsApi);
    const at = {
      group: 'postgres-operator.crunchydata.com',
      version: 'v1beta1',
      plural: 'postgresclusters',
      namespace: NAMESPACE,
    };
    const make = (name: string, pgbackrest: object) =>
      api.createNamespacedCustomObject({
        ...at,
        body: {
          apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
          kind: 'PostgresCluster',
          metadata: { name },
          status: { pgbackrest },
        },
      });
    await waitUntil('the API server serves the kind', () =>
      make('hippo', {
        manualBackup: { id: 'before', finished: true, failed: 1 },
        scheduledBackups: [
          {
            cronJobName: 'hippo-repo1-full',
            type: 'full',
            completionTime: '2026-11-19T01:00:00Z',
            succeeded: 1,
          },
          {
            cronJobName: 'hippo-repo1-incr',
            type: 'incr',
            completionTime: '2026-11-20T01:00:00Z',
            succeeded: 1,
          },
          { cronJobName: 'hippo-repo1-incr', type: 'incr', active: 1 },
        ],
      }).then(
        () => true,
        () => false,
      ),
    );
    await make('never', { manualBackup: { id: 'x', finished: true, failed: 1 } });
    expect(await look('hippo')).toEqual({
      searched: 'PostgresCluster hippo: hippo-repo1-incr ended well 2026-11-20T01:00:00.000Z; 1 failed',
      unknowns: [expect.stringContaining('still there')],
      found: { at: new Date('2026-11-20T01:00:00Z'), verified: false },
    });
    expect(await look('never')).toEqual({
      searched: 'PostgresCluster never: no backup that ended well; 1 failed',
      unknowns: [],
    });
    expect(await look('nobody')).toEqual({ searched: 'PostgresCluster nobody: there is none', unknowns: [] });
  });
});

describe('what WAL-G lists', () => {
  it('has the newest that ended', () => {
    const list = [
      { backup_name: 'base_A', finish_time: '2026-11-19T01:00:00Z' },
      { backup_name: 'base_C', finish_time: '2026-11-20T01:00:00Z' },
      { backup_name: 'base_B', finish_time: 'not yet' },
    ];
    expect(listed(JSON.stringify(list), 'W')).toEqual({
      searched: 'W: 2 backups, newest base_C',
      unknowns: [],
      found: { at: new Date('2026-11-20T01:00:00Z'), path: 'wal-g:base_C', verified: false },
    });
  });
  it('may be nothing, or not what we can read', () => {
    expect(listed('', 'W')).toEqual({ searched: 'W: no backups', unknowns: [] });
    expect(listed('[]', 'W')).toEqual({ searched: 'W: no backups', unknowns: [] });
    for (const text of ['{}', 'INFO: nothing', '[{"name":1}]']) {
      expect(listed(text, 'W').unknowns).toEqual(['W: its answer could not be read']);
    }
  });
});
