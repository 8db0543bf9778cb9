// The SQL grants that `handrail rbac` prints are enough for a role that is no superuser, and each of them is needed.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ChangingAction, ReadingAction } from '../../../src/actions/action.ts';
import { ActionFailed } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import { neededRights } from '../../../src/actions/needed-rights.ts';
import type { Catalog, Database } from '../../../src/catalog/catalog.ts';
import { grantStatements } from '../../../src/cli/rbac-manifest.ts';
import type { Reached } from '../../../src/runbooks/rights.ts';
import { NAMESPACE, podOf, type Stage, startStage } from '../../support/pod-stage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { describeWith } from '../../support/requirements.ts';

const READER = 'Reader "one"';

const database: Database = {
  name: 'db',
  kind: 'postgres',
  statefulset: 'db',
  user: READER,
  databases: ['app'],
  backups: [],
  personalData: true,
};
const catalog: Catalog = {
  systems: [
    {
      id: 'web',
      title: 'Web',
      namespace: NAMESPACE,
      workloads: [],
      databases: [database],
      docs: [],
      dependencies: [],
      contacts: [],
      runbooks: [],
    },
  ],
};

function grantsFor(uses: string): string[] {
  const reached: Reached = {
    kind: 'call',
    at: { runbook: 'r', where: 'step s' },
    uses,
    with: { pod: '${{ params.pod }}', database: '${{ params.database }}' },
  };
  const rights = neededRights([reached], actionNamed, [database]);
  return grantStatements([{ namespace: NAMESPACE, rights }]).filter((line) => !line.startsWith('--'));
}

const takenBack = (grant: string) => grant.replace(/^GRANT/, 'REVOKE').replace(/ TO (".*");$/, ' FROM $1;');

describeWith(['controlPlane', 'postgres', 'pgClient'], 'SQL grants on a real server', () => {
  let stage: Stage;
  let server: PostgresServer;
  const params = { pod: 'db-0', database: 'app' };

  beforeAll(async () => {
    [stage, server] = await Promise.all([startStage({ catalog }), startPostgres()]);
    await server.run(
      'postgres',
      'create database app',
      'revoke all on database app from public',
      `create role "Reader ""one""" login`,
    );
    await server.run('app', 'create table orders (id int primary key)', 'insert into orders values (1)');
    await stage.addPod('db-0', podOf(server));
  });
  afterAll(async () => {
    await Promise.all([stage?.stop(), server?.stop()]);
  });
  afterEach(async () => {
    for (const name of readdirSync(server.volume).filter((one) => one.startsWith('handrail-')))
      await promisify(execFile)('rm', ['-rf', join(server.volume, name)]);
  });

  let operations = 0;
  const size = actionNamed('postgres.size-vs-volume') as ReadingAction<unknown>;
  const dump = actionNamed('postgres.dump') as ChangingAction<unknown, { bytes: number }>;
  const does: Record<string, () => Promise<unknown>> = {
    'postgres.size-vs-volume': () => size.run(stage.call(params)),
    'postgres.dump': async () => {
      operations += 1;
      const operation = `op-${operations}`;
      const asked = { ...params, limit_minutes: 5 };
      const plan = await dump.plan(stage.call(asked, { operation }));
      return await dump.run(stage.changingCall(asked, plan, { operation }));
    },
  };

  const grants = Object.keys(does).flatMap((uses) => grantsFor(uses).map((grant) => [uses, grant] as const));

  it('are printed for both', () => {
    expect(grants.map(([, grant]) => grant)).toEqual([
      `GRANT CONNECT ON DATABASE "app" TO "Reader ""one""";`,
      `GRANT pg_read_all_settings TO "Reader ""one""";`,
      `GRANT CONNECT ON DATABASE "app" TO "Reader ""one""";`,
      `GRANT pg_read_all_data TO "Reader ""one""";`,
      `GRANT pg_read_all_settings TO "Reader ""one""";`,
    ]);
  });

  it.each(Object.keys(does))('of %s are enough', async (uses) => {
    const own = grantsFor(uses);
    await server.run('postgres', ...own);
    try {
      expect(await does[uses]?.()).toMatchObject(
        uses === 'postgres.dump' ? { bytes: expect.any(Number) } : { database_bytes: expect.any(Number) },
      );
    } finally {
      await server.run('postgres', ...own.map(takenBack));
    }
  });

  it.each(grants)('%s fails without: %s', async (uses, left) => {
    const others = grantsFor(uses).filter((grant) => grant !== left);
    await server.run('postgres', ...others);
    try {
      const failed: unknown = await does[uses]?.().catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(ActionFailed);
      expect((failed as ActionFailed).says).toMatch(/permission denied|pg_read_all_settings/);
    } finally {
      await server.run('postgres', ...others.map(takenBack));
    }
  });
});
