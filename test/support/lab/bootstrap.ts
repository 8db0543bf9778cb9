// A Patroni cluster in a lab that has not begun: its one chance to begin may have been taken by nobody.
import type { CoreV1Api } from '@kubernetes/client-node';
import { MEMBERS, SCOPE } from './world/patroni.ts';

/** ms between two looks, and how many of them in a row must say the same. */
const EVERY_MS = 2000;
const IN_A_ROW = 6;

/**
 * Whoever makes the key `initialize` first makes the cluster. When the API server answers that too late, as on a machine
 * that is very busy, Patroni 3.0.2 takes it for refused, and every member waits for one that does not exist. Then the
 * key is taken away, as `patronictl remove` does. Runs until stopped.
 */
export function letItBegin(core: CoreV1Api, namespace: string): { stop(): void } {
  let seen = 0;
  const look = async () => {
    const logs = await Promise.all(
      MEMBERS.map((name) => core.readNamespacedPodLog({ namespace, name, tailLines: 1 }).catch(() => '')),
    );
    seen = logs.every((line) => line.includes('waiting for leader to bootstrap')) ? seen + 1 : 0;
    if (seen < IN_A_ROW) return;
    seen = 0;
    await core.deleteNamespacedConfigMap({ namespace, name: `${SCOPE}-config` });
  };
  const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
