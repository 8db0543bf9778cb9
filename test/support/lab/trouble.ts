// What goes wrong in a lab on purpose, and when it has.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { waitUntil } from '../control-plane/waiting.ts';
import type { Lab } from './lab.ts';
import { BROKEN_IMAGE, SCOPE } from './world/patroni.ts';

/**
 * Gives the StatefulSet another image and deletes the member's pod, which alone gets it then (the strategy is
 * OnDelete). The member is where its image leads it to: wait for that.
 */
export async function startMemberWith(lab: Lab, member: string, image: string): Promise<void> {
  const { namespace, core } = lab;
  await lab.kubectl('set', 'image', `statefulset/${SCOPE}`, `postgresql=${image}`);
  const before = await core.readNamespacedPod({ namespace, name: member });
  await core.deleteNamespacedPod({ namespace, name: member });
  await waitUntil(
    `${member} is another pod`,
    async () => {
      const pod = await core.readNamespacedPod({ namespace, name: member }).catch(() => undefined);
      return pod !== undefined && pod.metadata?.uid !== before.metadata?.uid;
    },
    { seconds: 60 },
  );
}

/** Why the pod's first container waits: `CrashLoopBackOff`, `ImagePullBackOff`; undefined while it does not. */
export async function waitingReason(lab: Lab, pod: string): Promise<string | undefined> {
  const { status } = await lab.core.readNamespacedPod({ namespace: lab.namespace, name: pod });
  return status?.containerStatuses?.[0]?.state?.waiting?.reason;
}

/** The member gets an image without yaml, and crashes again and again. */
export async function crashMember(lab: Lab, member: string): Promise<void> {
  await startMemberWith(lab, member, BROKEN_IMAGE);
  const crashes = async () => (await waitingReason(lab, member)) === 'CrashLoopBackOff';
  await waitUntil(`${member} crash-loops`, crashes, { seconds: 60 });
}

/** Stops (SIGSTOP) the processes of a pod whose command matches; gives back what lets them go on. */
export async function freezeIn(lab: Lab, pod: string, command: RegExp): Promise<() => void> {
  const found = (await lab.processesIn(pod)).filter((one) => command.test(one.command));
  if (found.length === 0) throw new Error(`nothing in ${pod} matches ${command}`);
  for (const { pid } of found) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const { pid } of found) process.kill(pid, 'SIGCONT');
  };
}

/**
 * The pod's network goes first, then the pod, by force: as when a node is lost. Whoever it was connected to is not told,
 * and keeps its side of each connection.
 */
export async function loseWithoutGoodbye(lab: Lab, pod: string): Promise<void> {
  const [one] = await lab.processesIn(pod);
  if (!one) throw new Error(`nothing runs in ${pod}`);
  const words = ['--target', String(one.pid), '--net', 'ip', 'link', 'set', 'eth0', 'down'];
  await promisify(execFile)('nsenter', words, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  await lab.kubectl('delete', 'pod', pod, '--force', '--grace-period=0');
}
