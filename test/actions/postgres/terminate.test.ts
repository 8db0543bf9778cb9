// Ending sessions of a real server: exactly those of the plan, looked at again while they are ended.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Call, ChangingAction, ChangingCall, ReadingAction } from '../../../src/actions/action.ts';
import { ActionFailed } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import { neededRights } from '../../../src/actions/needed-rights.ts';
import { grantStatements } from '../../../src/cli/rbac-manifest.ts';
import { planHash } from '../../../src/incidents/hash.ts';
import type { Reached } from '../../../src/runbooks/rights.ts';
import { NAMESPACE } from '../../support/pod-stage.ts';
import { describeWith } from '../../support/requirements.ts';
import { AT, catalogOf, entry, LIMIT, RESERVED, type Surge, startSurge } from './surge-stage.ts';

interface Ended {
  ended: number;
  left: number;
  still_ending: number;
}
const terminate = actionNamed('postgres.terminate') as ChangingAction<unknown, Ended>;

describeWith(['controlPlane', 'postgres', 'pgClient'], 'postgres.terminate on a real server', () => {
  let surge: Surge;
  beforeAll(async () => {
    surge = await startSurge();
  });
  afterAll(async () => {
    await surge?.stop();
  });
  afterEach(() => surge.leave());

  const orphans = async (more: Partial<Call> = surge.reach()): Promise<string[]> => {
    const action = actionNamed('postgres.connections-by-client') as ReadingAction<
      never,
      { orphan_sessions: string[] }
    >;
    return (await action.run(surge.stage.call({ service: 'db' }, more) as never)).orphan_sessions;
  };
  /** The session of a client, as the actions name it. */
  const nameOf = async (pid: number): Promise<string> => {
    const look = await surge.server.connect();
    try {
      const { rows } = await look.query(
        `select pid || ' since ' || to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as name from pg_stat_activity where pid = $1`,
        [pid],
      );
      return rows[0]?.name ?? 'gone';
    } finally {
      await look.end();
    }
  };
  const pidOf = (client: unknown) => (client as { processID: number }).processID;
  const there = async (client: unknown) => (await nameOf(pidOf(client))) !== 'gone';
  const planned = async (
    sessions: readonly string[],
    more: { busy?: boolean; call?: Partial<Call> } = {},
  ) => {
    const params = terminate.params.parse({ service: 'db', sessions, busy: more.busy ?? false });
    const reach = more.call ?? surge.reach();
    const plan = await terminate.plan(surge.stage.call(params, reach));
    terminate.planValues.strict().parse(plan.values);
    return surge.stage.changingCall(params, plan, reach) as never as ChangingCall<never>;
  };
  const failure = async (promise: Promise<unknown>): Promise<ActionFailed> => {
    const error: unknown = await promise.then(
      (value) => new Error(`it gave ${JSON.stringify(value)}`),
      (thrown: unknown) => thrown,
    );
    if (error instanceof ActionFailed) return error;
    throw error;
  };

  it('ends the connections of the pods that are gone, and nobody else, at the limit', async () => {
    const kept = [await surge.client(AT.current), await surge.client('127.0.0.1', { name: 'Patroni' })];
    const old = await surge.client(AT.previous);
    expect(await surge.fillUp(AT.gone)).toBe(LIMIT - RESERVED - 3);
    const found = await orphans();
    expect(found).toHaveLength(LIMIT - RESERVED - 2);
    const call = await planned(found);
    expect(call.plan.target).toEqual({ kind: 'PostgreSQL', namespace: 'shop', name: 'db' });
    expect(call.plan.changes).toEqual([
      {
        field: `${LIMIT - RESERVED - 3} of site (django) in app, no such pod: 127.0.0.23, which no pod has`,
        before: 'connected',
        after: 'ended',
      },
      {
        field:
          '1 of site (django) in app, previous deployment: an earlier rollout of deployment site (pod site-old-x)',
        before: 'connected',
        after: 'ended',
      },
    ]);
    expect(call.plan.values).toEqual({ sessions: found.toSorted(), count: found.length });
    expect(await terminate.happened(call)).toBe('not made');
    expect(await terminate.run(call)).toEqual({ ended: found.length, left: 0, still_ending: 0 });
    expect(await terminate.happened(call)).toBe('made');
    expect(await Promise.all([...kept, old].map(there))).toEqual([true, true, false]);
    // A second statement of the same plan finds nobody, whoever has the process numbers by then.
    expect(await terminate.run(call)).toEqual({ ended: 0, left: found.length, still_ending: 0 });
  });

  it('has the same plan as long as the same connections are meant, whatever they are doing', async () => {
    const clients = [await surge.client(AT.gone), await surge.client(AT.gone)];
    const found = await orphans();
    const first = await planned(found);
    await clients[0]?.query('begin');
    const second = await planned(found.toReversed());
    const told = ({ plan }: ChangingCall<never>) => planHash('postgres.terminate', {}, plan);
    expect(told(second)).toBe(told(first));
    expect(second.plan.notes.join()).toContain('1 are busy or in a transaction now');
  });

  it('leaves alone what is busy by then, and the plan is not held against it', async () => {
    const [idle, works] = [await surge.client(AT.gone), await surge.client(AT.gone)];
    const call = await planned(await orphans());
    await works.query('begin');
    expect(await terminate.run(call)).toEqual({ ended: 1, left: 1, still_ending: 0 });
    expect([await there(idle), await there(works)]).toEqual([false, true]);
    expect(await terminate.happened(call)).toBe('cannot tell');
    const forced = await planned([await nameOf(pidOf(works))], { busy: true });
    expect(await terminate.run(forced)).toMatchObject({ ended: 1 });
    expect(await there(works)).toBe(false);
  });

  it('does not end another session that has the same process number', async () => {
    const client = await surge.client(AT.gone);
    const name = await nameOf(pidOf(client));
    const call = await planned([name]);
    const earlier = name.replace(/\.\d{6}Z$/, (micros) => (micros === '.000001Z' ? '.000002Z' : '.000001Z'));
    const other = { ...call, plan: { ...call.plan, values: { sessions: [earlier], count: 1 } } };
    expect(await terminate.run(other)).toEqual({ ended: 0, left: 1, still_ending: 0 });
    expect(await there(client)).toBe(true);
    expect((await failure(planned([earlier]))).says).toMatch(/None of these connections is there any more/);
  });

  it("never ends Patroni's sessions, Handrail's own, a superuser's for a role that is none, or replication", async () => {
    const clients = await Promise.all([
      surge.client(AT.gone, { name: 'Patroni heartbeat' }),
      surge.client(AT.gone, { name: 'handrail' }),
      surge.client(AT.gone, { user: 'postgres' }),
    ]);
    const names = await Promise.all(clients.map((client) => nameOf(pidOf(client))));
    const refused = await failure(planned(names));
    expect(refused.says).toMatch(/watcher may end none of these 3 connections/);
    expect(refused.nothingHappened).toBe(true);
    const ordinary = await surge.client(AT.gone);
    const call = await planned([...names, await nameOf(pidOf(ordinary))]);
    expect(call.plan.values).toMatchObject({ count: 1 });
    expect(call.plan.notes.join()).toContain('3 are left out');
    const all = { ...call, plan: { ...call.plan, values: { sessions: names, count: 3 } } };
    expect(await terminate.run(all)).toMatchObject({ ended: 0 });
    expect(await Promise.all(clients.map(there))).toEqual([true, true, true]);
  });

  it('refuses without the rights to see and to end, and says which', async () => {
    const client = await surge.client(AT.gone);
    const name = await nameOf(pidOf(client));
    await surge.server.run('postgres', 'revoke pg_signal_backend from watcher');
    try {
      expect((await failure(planned([name]))).says).toContain('GRANT pg_signal_backend TO watcher');
    } finally {
      await surge.server.run(
        'postgres',
        'grant pg_signal_backend to watcher',
        'revoke pg_monitor from watcher',
      );
    }
    try {
      expect((await failure(planned([name]))).says).toContain('GRANT pg_monitor TO watcher');
    } finally {
      await surge.server.run('postgres', 'grant pg_monitor to watcher');
    }
    expect(await there(client)).toBe(true);
  });

  it('needs no more than the grants that handrail rbac prints, and each of them', async () => {
    const guard = entry({ user: 'guard' });
    const reached: Reached = {
      kind: 'call',
      at: { runbook: 'r', where: 'step s' },
      uses: 'postgres.terminate',
      with: { service: 'db', sessions: '${{ params.any }}' },
    };
    const rights = neededRights([reached], actionNamed, [guard, entry({ name: 'other', service: 'other' })]);
    const lines = grantStatements([{ namespace: NAMESPACE, rights }]);
    const grants = lines.filter((line) => !line.startsWith('--'));
    expect(grants).toEqual([
      'GRANT CONNECT ON DATABASE "app" TO "guard";',
      'GRANT pg_monitor TO "guard";',
      'GRANT pg_signal_backend TO "guard";',
    ]);
    await surge.server.run(
      'postgres',
      'create role guard login',
      'revoke connect on database app from public',
      'grant connect on database app to site, watcher',
      ...grants,
    );
    const reach = surge.reach({ catalog: catalogOf(guard) });
    const client = await surge.client(AT.gone);
    const name = await nameOf(pidOf(client));
    const count = async () => {
      const action = actionNamed('postgres.connections') as ReadingAction<never, { role: string }>;
      return (await action.run(surge.stage.call({ service: 'db', sessions: [] }, reach) as never)).role;
    };
    expect(await count()).toBe('guard');
    await surge.server.run('postgres', 'revoke pg_monitor from guard');
    expect((await failure(planned([name], { call: reach }))).says).toContain('GRANT pg_monitor TO guard');
    await surge.server.run('postgres', 'grant pg_monitor to guard', 'revoke pg_signal_backend from guard');
    expect((await failure(planned([name], { call: reach }))).says).toContain(
      'GRANT pg_signal_backend TO guard',
    );
    await surge.server.run(
      'postgres',
      'grant pg_signal_backend to guard',
      'revoke connect on database app from guard',
    );
    expect(await count()).toBe('postgres');
    await surge.server.run('postgres', 'grant connect on database app to guard');
    expect(await terminate.run(await planned([name], { call: reach }))).toMatchObject({ ended: 1 });
  });

  it('does nothing for a worker that has lost its attempt', async () => {
    const client = await surge.client(AT.gone);
    const call = await planned(await orphans());
    const lost = await failure(terminate.run({ ...call, stillOurs: async () => false }));
    expect([lost.nothingHappened, await there(client)]).toEqual([true, true]);
  });

  it('by hand is the same statement, which psql takes', async () => {
    const [idle, works] = [await surge.client(AT.gone), await surge.client(AT.gone)];
    const names = [await nameOf(pidOf(idle)), await nameOf(pidOf(works))];
    await works.query('begin');
    const lines = terminate.byHand({ service: 'db', sessions: names }, 'shop');
    const sql = /-c '(.*)'$/s.exec(lines[1] ?? '')?.[1]?.replaceAll(String.raw`'\''`, "'") ?? '';
    await surge.server.run('postgres', sql);
    expect([await there(idle), await there(works)]).toEqual([false, true]);
  });

  it('says when there is no such server', async () => {
    const params = { service: 'nothing', sessions: ['1 since 2020-12-11T13:24:00.123456Z'], busy: false };
    const refused = await failure(terminate.plan(surge.stage.call(params, surge.reach())));
    expect(refused.says).toContain('There is no Service and no StatefulSet with pods named nothing in shop');
    expect(refused.nothingHappened).toBe(true);
  });
});
