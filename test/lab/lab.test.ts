// The lab itself: that every way into it leads to the same real database, and that what breaks there breaks for real.
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { type Lab, openLab } from '../support/lab/lab.ts';
import { memoryOf } from '../support/lab/memory.ts';
import { crashMember, freezeIn, startMemberWith, waitingReason } from '../support/lab/trouble.ts';
import { GOOD_IMAGE, MEMBERS, MISSING_IMAGE, PASSWORDS, VOLUME_MOUNT } from '../support/lab/world/patroni.ts';
import { describeWith } from '../support/requirements.ts';
import { endAtOnce } from './ending-at-once.ts';
import { leftOf, remembered, stillAlive, throughForward } from './reaching.ts';

/** For each test: two cores, and others beside it. */
const PATIENCE = 240_000;

describeWith(['lab'], 'the lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  }, 180_000);
  afterAll(() => lab?.close(), 60_000);

  const leaderAndReplicas = async () => {
    const leader = await lab.untilLed(60);
    return { leader, replicas: MEMBERS.filter((member) => member !== leader) };
  };
  const inPod = (pod: string, ...command: string[]) => lab.kubectl('exec', pod, '--', ...command);
  const sql = (pod: string, database: string, statement: string) =>
    inPod(pod, 'psql', '-XAtqc', statement, database);
  const statusOf = async (pod: string) => {
    const { status } = await lab.core.readNamespacedPod({ namespace: lab.namespace, name: pod });
    return status?.containerStatuses?.[0];
  };

  it(
    'is there: three members, one leader, the application ready, a look-alike, a utility at 0',
    async () => {
      const { leader } = await leaderAndReplicas();
      const listed = await lab.listed();
      expect(listed.map(({ name }) => name).toSorted()).toEqual(MEMBERS);
      expect(listed.find(({ role }) => role === 'leader')?.name).toBe(leader);
      const labels = await lab.kubectl('get', 'pods', '-l', 'role=master', '-o', 'name');
      expect(labels).toBe(`pod/${leader}`);
      const holder = await lab.kubectl(
        'get',
        'configmap/prod-patroni-leader',
        '-o',
        'jsonpath={.metadata.annotations.leader}',
      );
      expect(holder).toBe(leader);
      expect(
        await lab.kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].spec.resources.requests.storage}'),
      ).toBe('1Gi 1Gi 1Gi');
      expect(await lab.kubectl('get', 'deployment/utility', '-o', 'jsonpath={.spec.replicas}')).toBe('0');
      expect(
        await sql(
          'crunchy-db-0',
          'postgres',
          "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
        ),
      ).toBe('0');
      expect(memoryOf(lab.pids())).toBeLessThan(1000);
    },
    PATIENCE,
  );

  it(
    'is one database, whichever way one comes',
    async () => {
      const { leader, replicas } = await leaderAndReplicas();
      const identifiers = new Set<string>();
      for (const member of MEMBERS) {
        const [row] = await lab.run(member, 'postgres', [
          'select system_identifier::text id from pg_control_system()',
        ]);
        identifiers.add(String(row?.id));
        identifiers.add(await sql(member, 'postgres', 'select system_identifier from pg_control_system()'));
        const { text } = await lab.rest(member, '/patroni');
        identifiers.add(/"database_system_identifier": ?"(\d+)"/.exec(text)?.[1] ?? 'none');
        expect(JSON.parse(text)).toMatchObject({ state: 'running', timeline: 1 });
        const forwarded = await throughForward(
          lab.config,
          { namespace: lab.namespace, name: member, port: 8008 },
          '/patroni',
        );
        identifiers.add(/"database_system_identifier": ?"(\d+)"/.exec(forwarded.text)?.[1] ?? 'none');
        const control = await inPod(member, 'sh', '-c', '$POSTGRES_BIN/pg_controldata');
        identifiers.add(/system identifier: +(\d+)/.exec(control)?.[1] ?? 'none');
      }
      expect([...identifiers]).toHaveLength(1);
      const proxied = await lab.kubectl(
        'get',
        '--raw',
        `/api/v1/namespaces/${lab.namespace}/pods/${leader}:8008/proxy/leader`,
      );
      expect(proxied).toContain([...identifiers][0]);

      // Written through the Service from the application's pod, as its address.
      const [webApi] = await lab.untilReady('app=web-api', 2, 60);
      const pod = webApi?.metadata?.name ?? '';
      const throughService = (service: string, statement: string) =>
        inPod(
          pod,
          'env',
          `PGPASSWORD=${PASSWORDS.app}`,
          'psql',
          '-h',
          service,
          '-U',
          'app',
          '-XAtqc',
          statement,
          'app',
        );
      expect(
        await throughService(
          'prod-patroni-master',
          'select host(inet_server_addr()), host(inet_client_addr())',
        ),
      ).toBe(`${lab.addressOf(leader)}|${webApi?.status?.podIP}`);
      await throughService(
        'prod-patroni-master',
        "insert into orders (id, what) values (900001, 'from the application')",
      );
      for (const replica of replicas) {
        const seen = () => sql(replica, 'app', 'select what from orders where id = 900001');
        await waitUntil(`${replica} has the row`, async () => (await seen()) !== '', { seconds: 60 });
        expect(await seen()).toBe('from the application');
      }
      const server = await throughService('prod-patroni-replica', 'select host(inet_server_addr())');
      expect(replicas.map((replica) => lab.addressOf(replica))).toContain(server);
    },
    PATIENCE,
  );

  it(
    'has pods with their own root, user, network and volume',
    async () => {
      const [member] = MEMBERS;
      expect(await inPod(member, 'sh', '-c', 'id -un; hostname; pwd; echo $PATRONI_NAME $POD_IP')).toBe(
        `postgres\n${member}\n/home/postgres\n${member} ${lab.addressOf(member)}`,
      );
      const rest = await inPod(
        member,
        '/usr/bin/python3',
        '-c',
        "import urllib.request as u; print(u.urlopen('http://localhost:8008/patroni').status)",
      );
      expect(rest).toBe('200');
      expect(await inPod(member, 'patronictl', 'list')).toMatch(/Leader +\| running/);
      await inPod(member, 'sh', '-c', `echo kept >${VOLUME_MOUNT}/note; echo gone >/tmp/note`);
      expect(readdirSync(lab.volumeOf(member))).toContain('note');
      await expect(inPod(MEMBERS[1], 'cat', `${VOLUME_MOUNT}/note`)).rejects.toThrow(/No such file/);
      await expect(inPod(MEMBERS[1], 'cat', '/tmp/note')).rejects.toThrow(/No such file/);
      await expect(inPod(member, 'no-such-program')).rejects.toThrow(/executable file not found in \$PATH/);
      await expect(inPod(member, 'sh', '-c', 'exit 7')).rejects.toThrow(/exit code 7/);
    },
    PATIENCE,
  );

  it(
    'cannot start a member whose image lacks yaml, and can when the image has it',
    async () => {
      const { leader, replicas } = await leaderAndReplicas();
      const victim = replicas[1] ?? '';
      const before = remembered(lab.pids());
      await crashMember(lab, victim);
      expect(stillAlive(before).length).toBeLessThan(before.length);
      expect((await statusOf(victim))?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
      const log = await lab.kubectl('logs', victim, '--previous');
      expect(log).toMatch(
        /patroni\/config\.py", line \d+, in <module>\n +import yaml\nModuleNotFoundError: No module named 'yaml'$/,
      );
      // In Kubernetes the pod itself is the entry: it stays listed, and says nothing of itself.
      const entry = async () => (await lab.listed()).find(({ name }) => name === victim);
      await waitUntil(`${victim} says nothing of itself`, async () => (await entry())?.state === '', {
        seconds: 60,
      });
      expect(await entry()).toMatchObject({ role: 'replica', lag: 'unknown' });
      await lab.run(leader, 'app', [
        "insert into orders (id, what) values (900002, 'while a member was down')",
      ]);

      // An image that no registry has.
      await startMemberWith(lab, victim, MISSING_IMAGE);
      await waitUntil(
        'the pull is given up for a while',
        async () => (await waitingReason(lab, victim)) === 'ImagePullBackOff',
        { seconds: 60 },
      );
      const events = await lab.kubectl(
        'get',
        'events',
        '--field-selector',
        `involvedObject.name=${victim},reason=Failed`,
      );
      expect(events).toContain(`${MISSING_IMAGE}: not found`);

      await startMemberWith(lab, victim, GOOD_IMAGE);
      await lab.untilHealthy(90);
      expect(await sql(victim, 'app', 'select what from orders where id = 900002')).toBe(
        'while a member was down',
      );
      expect(await inPod(victim, 'cat', `${VOLUME_MOUNT}/pgroot/data/PG_VERSION`)).toMatch(/^\d+$/);
    },
    PATIENCE,
  );

  it(
    'moves label, Service and application with the leader',
    async () => {
      const { leader, replicas } = await leaderAndReplicas();
      const next = replicas[0] ?? '';
      const said = await inPod(
        next,
        'patronictl',
        'switchover',
        '--master',
        leader,
        '--candidate',
        next,
        '--force',
      );
      expect(said).toContain(`Successfully switched over to "${next}"`);
      await lab.untilHealthy(90);
      expect(await lab.untilLed(60)).toBe(next);
      const endpoint = () =>
        lab.kubectl('get', 'endpoints/prod-patroni-master', '-o', 'jsonpath={.subsets[*].addresses[*].ip}');
      await waitUntil('the Service leads to it', async () => (await endpoint()) === lab.addressOf(next), {
        seconds: 60,
      });
      const pods = await lab.untilReady('app=web-api', 2, 60);
      const clients = () =>
        lab.run(next, 'postgres', [
          "select distinct host(client_addr) ip from pg_stat_activity where application_name = 'web-api'",
        ]);
      await waitUntil(
        'both pods of the application are at the new leader',
        async () => (await clients()).length === pods.length,
        { seconds: 60 },
      );
      const addresses = pods.map(({ status }) => status?.podIP);
      expect(new Set((await clients()).map(({ ip }) => ip))).toEqual(new Set(addresses));
    },
    PATIENCE,
  );

  it(
    'leaves a member behind whose walreceiver is frozen, until it goes on',
    async () => {
      const { leader, replicas } = await leaderAndReplicas();
      const [frozen = '', other = ''] = replicas;
      const goOn = await freezeIn(lab, frozen, /walreceiver/);
      const has = async (member: string) =>
        (await sql(member, 'app', 'select count(*) from orders where id = 900003')) === '1';
      try {
        await lab.run(leader, 'app', ["insert into orders (id, what) values (900003, 'not everywhere')"]);
        await waitUntil(`${other} has the row`, () => has(other), { seconds: 60 });
        expect(await has(frozen)).toBe(false);
      } finally {
        goOn();
      }
      await waitUntil(`${frozen} has it too`, () => has(frozen), { seconds: 60 });
    },
    PATIENCE,
  );

  it('has run what ends at once, however busy this process is', () => endAtOnce(lab), PATIENCE);

  it(
    'ends a database with its container, and is healthy again',
    async () => {
      const { leader } = await leaderAndReplicas();
      const session = await lab.connect(leader);
      const lost = new Promise<void>((done) => session.on('end', () => done()));
      await lab.kubectl('delete', 'pod', leader, '--grace-period=0', '--force');
      await lost;
      await lab.untilHealthy(120);
    },
    PATIENCE,
  );

  it(
    'leaves nothing when it is closed',
    async () => {
      const [member] = MEMBERS;
      const folders = [lab.plane.dir, dirname(dirname(lab.volumeOf(member)))];
      const processes = remembered(lab.pids());
      expect(processes.length).toBeGreaterThan(30);
      expect(leftOf(lab.subnet, folders)).not.toEqual([]);
      await lab.close();
      expect(leftOf(lab.subnet, folders)).toEqual([]);
      expect(stillAlive(processes)).toEqual([]);
      await lab.close();
    },
    PATIENCE,
  );
});
