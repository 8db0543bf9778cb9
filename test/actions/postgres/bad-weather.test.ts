// A server that refuses, hangs, recovers or wants TLS, and a cluster that shows little: each ends in words.
import { execFile } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ChangingAction, ChangingCall, ReadingAction } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import { type KeptSessions, keepSessions } from '../../../src/actions/postgres/kept-sessions.ts';
import { kill } from '../../support/control-plane/processes.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { NAMESPACE } from '../../support/pod-stage.ts';
import { describeWith, programOf } from '../../support/requirements.ts';
import { AT, askForPasswords, catalogOf, entry, type Surge, startSurge } from './surge-stage.ts';

interface Out {
  connected: boolean;
  exhausted: boolean;
  way: string;
  role: string;
  tried: string[];
  error: string;
  used: number;
  used_percent: number;
  unknowns: string[];
  in_recovery: boolean;
  reserved: number;
  free: number;
  reserved_slot: boolean;
}

describeWith(['controlPlane', 'postgres', 'pgClient'], 'bad weather over a real server', () => {
  let surge: Surge;
  let sessions: KeptSessions | undefined;
  beforeAll(async () => {
    surge = await startSurge();
    // Leads there without a pod: what the network way says is the whole answer.
    await surge.stage.core.createNamespacedService({
      namespace: NAMESPACE,
      body: {
        metadata: { name: 'elsewhere' },
        spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: surge.server.port }] },
      },
    });
  });
  afterAll(async () => {
    await surge?.stop();
  });
  afterEach(async () => {
    sessions?.close();
    sessions = undefined;
    await surge.leave();
  });

  const count = async (more: object = surge.reach(), service = 'db'): Promise<Out> => {
    const action = actionNamed('postgres.connections') as ReadingAction<never, Out>;
    const call = surge.stage.call(action.params.parse({ service }), more);
    return action.output.strict().parse(await action.run(call as never)) as unknown as Out;
  };
  const outside = (password?: string) =>
    surge.reach({
      catalog: catalogOf(entry({ service: 'elsewhere' })),
      ...(password === undefined ? {} : { password }),
    });
  const rules = async (first: string) => {
    askForPasswords(surge.server, first);
    await surge.server.run('postgres', 'select pg_reload_conf()');
  };

  it('a wrong password: said, and psql in the pod is next', async () => {
    const out = await count(surge.reach({ password: 'wrong' }));
    expect(out).toMatchObject({ connected: true, exhausted: false, way: 'psql in the pod', role: 'watcher' });
    expect(out.tried[0]).toMatch(/the password is not accepted.*password authentication failed/);
    const nothing = await count(outside('wrong'), 'elsewhere');
    expect(nothing).toMatchObject({ connected: false, exhausted: false, way: 'none', used_percent: 100 });
    expect(nothing.error).toMatch(/^Tried: localhost as watcher: the password is not accepted/);
    expect(JSON.stringify([out, nothing])).not.toContain('right one');
    expect(await count(outside(), 'elsewhere')).toMatchObject({
      connected: true,
      way: 'service',
      role: 'watcher',
    });
  });

  it('TLS required: refused in words without it on the server, and used where the server has it', async () => {
    const { server } = surge;
    try {
      await rules('hostnossl all watcher all reject');
      const refused = await waitUntil('the rules are in force', async () => {
        const out = await count(outside(), 'elsewhere');
        return out.connected ? undefined : out;
      });
      expect(refused.error).toMatch(/the server wants TLS|pg_hba/);
      const data = join(server.volume, 'data');
      const [key, crt] = [join(data, 'server.key'), join(data, 'server.crt')];
      const words = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=db -keyout ${key} -out ${crt}`;
      await promisify(execFile)(programOf('controlPlane', 'openssl'), words.split(' '));
      const { uid, gid } = statSync(data);
      for (const file of [key, crt]) chownSync(file, uid, gid);
      await promisify(execFile)('chmod', ['600', key]);
      await server.run('postgres', 'alter system set ssl = on', 'select pg_reload_conf()');
      const out = await waitUntil('the server has TLS', async () => {
        const seen = await count(surge.reach());
        return seen.way === 'port-forward' ? seen : undefined;
      });
      expect(out).toMatchObject({ connected: true, tried: [], role: 'watcher' });
      expect(await count(outside(), 'elsewhere')).toMatchObject({ connected: true, way: 'service' });
    } finally {
      await rules('');
      await server.run('postgres', 'alter system reset ssl', 'select pg_reload_conf()');
    }
  });

  it('a server that hangs: said within the time of a step', async () => {
    kill(surge.server.pid, 'SIGSTOP');
    try {
      const out = await count();
      expect(out).toMatchObject({ connected: false, exhausted: false, way: 'none' });
      // Two that hang are enough: a third would not get another answer.
      expect(out.error.split('; ')).toHaveLength(2);
      expect(out.error).toMatch(/accepts the connection and does not answer|did not answer/);
    } finally {
      kill(surge.server.pid, 'SIGCONT');
    }
    await waitUntil('it answers again', async () => (await count()).connected);
  });

  it('a kept session that hangs: left after its time for a new one', async () => {
    sessions = keepSessions({ reach: surge.reach().reach, everyMs: 60_000, failed: () => undefined });
    await sessions.refresh();
    const look = await surge.server.connect();
    const { rows } = await look.query("select pid from pg_stat_activity where application_name = 'handrail'");
    await look.end();
    const pid = rows[0].pid as number;
    kill(pid, 'SIGSTOP');
    try {
      const out = await count(surge.reach({ sessions }));
      expect(out).toMatchObject({ connected: true, way: 'port-forward' });
      expect(out.tried[0]).toMatch(/^the session kept open: .*answer/);
    } finally {
      kill(pid, 'SIGCONT');
    }
  });

  it('a cluster that does not answer: a kept session that needs no forwarded port does', async () => {
    const { reach } = outside();
    sessions = keepSessions({ reach, everyMs: 60_000, failed: () => undefined });
    await sessions.refresh();
    const nowhere = new KubeConfig();
    nowhere.loadFromClusterAndUser(
      { name: 'c', server: 'https://127.0.0.1:9', skipTLSVerify: true },
      { name: 'u', token: 'planted' },
    );
    const refused = await count(
      { reach: { ...reach, sessions, kubernetes: async () => nowhere } },
      'elsewhere',
    );
    expect(refused).toMatchObject({ connected: true, way: 'kept session' });
    expect(refused.unknowns.join()).toMatch(/the cluster could not be asked: The (cluster|connection)/);
    surge.stage.plane.freeze(true);
    try {
      const frozen = await count({ reach: { ...reach, sessions } }, 'elsewhere');
      expect(frozen).toMatchObject({ connected: true, way: 'kept session' });
      expect(frozen.unknowns.join()).toContain('the cluster could not be asked');
    } finally {
      surge.stage.plane.freeze(false);
    }
  });

  it('a server that takes no writes by itself: looked at and ended all the same', async () => {
    await surge.server.run(
      'postgres',
      'alter system set default_transaction_read_only = on',
      'select pg_reload_conf()',
    );
    try {
      await surge.client(AT.gone);
      const who = actionNamed('postgres.connections-by-client') as ReadingAction<
        never,
        { orphan_sessions: string[] }
      >;
      const { orphan_sessions: found } = await who.run(
        surge.stage.call({ service: 'db' }, surge.reach()) as never,
      );
      expect(found).toHaveLength(1);
      const terminate = actionNamed('postgres.terminate') as ChangingAction<unknown, object>;
      const params = { service: 'db', sessions: found, busy: false };
      const plan = await terminate.plan(surge.stage.call(params, surge.reach()));
      const call = surge.stage.changingCall(params, plan, surge.reach()) as never as ChangingCall<never>;
      expect(await terminate.run(call)).toEqual({ ended: 1, left: 0, still_ending: 0 });
    } finally {
      await surge.server.run(
        'postgres',
        'alter system reset default_transaction_read_only',
        'select pg_reload_conf()',
      );
    }
  });
});
