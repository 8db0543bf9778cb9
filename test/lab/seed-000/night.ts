// How the night begins in the lab: three members on one image, then one of them is moved and its image cannot start.
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { letItBegin } from '../../support/lab/bootstrap.ts';
import { type Lab, openLab } from '../../support/lab/lab.ts';
import type { LabObject } from '../../support/lab/world/objects.ts';
import { MEMBERS, patroniImage, VOLUME_SIZE, withoutYaml } from '../../support/lab/world/patroni.ts';
import { pidpObjects, ROLES_AND_DATABASE, TABLES } from '../../support/lab/world/pidp.ts';
import { PATIENCE } from '../patience.ts';
import { type NightRegistries, PULL_SECRET, startNightRegistries } from './registries.ts';

/** Written before the crash, on every member; and after it, where the member that is down cannot have it. */
export const BEFORE = { id: 900_001, what: 'before the crash' };
export const AFTER = { id: 900_002, what: 'while a member was down' };

export interface Night {
  readonly lab: Lab;
  readonly images: NightRegistries;
  /** Led when the night began. */
  readonly leader: string;
  /** A follower, which crash-loops. */
  readonly crashed: string;
  /** The follower that runs. */
  readonly other: string;
  /** psql inside a member's pod, by kubectl. */
  psql(member: string, database: string, statement: string): Promise<string>;
  close(): Promise<void>;
}

export async function beginNight(): Promise<Night> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const images = await startNightRegistries('15');
    closers.push(() => images.close());
    const opened: { lab?: Lab } = {};
    // Empty, and then what `pidp` has: its members' image is one of a registry here.
    const lab = await openLab({
      world: 'empty',
      audit: true,
      // It is down for as long as the night needs: in the second in which it is tried again it could be entered.
      backOffMs: 300_000,
      refusesPull: async (image, pod) => opened.lab && images.refuses(image, pod, opened.lab.core),
    });
    opened.lab = lab;
    closers.push(() => lab.close());
    lab.images.set(images.used, patroniImage);
    lab.images.set(images.good, patroniImage);
    for (const member of MEMBERS) await lab.addVolume(`pgdata-${member}`, VOLUME_SIZE);
    await lab.apply(pidpObjects(lab.subnet, images.used).map(byKubernetesItself));
    // Made by whoever has the login; the pods' account does not name it yet.
    await lab.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: PULL_SECRET },
        type: 'kubernetes.io/dockerconfigjson',
        stringData: { '.dockerconfigjson': images.pullSecret },
      },
    ]);
    const beginning = letItBegin(lab.core, lab.namespace);
    const first = await lab.untilLed(PATIENCE).finally(() => beginning.stop());
    await lab.run(first, 'postgres', ROLES_AND_DATABASE);
    await lab.run(first, 'app', TABLES);
    await lab.untilHealthy(PATIENCE);
    await leadBy(lab, leader);
    await lab.untilReady('app=web-api', 2, PATIENCE);
    await lab.untilReady('app=crunchy', 1, PATIENCE);
    const psql: Night['psql'] = (member, database, statement) =>
      lab.kubectl('exec', member, '--', 'psql', '-XAtqc', statement, database);
    const night: Night = { lab, images, leader, crashed, other, psql, close };
    await insert(night, BEFORE);
    for (const member of MEMBERS) await untilHeld(night, member, BEFORE);
    await crash(night);
    await insert(night, AFTER);
    for (const member of [leader, other]) await untilHeld(night, member, AFTER);
    return night;
  } catch (error) {
    await close();
    throw error;
  }
}

/** As on that day: the last one led, and the first one was repaired first. */
const [crashed, other, leader] = MEMBERS;

async function leadBy(lab: Lab, wanted: string): Promise<void> {
  const now = await lab.untilLed(PATIENCE);
  if (now === wanted) return;
  const from = ['--master', now, '--candidate', wanted, '--force'];
  await lab.kubectl('exec', wanted, '--', 'patronictl', 'switchover', ...from);
  await waitUntil(`${wanted} leads`, async () => (await lab.untilLed(PATIENCE)) === wanted, {
    seconds: PATIENCE,
  });
  await lab.untilHealthy(PATIENCE);
}

type Row = typeof BEFORE;

/** As the application, at whoever leads. */
async function insert({ lab }: Night, row: Row): Promise<void> {
  const leader = await lab.untilLed(PATIENCE);
  await lab.run(leader, 'app', [
    'set role app',
    `insert into orders (id, what) values (${row.id}, '${row.what}')`,
  ]);
}

export async function untilHeld(night: Night, member: string, row: Row): Promise<void> {
  const what = `select what from orders where id = ${row.id}`;
  await waitUntil(
    `${member} has the row "${row.what}"`,
    async () => (await night.psql(member, 'app', what).catch(() => '')) === row.what,
    { seconds: PATIENCE },
  );
}

/**
 * The node is drained and the pod begins anew; its image, under the same name, has no yaml any more. Who knows why: on
 * that day nobody found out either.
 */
async function crash({ lab, images, crashed }: Night): Promise<void> {
  lab.images.set(images.used, withoutYaml);
  await lab.kubectl('delete', 'pod', crashed);
  await waitUntil(
    `${crashed} crash-loops`,
    async () => {
      const { status } = await lab.core
        .readNamespacedPod({ namespace: lab.namespace, name: crashed })
        .catch(() => ({ status: undefined }));
      const one = status?.containerStatuses?.[0];
      return one?.state?.waiting?.reason === 'CrashLoopBackOff' && one.restartCount >= 1;
    },
    { seconds: PATIENCE },
  );
}

/** Kubernetes replaces the members of the StatefulSet by itself, as most are left, until somebody says otherwise. */
function byKubernetesItself(object: LabObject): LabObject {
  if (object.kind !== 'StatefulSet' || object.metadata?.name !== 'prod-patroni') return object;
  return { ...object, spec: { ...(object['spec'] as object), updateStrategy: { type: 'RollingUpdate' } } };
}
