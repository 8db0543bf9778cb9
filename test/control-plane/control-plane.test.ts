// The test support itself: a real control plane, and pods that behave on its pretend nodes.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  PatchStrategy,
  PortForward,
  RbacAuthorizationV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../support/control-plane/control-plane.ts';
import { isAlive } from '../support/control-plane/processes.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { describeWith, programOf } from '../support/requirements.ts';
import {
  type Clients,
  clientsOf,
  deploy,
  exec,
  isReady,
  logOf,
  nameOf,
  podsWhere,
  workloadSpec,
} from './cluster.ts';

const namespace = 'default';
const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

describeWith(['controlPlane'], 'the control plane for tests', () => {
  let plane: ControlPlane;
  let clients: Clients;

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: true, scheduler: true });
    clients = clientsOf(plane.kubeconfig);
    await plane.addKubelet({ name: 'node-1', labels: { zone: 'a' } });
    await plane.addKubelet({ name: 'node-2', labels: { zone: 'b' }, protocols: ['v4.channel.k8s.io'] });
  });
  afterAll(async () => {
    await plane?.stop();
  });

  it('registers the pretend nodes', async () => {
    const { items } = await clients.core.listNode();
    expect(items.map((node) => [node.metadata?.name, node.metadata?.labels?.zone])).toEqual([
      ['node-1', 'a'],
      ['node-2', 'b'],
    ]);
    expect(items.every((node) => node.spec?.taints === undefined)).toBe(true);
  });

  it('runs the pods of a Deployment, scales it to nothing and back', async () => {
    const [pod] = await deploy(clients, { name: 'web', replicas: 2, image: 'shop/web:1.2' }, isReady);
    const status = pod?.status?.containerStatuses?.[0];
    expect(status).toMatchObject({ ready: true, restartCount: 0, image: 'docker.io/shop/web:1.2' });
    expect(status?.imageID).toMatch(/^docker\.io\/shop\/web@sha256:[0-9a-f]{64}$/);
    expect(pod?.status?.podIP).toMatch(/^10\.244\./);
    const scale = (replicas: number) =>
      clients.apps.patchNamespacedDeploymentScale(
        { namespace, name: 'web', body: { spec: { replicas } } },
        mergePatch,
      );
    await scale(0);
    await podsWhere(clients, 'web', 0);
    await scale(3);
    expect(await podsWhere(clients, 'web', 3)).toHaveLength(3);
  });

  it('runs commands in a pod: output, exit code, environment, input and much output', async () => {
    await clients.core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: 'login' }, stringData: { password: 'from-secret' } },
    });
    const env = [
      { name: 'PGHOST', value: 'db' },
      { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
    ];
    const containers = [{ name: 'main', image: 'tool:1', env }];
    const spec = { nodeSelector: { zone: 'a' }, containers };
    const [pod] = await deploy(
      clients,
      { name: 'tool', spec, annotations: { 'handrail.test/env-MORE': '1' } },
      isReady,
    );
    const name = nameOf(pod);

    const failing = await exec(clients, name, [
      'sh',
      '-c',
      'echo $PGHOST $PGPASSWORD $MORE; echo oh >&2; exit 7',
    ]);
    expect(failing.stdout.toString()).toBe('db from-secret 1\n');
    expect(failing.stderr).toBe('oh\n');
    expect(failing.status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
    expect(failing.status.details?.causes?.[0]).toEqual({ reason: 'ExitCode', message: '7' });

    const input = Buffer.alloc(3_000_000, 'abcdefg\n');
    const echoed = await exec(clients, name, ['cat'], input);
    expect(echoed.status.status).toBe('Success');
    expect(echoed.stdout.equals(input)).toBe(true);

    const large = await exec(clients, name, ['head', '-c', '20000000', '/dev/zero']);
    expect(large.stdout.length).toBe(20_000_000);

    const unknown = await exec(clients, name, ['no-such-program']);
    expect(unknown.status.message).toContain('executable file not found in $PATH');
  });

  it('speaks only v4 where asked to, and ends what exec left behind together with the pod', async () => {
    const spec = { nodeSelector: { zone: 'b' } };
    const [pod] = await deploy(
      clients,
      { name: 'old', spec: { ...spec, containers: [{ name: 'main', image: 'old:1' }] } },
      isReady,
    );
    const left = await exec(clients, nameOf(pod), [
      'sh',
      '-c',
      'setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $!; exit 3',
    ]);
    const pid = Number(left.stdout.toString());
    expect(left.status.details?.causes?.[0]?.message).toBe('3');
    expect(isAlive(pid)).toBe(true);
    await clients.apps.deleteNamespacedDeployment({ namespace, name: 'old' });
    await podsWhere(clients, 'old', 0);
    expect(isAlive(pid)).toBe(false);
  });

  it('shows a crash loop with exit code, last state and previous log', async () => {
    const run = 'echo starting; echo "FATAL: could not connect" >&2; exit 1';
    const [pod] = await deploy(
      clients,
      { name: 'crash', annotations: { 'handrail.test/run': run } },
      (one) => one.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
    );
    const status = pod?.status?.containerStatuses?.[0];
    expect(status).toMatchObject({ ready: false, restartCount: 1 });
    expect(status?.state?.waiting?.message).toMatch(
      /^back-off 10s restarting failed container=main pod=crash-/,
    );
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 1, reason: 'Error' });
    expect(status?.lastState?.terminated?.finishedAt).toBeInstanceOf(Date);
    expect(pod?.status?.phase).toBe('Running');
    expect(pod?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }),
    );
    const lines = (await logOf(clients, nameOf(pod), { previous: true })).trimEnd().split('\n');
    expect(lines.sort()).toEqual(['FATAL: could not connect', 'starting']);
    const { items } = await waitUntil('the event is there', async () => {
      const fieldSelector = `involvedObject.name=${nameOf(pod)},reason=BackOff`;
      const events = await clients.core.listNamespacedEvent({ namespace, fieldSelector });
      return events.items.length > 0 ? events : undefined;
    });
    expect(items[0]).toMatchObject({ type: 'Warning', message: 'Back-off restarting failed container' });
  });

  it('serves logs: tail, bytes, times, follow', async () => {
    const run =
      'for i in 1 2 3; do echo line $i; done; while [ ! -e go ]; do sleep 0.05; done; echo last; exit 0';
    const body = {
      metadata: { name: 'talker', annotations: { 'handrail.test/run': run } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'talk:1' }] },
    };
    await clients.core.createNamespacedPod({ namespace, body });
    await waitUntil('it has spoken', async () => {
      const pod = await clients.core.readNamespacedPod({ namespace, name: 'talker' });
      return pod.status?.phase === 'Running' && (await logOf(clients, 'talker')).includes('line 3');
    });
    expect(await logOf(clients, 'talker', { tailLines: 1 })).toBe('line 3\n');
    expect(await logOf(clients, 'talker', { limitBytes: 9 })).toBe('line 1\nli');
    expect(await logOf(clients, 'talker', { timestamps: true, tailLines: 1 })).toMatch(
      /^\d{4}-.*Z line 3\n$/,
    );
    const previous = clients.core.readNamespacedPodLog({ namespace, name: 'talker', previous: true });
    await expect(previous).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining('previous terminated container'),
    });
    const followed = logOf(clients, 'talker', { follow: true, tailLines: 1 });
    await exec(clients, 'talker', ['touch', 'go']);
    expect(await followed).toBe('line 3\nlast\n');
    const done = await waitUntil('it has ended', async () => {
      const pod = await clients.core.readNamespacedPod({ namespace, name: 'talker' });
      return pod.status?.phase === 'Succeeded' ? pod : undefined;
    });
    expect(done.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 0,
      reason: 'Completed',
    });
  });

  it('cannot pull an image until the image is corrected', async () => {
    const annotations = {
      'handrail.test/image-error': 'ImagePullBackOff',
      'handrail.test/image-error-for': 'registry.example/web:typo',
    };
    const workload = { name: 'pull', image: 'registry.example/web:typo', annotations };
    const waits = (reason: string) => (pod: Parameters<typeof isReady>[0]) =>
      pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === reason;
    const [pod] = await deploy(clients, workload, waits('ImagePullBackOff'));
    expect(pod?.status?.phase).toBe('Pending');
    expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
      'Back-off pulling image "registry.example/web:typo"',
    );
    const containers = [{ name: 'main', image: 'registry.example/web:2' }];
    const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
    const body = { spec: { template: { spec: { containers } } } };
    await clients.apps.patchNamespacedDeployment({ namespace, name: 'pull', body }, strategic);
    await podsWhere(clients, 'pull', 1, isReady);
  });

  it('follows the wish to be unready', async () => {
    const [pod] = await deploy(
      clients,
      { name: 'slow', annotations: { 'handrail.test/ready': 'false' } },
      (one) => Boolean(one.status?.containerStatuses?.[0]?.state?.running),
    );
    expect(pod && isReady(pod)).toBe(false);
    const body = { metadata: { annotations: { 'handrail.test/ready': 'true' } } };
    await clients.core.patchNamespacedPod({ namespace, name: nameOf(pod), body }, mergePatch);
    await podsWhere(clients, 'slow', 1, isReady);
  });

  it('gives the members of a StatefulSet their own addresses and folders, and forwards ports to them', async () => {
    const root = mkdtempSync(join(tmpdir(), 'handrail-members-'));
    const annotations = {
      'handrail.test/pod-ip': '127.0.0.11 127.0.0.12',
      'handrail.test/root': `${root}/{ordinal}`,
    };
    const spec = { ...workloadSpec({ name: 'member', replicas: 2, annotations }), serviceName: 'member' };
    await clients.apps.createNamespacedStatefulSet({
      namespace,
      body: { metadata: { name: 'member' }, spec },
    });
    const pods = await podsWhere(clients, 'member', 2);
    expect(new Set(pods.map((pod) => pod.status?.podIP))).toEqual(new Set(['127.0.0.11', '127.0.0.12']));
    expect((await exec(clients, 'member-1', ['pwd'])).stdout.toString()).toBe(`${root}/1\n`);

    const server = createServer((socket) => socket.end(`hello from ${socket.localAddress}`));
    server.listen(0, '127.0.0.12');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const forward = new PortForward(clients.config);
    const local = createServer((socket) => {
      const joined = forward.portForward(namespace, 'member-1', [port], socket, null, socket);
      // client-node leaves the local end open when the other closes.
      void joined.then((remote) => typeof remote !== 'function' && remote.on('close', () => socket.end()));
    });
    local.listen(0, '127.0.0.1');
    await once(local, 'listening');
    const client = connect((local.address() as AddressInfo).port, '127.0.0.1');
    expect(await text(client)).toBe('hello from 127.0.0.12');
    local.close();
    server.close();
    rmSync(root, { recursive: true });
  });

  it('denies a user without rights and lets RBAC give some', async () => {
    const reader = clientsOf(await plane.kubeconfigFor('reader', ['on-call']));
    const list = () => reader.core.listNamespacedPod({ namespace });
    await expect(list()).rejects.toMatchObject({ code: 403, body: expect.stringContaining('reader') });
    const rbac = clients.config.makeApiClient(RbacAuthorizationV1Api);
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    await rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'reader' }, rules } });
    await rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'on-call' }],
      },
    });
    await waitUntil('the role counts', async () => await list().then(Boolean, () => false), { seconds: 20 });
    await expect(exec(reader, 'member-0', ['true'])).rejects.toMatchObject({
      message: expect.stringContaining('403'),
    });
  });
});

