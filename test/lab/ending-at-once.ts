// Containers whose program has ended before the process that started them can look at anything.
import { expect } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import type { Lab } from '../support/lab/lab.ts';
import { UTILITY_IMAGE } from '../support/lab/world/pidp.ts';

/** They have run, and how they ended and what they said is told: a container that could not be made is something else. */
export async function endAtOnce(lab: Lab): Promise<void> {
  const { namespace, core } = lab;
  const names = ['first', 'second', 'third'].map((one) => `ends-at-once-${one}`);
  const command = ['/bin/sh', '-c', 'echo said; exit 3'];
  // Nothing that happens meanwhile is seen before it is over.
  const busy = setInterval(() => {
    const until = performance.now() + 300;
    while (performance.now() < until);
  }, 50);
  try {
    await lab.apply(
      names.map((name) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: UTILITY_IMAGE, command }] },
      })),
    );
    const ended = async () => {
      const { items } = await core.listNamespacedPod({ namespace });
      const own = items.filter(({ metadata }) => names.includes(metadata?.name ?? ''));
      const states = own.flatMap(({ status }) => status?.containerStatuses?.[0]?.state ?? []);
      if (states.some(({ waiting }) => waiting?.reason === 'RunContainerError'))
        throw new Error(`a container was not made: ${JSON.stringify(states)}`);
      const over = own.filter(({ status }) => status?.phase === 'Failed');
      return over.length === names.length ? over : undefined;
    };
    for (const { metadata, status } of await waitUntil('they have ended', ended)) {
      expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3 });
      expect(await core.readNamespacedPodLog({ namespace, name: metadata?.name ?? '' })).toBe('said\n');
    }
  } finally {
    clearInterval(busy);
    for (const name of names) await core.deleteNamespacedPod({ namespace, name }).catch(() => undefined);
  }
}
