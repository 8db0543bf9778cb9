import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { isNamedAfter } from '../../../src/actions/backup/files.ts';
import { backupActions } from '../../../src/actions/backup/index.ts';
import type { BackupPlace, Catalog } from '../../../src/catalog/catalog.ts';
import { NAMESPACE, type Stage, startStage } from '../../support/pod-stage.ts';
import { describeWith } from '../../support/requirements.ts';

interface Latest {
  found: boolean;
  path?: string;
  at?: string;
  age_seconds?: number;
  verified: boolean;
  searched: string[];
  unknowns: string[];
}
const latest = backupActions.find((a) => a.name === 'backup.latest') as unknown as ReadingAction<
  unknown,
  Latest
>;

const NOW = new Date('2026-11-20T12:00:00Z');

function catalogue(backups: readonly BackupPlace[]): Catalog {
  const database = {
    name: 'main',
    kind: 'postgres' as const,
    databases: ['app', 'metabase'],
    personalData: true,
    backups,
  };
  const lists = { workloads: [], docs: [], dependencies: [], contacts: [], runbooks: [] };
  return { systems: [{ id: 's', title: 'S', namespace: NAMESPACE, databases: [database], ...lists }] };
}

it('knows which database a file is named after', () => {
  for (const name of ['app.dump', 'patroni-app_2024-01-10_01-00-00.sql.gz', '/b/daily/app/2024-APP.dump'])
    expect(isNamedAfter(name, 'app')).toBe(true);
  for (const name of ['webapp.dump', 'app2.dump', '/b/app/base.tar'])
    expect(isNamedAfter(name, 'app')).toBe(false);
  expect(isNamedAfter('/b/o-dd-name.dump', "o'dd name")).toBe(true);
});

describeWith(['controlPlane'], 'backup.latest on real pods and jobs', () => {
  let stage: Stage;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'handrail-backups-'));
    stage = await startStage();
    await stage.addPod('backup-0', {});
  });
  afterAll(async () => {
    await stage?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (
    places: readonly BackupPlace[],
    database = 'app',
    config?: KubeConfig,
  ): Promise<Latest> => {
    const call = stage.call({ database }, { now: () => NOW });
    const reach = {
      ...call.reach,
      catalog: catalogue(places),
      ...(config ? { kubernetes: async () => config } : {}),
    };
    const seen = await latest.run({ ...call, reach });
    expect(latest.output.parse(seen)).toEqual(seen);
    return seen;
  };
  const file = (name: string, text: string, at: string): string => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, new Date(at), new Date(at));
    return path;
  };

  it('says where nobody told it to look', async () => {
    const nothing = { found: false, verified: false, unknowns: [] };
    expect(await run([])).toEqual({ ...nothing, searched: ['no backup place is named in handrail.yaml'] });
    expect(await run([{ kind: 'files', pod: 'backup-0', path: '/x' }], 'unheard')).toMatchObject(nothing);
  });

  it('finds the newest file of the database, at any depth, and reads its hash', async () => {
    const place: BackupPlace = { kind: 'files', pod: 'backup-0', path: folder };
    expect(await run([place])).toEqual({
      found: false,
      verified: false,
      searched: [`${folder} in pod backup-0: 0 files, 0 of app`],
      unknowns: [],
    });
    file('metabase.dump', 'm', '2026-11-20T11:00:00Z');
    expect((await run([place])).unknowns).toEqual([
      `whether a file in ${folder} in pod backup-0 holds app: none is named after it`,
    ]);
    file('daily/app-2026-11-18.dump', 'older', '2026-11-18T01:00:00Z');
    const path = file('daily/app-2026 11 19.dump', 'newer', '2026-11-19T12:00:00Z');
    file('app-2026-11-20.dump.partial', 'unfinished', '2026-11-20T11:59:00Z');
    file('app-empty.dump', '', '2026-11-20T11:58:00Z');
    const found = {
      found: true,
      path: `backup-0:${path}`,
      at: '2026-11-19T12:00:00.000Z',
      age_seconds: 86_400,
      searched: [`${folder} in pod backup-0: 4 files, 2 of app`],
    };
    expect(await run([place])).toEqual({ ...found, verified: false, unknowns: [] });
    writeFileSync(`${path}.sha256`, execFileSync('sha256sum', [path]));
    expect(await run([place])).toEqual({ ...found, verified: true, unknowns: [] });
    file('daily/app-2026 11 19.dump', 'NEWER', '2026-11-19T12:00:00Z');
    expect(await run([place])).toMatchObject({
      verified: false,
      unknowns: [`${path} is not what was written: its hash differs`],
    });
  });

  it('goes on when a place cannot be looked at', async () => {
    const seen = await run([
      { kind: 'files', pod: 'gone-0', path: '/backups' },
      { kind: 'files', pod: 'backup-0', path: '/no/such/folder' },
      { kind: 'files', pod: 'backup-0', path: folder },
    ]);
    expect(seen.found).toBe(true);
    expect(seen.searched).toHaveLength(3);
    expect(seen.searched[1]).toBe('/no/such/folder in pod backup-0: no such folder');
    expect(seen.unknowns[0]).toMatch(/^what is in \/backups in pod gone-0: Not found/);
  });

  it('reads the jobs of a CronJob where the cluster is too old for batch/v1 CronJob', async () => {
    const batch = stage.config.makeApiClient(BatchV1Api);
    const job = async (name: string, status: object) => {
      const owner = { apiVersion: 'batch/v1beta1', kind: 'CronJob', name: 'nightly', uid: 'u-1' };
      const pod = {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example/backup:1' }] },
      };
      await batch.createNamespacedJob({
        namespace: NAMESPACE,
        body: { metadata: { name, ownerReferences: [owner] }, spec: { template: pod } },
      });
      await batch.patchNamespacedJobStatus(
        { name, namespace: NAMESPACE, body: { status } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
    };
    await job('nightly-1', { startTime: '2026-11-19T01:00:00Z', completionTime: '2026-11-19T01:20:00Z' });
    await job('nightly-2', {
      startTime: '2026-11-20T01:00:00Z',
      conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }],
    });
    expect(await run([{ kind: 'cronjob', name: 'nightly' }])).toEqual({
      found: true,
      at: '2026-11-19T01:20:00.000Z',
      age_seconds: 124_800,
      verified: false,
      searched: [
        'CronJob nightly: last success 2026-11-19T01:20:00.000Z; its newest job failed (BackoffLimitExceeded)',
      ],
      unknowns: [expect.stringMatching(/CronJob nightly/)],
    });
  });

  it('takes the last success of a CronJob, never its last start (stand-in for a newer API server)', async () => {
    const cronJob = {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: { name: 'nightly' },
      spec: { suspend: true },
      status: { lastScheduleTime: '2026-11-20T01:00:00Z', lastSuccessfulTime: '2026-11-10T01:00:00Z' },
    };
    const server = createServer((request, response) => {
      const isCronJob = request.url?.includes('/cronjobs/') === true;
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify(isCronJob ? cronJob : { kind: 'JobList', apiVersion: 'batch/v1', items: [] }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      {
        name: 'c',
        server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        skipTLSVerify: true,
      },
      { name: 'u' },
    );
    try {
      expect(
        await run([{ kind: 'cronjob', name: 'nightly', path: 's3://copies' }], 'app', config),
      ).toMatchObject({
        found: true,
        path: 's3://copies',
        at: '2026-11-10T01:00:00.000Z',
        searched: ['CronJob nightly: last success 2026-11-10T01:00:00.000Z; it is suspended'],
        unknowns: [],
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