describeWith(['controlPlane', 'kubectl'], 'the control plane through kubectl', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.addKubelet({ name: 'node-1' });
  });
  afterAll(async () => {
    await plane?.stop();
  });

  it('runs and shows a pod without controllers, and stops without a trace', async () => {
    const { core } = clientsOf(plane.kubeconfig);
    const containers = [{ name: 'main', image: 'web:1' }];
    const annotations = { 'handrail.test/run': 'echo hello; sleep 1000' };
    await core.createNamespacedPod({
      namespace,
      body: { metadata: { name: 'web', annotations }, spec: { nodeName: 'node-1', containers } },
    });
    const kubectl = async (...args: string[]) =>
      (
        await promisify(execFile)(programOf('kubectl', 'kubectl'), [
          '--kubeconfig',
          plane.kubeconfig,
          ...args,
        ])
      ).stdout;
    await waitUntil('the pod has spoken', async () => {
      const pod = await core.readNamespacedPod({ namespace, name: 'web' });
      return isReady(pod) && (await kubectl('logs', 'web')) === 'hello\n';
    });
    expect(await kubectl('get', 'pod', 'web', '-o', 'jsonpath={.status.phase}')).toBe('Running');

    const pids = plane.pids();
    // etcd, API server, the pod's shell and its sleep.
    expect(pids.length).toBeGreaterThanOrEqual(4);
    await plane.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(plane.dir)).toBe(false);
  });
});

describeWith(['controlPlane'], 'a control plane whose test process dies', () => {
  it('ends with it', async () => {
    const script = fileURLToPath(new URL('./dies-early.ts', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const { dir, pids } = JSON.parse(line) as { dir: string; pids: number[] };
    expect(pids.length).toBeGreaterThanOrEqual(2);
    expect(pids.every(isAlive)).toBe(true);
    child.kill('SIGKILL');
    await waitUntil('its control plane is gone', () => !existsSync(dir) && !pids.some(isAlive), {
      seconds: 30,
    });
  });
});
