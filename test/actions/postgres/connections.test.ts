// Who holds the connections of a real server at its real limit, joined with real objects of an API server.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Call, ReadingAction } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import { type KeptSessions, keepSessions } from '../../../src/actions/postgres/kept-sessions.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { inProject } from '../../support/terminal-world.ts';
import { AT, catalogOf, entry, LIMIT, RESERVED, type Surge, startSurge } from './surge-stage.ts';

interface Counted {
  connected: boolean;
  exhausted: boolean;
  way: string;
  role: string;
  tried: string[];
  used: number;
  max: number;
  free: number;
  used_percent: number;
  reserved_slot: boolean;
  sees_all: boolean;
  unknowns: string[];
  error: string;
  idle: number;
  idle_in_transaction: number;
  still_there: number;
}
interface ByClient extends Counted {
  groups: {
    user: string;
    application: string;
    address: string;
    state: string;
    kind: string;
    owner: string;
    count: number;
  }[];
  lines: string[];
  orphans: number;
  orphan_sessions: string[];
  maybe_orphans: number;
  maybe_orphan_sessions: string[];
  top: string;
  top_count: number;
  top_share: number;
  top_workload?: string;
  clients: number;
}

/** Empty for one that has ended since it was listed, such as a worker of autovacuum. */
function commandOf(pid: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/cmdline`);
  } catch {
    return Buffer.alloc(0);
  }
}

describeWith(['controlPlane', 'postgres', 'pgClient'], 'connections of a real server', () => {
  let surge: Surge;
  let sessions: KeptSessions | undefined;
  beforeAll(async () => {
    surge = await startSurge();
  });
  afterAll(async () => {
    await surge?.stop();
  });
  afterEach(async () => {
    sessions?.close();
    sessions = undefined;
    await surge.leave();
  });

  const look = async <O>(name: string, params: object, more: Partial<Call>): Promise<O> => {
    const action = actionNamed(name) as ReadingAction<never, O>;
    const call = surge.stage.call(action.params.parse(params), more);
    return action.output.strict().parse(await action.run(call as never)) as O;
  };
  const count = (more: Partial<Call> = surge.reach(), params: object = { service: 'db' }) =>
    look<Counted>('postgres.connections', params, more);
  const byClient = (more: Partial<Call> = surge.reach()) =>
    look<ByClient>('postgres.connections-by-client', { service: 'db' }, more);

  it('are counted beside the limit, over a forwarded port as the configured role', async () => {
    await surge.client(AT.current);
    const open = await surge.client(AT.current);
    await open.query('begin');
    const out = await count();
    expect(out).toMatchObject({
      connected: true,
      error: '',
      exhausted: false,
      way: 'port-forward',
      role: 'watcher',
      tried: [],
      used: 3,
      max: LIMIT,
      free: LIMIT - RESERVED - 3,
      used_percent: 15,
      reserved_slot: false,
      sees_all: true,
      idle: 1,
      idle_in_transaction: 1,
      unknowns: [],
    });
    expect(await count(surge.reach(), {})).toMatchObject({ used: 3 });
  });

  it('say whose they are: this rollout, the one before, no pod, a pooler, outside, and from the pod itself', async () => {
    for (let i = 0; i < 3; i += 1) await surge.client(AT.gone);
    await surge.client(AT.previous);
    await surge.client(AT.current);
    await surge.client(AT.pooler);
    await surge.client(AT.outside, { name: 'psql' });
    await surge.client('127.0.0.1', { name: 'Patroni' });
    const out = await byClient();
    expect(out.groups.map(({ address, kind, count: n }) => `${n} ${address} ${kind}`).toSorted()).toEqual(
      [
        `3 ${AT.gone} no such pod`,
        `1 ${AT.previous} previous deployment`,
        `1 ${AT.current} current deployment`,
        `1 ${AT.pooler} unknown`,
        `1 ${AT.outside} outside the cluster`,
        '1 127.0.0.1 in the database pod',
      ].toSorted(),
    );
    expect(out.groups[0]).toMatchObject({ user: 'site', application: 'django', state: 'idle' });
    expect(out).toMatchObject({
      orphans: 4,
      maybe_orphans: 0,
      clients: 6,
      top_count: 3,
      top_share: 38,
      unknowns: [],
    });
    expect(out.orphan_sessions).toHaveLength(4);
    expect(out.orphan_sessions[0]).toMatch(/^\d+ since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(out.lines.join('\n')).toContain('an earlier rollout of deployment site (pod site-old-x)');
    expect(out.lines.join('\n')).toMatch(
      /^3 of site \(django\), no such pod: 127\.0\.0\.23, which no pod has: idle/m,
    );
    expect(out.lines.join('\n')).toContain('pooler bouncer-0: its own clients are not seen here');
    expect(await count(surge.reach(), { service: 'db', sessions: out.orphan_sessions })).toMatchObject({
      still_there: 4,
    });
  });

  it('name the workload that has most', async () => {
    for (let i = 0; i < 3; i += 1) await surge.client(AT.current);
    expect(await byClient()).toMatchObject({ top: 'deployment site', top_workload: 'site', top_share: 100 });
  });

  it('show nobody, when there is nobody', async () => {
    expect(await byClient()).toMatchObject({
      groups: [],
      top: 'nobody',
      top_count: 0,
      top_share: 0,
      orphans: 0,
    });
  });

  describe('at the limit', () => {
    it('are seen by psql in the pod as its superuser, when the configured role is refused', async () => {
      expect(await surge.fillUp(AT.gone)).toBe(LIMIT - RESERVED);
      const out = await count();
      expect(out).toMatchObject({
        connected: true,
        exhausted: true,
        way: 'psql in the pod',
        role: 'postgres',
        reserved_slot: true,
        used: LIMIT - RESERVED + 1,
        free: 0,
        used_percent: 90,
      });
      expect(out.tried).toHaveLength(2);
      expect(out.tried[0]).toMatch(
        /^a forwarded port of pod db-0 as watcher: only the connections that are kept for superusers are left \(.*remaining connection slots/,
      );
      expect(out.tried[1]).toMatch(/^psql in pod db-0 as watcher: only the connections that are kept/);
      expect(await byClient()).toMatchObject({ orphans: LIMIT - RESERVED, reserved_slot: true });
    });

    it('when the slots of superusers are taken too: said, and never read as room', async () => {
      await surge.fillUp(AT.gone);
      for (let i = 0; i < RESERVED; i += 1) await surge.client(AT.gone, { user: 'postgres' });
      const out = await count();
      expect(out).toMatchObject({
        connected: false,
        exhausted: true,
        way: 'none',
        used_percent: 100,
        max: 0,
      });
      expect(out.error).toMatch(/every connection is taken.*sorry, too many clients already/);
      expect(await byClient()).toMatchObject({ connected: false, orphans: 0, groups: [] });
    });

    it('are seen by the session that was kept open, even when nobody else gets in', async () => {
      sessions = keepSessions({ reach: surge.reach().reach, everyMs: 60_000, failed: () => undefined });
      await sessions.refresh();
      expect(await surge.fillUp(AT.gone)).toBe(LIMIT - RESERVED - 1);
      for (let i = 0; i < RESERVED; i += 1) await surge.client(AT.gone, { user: 'postgres' });
      const reach = surge.reach({ sessions });
      expect(await count(reach)).toMatchObject({
        connected: true,
        way: 'kept session',
        role: 'watcher',
        tried: [],
        used: LIMIT,
        used_percent: 100,
        reserved_slot: false,
      });
      // One after the other, however many ask at once.
      const all = await Promise.all([byClient(reach), byClient(reach), count(reach)]);
      expect(all.map(({ way }) => way)).toEqual(['kept session', 'kept session', 'kept session']);
    });
  });

  it('one is freed from inside the pod by the command of the runbook, and only one that is idle', async () => {
    const busy = await surge.client(AT.gone);
    await busy.query('begin');
    await surge.fillUp(AT.gone);
    for (let i = 0; i < RESERVED; i += 1) await surge.client(AT.gone, { user: 'postgres' });
    expect(await count()).toMatchObject({ connected: false });
    // This machine has servers of other tests too: the command sees a /proc with ours alone.
    const proc = mkdtempSync(join(tmpdir(), 'handrail-proc-'));
    for (const pid of childrenOf(surge.server.pid)) {
      mkdirSync(join(proc, pid));
      writeFileSync(join(proc, pid, 'cmdline'), commandOf(pid));
    }
    const text = readFileSync(inProject('runbooks/postgres-connection-surge.yaml'), 'utf8');
    const command = /sh -c\n\s+'(for p in .*? done)'/s.exec(text)?.[1]?.replace(/\n\s+/g, ' ') ?? '';
    const { stdout } = await promisify(execFile)('sh', ['-c', command.replaceAll('/proc/', `${proc}/`)]);
    rmSync(proc, { recursive: true });
    expect(stdout).toMatch(/^postgres: .*idle\s*$/);
    const out = await waitUntil('somebody gets in', async () => {
      const seen = await count();
      return seen.connected ? seen : undefined;
    });
    expect(out).toMatchObject({ used: LIMIT, idle_in_transaction: 1, exhausted: true, role: 'postgres' });
  });

  it('a kept session that was cut is left out, said, and opened again', async () => {
    sessions = keepSessions({ reach: surge.reach().reach, everyMs: 60_000, failed: () => undefined });
    await sessions.refresh();
    const reach = surge.reach({ sessions });
    expect(await count(reach)).toMatchObject({ way: 'kept session' });
    await surge.server.run(
      'postgres',
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'handrail'",
    );
    expect(await count(reach)).toMatchObject({ connected: true, way: 'port-forward' });
    await waitUntil('the session is open again', async () => {
      await sessions?.refresh();
      return (await count(reach)).way === 'kept session';
    });
  });

  it('a role without pg_monitor is told that it sees nothing', async () => {
    await surge.client(AT.gone);
    await surge.server.run('postgres', 'revoke pg_monitor from watcher');
    try {
      const out = await byClient();
      expect(out).toMatchObject({ connected: true, sees_all: false, used: 2, max: LIMIT, orphans: 0 });
      expect(out.unknowns.join()).toContain('GRANT pg_monitor TO watcher');
      expect(out.groups).toMatchObject([
        { kind: 'unknown', state: 'not seen', owner: 'an address that may not be seen' },
      ]);
    } finally {
      await surge.server.run('postgres', 'grant pg_monitor to watcher');
    }
  });

  it('without a role in handrail.yaml are read by psql in the pod', async () => {
    const { user: _user, passwordFrom: _password, ...rest } = entry();
    expect(await count(surge.reach({ catalog: catalogOf(rest) }))).toMatchObject({
      way: 'psql in the pod',
      role: 'postgres',
      tried: [],
      reserved_slot: false,
    });
    expect(await count(surge.reach({ catalog: catalogOf() }))).toMatchObject({ way: 'psql in the pod' });
  });
});

/** The processes of a server, as the kernel lists them. */
function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((one) => one !== '');
}
