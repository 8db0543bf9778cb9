/** What the changing actions share: looking at the cluster again until it is as it should be, and its target. */
import { setTimeout as delay } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { Plan } from '../../incidents/plan.ts';
import { ActionFailed } from '../action.ts';
import { ownerOfPod } from '../kubernetes/pod-owner.ts';
import { isRunning, type Member, type Observed, observe } from './observe.ts';

type Asking = Parameters<typeof observe>[0];

const PAUSE_MS = 500;

/**
 * Looks again and again until `wanted` gives something, for `seconds` or until the call ends. Undefined when it did not
 * come. A look that fails is looked at again: a cluster that changes does not always answer.
 */
export async function until<T>(
  call: Asking,
  seconds: number,
  wanted: (seen: Observed) => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  const end = performance.now() + seconds * 1000;
  while (!call.signal.aborted) {
    const found = await look(call, wanted);
    if (found !== undefined || performance.now() > end) return found;
    await delay(PAUSE_MS, undefined, { signal: call.signal }).catch(() => undefined);
  }
  return undefined;
}

async function look<T>(
  call: Asking,
  wanted: (seen: Observed) => T | undefined | Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await wanted(await observe(call));
  } catch (error) {
    if (error instanceof ActionFailed || call.signal.aborted) return undefined;
    throw error;
  }
}

/** The one that runs and says it leads. Throws in words, with nothing changed, when there is none or are several. */
export function onlyLeader(seen: Observed): Member & { readonly pod: V1Pod } {
  const leaders = seen.members.filter((member) => isRunning(member) && member.role === 'leader');
  const [leader] = leaders;
  if (leaders.length > 1) {
    const names = leaders.map(({ name }) => name).join(' and ');
    throw refused(
      `${names} each say that they lead. Two primaries write different data: stop, and let a person decide.`,
    );
  }
  if (!leader?.pod) {
    throw refused(
      `${seen.statefulset} has no leader now. Look at who has the newest data (patroni.wal-positions) before anything else.`,
    );
  }
  return { ...leader, pod: leader.pod };
}

export function memberNamed(seen: Observed, name: string): Member & { readonly pod: V1Pod } {
  const member = seen.members.find((one) => one.name === name || one.listed?.name === name);
  if (!member) {
    throw refused(
      `${name} is no member of ${seen.statefulset}. Its members are ${seen.members.map((one) => one.name).join(', ')}.`,
    );
  }
  if (!member.pod) throw refused(`${name} has no pod now.`);
  return { ...member, pod: member.pod };
}

/** What Patroni calls it: usually like its pod. */
export function patroniName(member: Member): string {
  return member.listed?.name ?? member.name;
}

/** A plan's target: the StatefulSet, by the uid that its pods name. */
export function setTarget(seen: Observed, namespace: string): Plan['target'] {
  const owners = seen.members.flatMap(({ pod }) => pod?.metadata?.ownerReferences ?? []);
  const uid = owners.find(({ controller, kind }) => controller === true && kind === 'StatefulSet')?.uid;
  return { kind: 'StatefulSet', namespace, name: seen.statefulset, ...(uid ? { uid } : {}) };
}

export function podTarget(member: { readonly pod: V1Pod }, namespace: string): Plan['target'] {
  const { name = '', uid } = member.pod.metadata ?? {};
  return { kind: 'Pod', namespace, name, ...(uid ? { uid } : {}), ...ownerOfPod(member.pod) };
}

/** A failure that has changed nothing. */
export function refused(says: string): ActionFailed {
  return new ActionFailed(says, { nothingHappened: true });
}

/** The live state is no longer what was confirmed. */
export function outdated(says: string): ActionFailed {
  return new ActionFailed(`${says} Look again, then plan again.`, {
    nothingHappened: true,
    planChanged: true,
  });
}

/** True while the members are reached: for waiting out what a request may still do. */
export function isPaused(seen: Observed): boolean {
  return seen.listing?.pause === true || seen.members.some((member) => member.own?.pause === true);
}

export type { Asking };
