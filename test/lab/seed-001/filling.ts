// How the database gets full: pods that keep what they took, pods that go without a goodbye, and a rollout that gets stuck.
import type { V1Pod } from '@kubernetes/client-node';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { loseWithoutGoodbye } from '../../support/lab/trouble.ts';
import { LIMIT, POOLS, RESERVED, siteImage } from '../../support/lab/world/community.ts';
import { PATIENCE } from '../patience.ts';
import type { Night } from './night.ts';

/** Connections that a pod takes and never gives back, before the next rollout. */
const LOST = 12;
/** What is left for the new pod, which wants more. */
const LEFT = 5;

/** Addresses of pods of `site`. */
export interface Filled {
  /** No pod has them any more; what they opened is still there. */
  readonly gone: readonly string[];
  /** Of the previous ReplicaSet, which go on until the new one is ready. */
  readonly previous: readonly string[];
  /** Of the current one: not let in as often as it wants. */
  readonly current: string;
}

/** A request after which the pod has so many connections more, which it has lost. */
export async function lose(pod: V1Pod, count: number): Promise<void> {
  const answer = await fetch(`http://${addressOf(pod)}:8000/lose/${count}`, {
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  if (!text.includes(' + ')) throw new Error(`${pod.metadata?.name} said ${answer.status} ${text}`);
}

export const addressOf = (pod: V1Pod) => pod.status?.podIP ?? '';

/** What others than superusers may still open; undefined while not even psql is let in. */
export const freeNow = async (night: Night): Promise<number | undefined> => {
  const sessions = await night.sessions().catch(() => undefined);
  return sessions && LIMIT - RESERVED - sessions.length;
};

export async function fillUp(night: Night): Promise<Filled> {
  const { lab } = night;
  const gone: string[] = [];
  for (const pod of await lab.untilReady('app=site', 2, PATIENCE)) {
    await lose(pod, LOST);
    await loseWithoutGoodbye(lab, pod.metadata?.name ?? '');
    gone.push(addressOf(pod));
    await lab.untilReady('app=site', 2, PATIENCE);
  }
  const old = await lab.untilReady('app=site', 2, PATIENCE);
  for (const pod of old) await lose(pod, LOST);
  const free = await waitUntil('psql is let in', () => freeNow(night), { seconds: PATIENCE });
  const [first] = old;
  if (first) await lose(first, free - LEFT);

  await lab.kubectl('set', 'image', 'deployment/site', `site=${siteImage(42)}`);
  const previous = old.map(addressOf);
  const fresh = await waitUntil(
    'the new pod has an address',
    async () =>
      (await night.pods()).find((pod) => addressOf(pod) !== '' && !previous.includes(addressOf(pod))),
    { seconds: PATIENCE },
  );
  const current = addressOf(fresh);
  await waitUntil(
    'the new pod has what was left, and is refused more',
    async () => {
      const held = (await night.sessions().catch(() => [])).filter(({ address }) => address === current);
      const log = await lab.kubectl('logs', fresh.metadata?.name ?? '').catch(() => '');
      return held.length === LEFT && /OperationalError.*FATAL/.test(log);
    },
    { seconds: PATIENCE },
  );
  if (LEFT >= POOLS.site) throw new Error('the new pod has all it wants');
  return { gone, previous, current };
}
