/**
 * A member whose pod cannot be entered is read through a helper pod on the same volume, when there is one
 * (`k8s.debug-copy`; design/actions.md, `wal-positions`).
 */
import type { V1Pod } from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import { connect } from '../kubernetes/client.ts';
import { DEBUG_POD } from '../kubernetes/debug-copy.ts';
import { asked } from '../kubernetes/status-error.ts';
import { databaseContainer, type Ran, runScript } from '../postgres/in-pod.ts';
import { IN_HELPER } from './wal-scripts.ts';

type Reaching = Pick<Call, 'reach' | 'signal' | 'namespace'>;

/** Where a member's files are read. */
export interface Place {
  readonly pod: string;
  readonly container: string;
  /** Of a helper, which has not the member's environment: its data directory, where the pod's manifest names one. */
  readonly helper?: { readonly data?: string };
}

/** The member's own pod. */
export const ownPlace = (pod: V1Pod): Place => ({
  pod: pod.metadata?.name ?? '',
  container: databaseContainer(pod),
});

/** Runs a script of wal-scripts.ts where the member's files are. Throws ActionFailed as `runScript` does. */
export async function runAt(
  call: Reaching,
  place: Place,
  text: string,
  args: readonly string[],
): Promise<Ran> {
  const { pod, container, helper } = place;
  const where = { pod, container };
  return helper
    ? await runScript(call, where, `${IN_HELPER}\n${text}`, [helper.data ?? '', ...args])
    : await runScript(call, where, text, args);
}

/** How often its database container was started; undefined while it runs. A server that runs is never read beside it. */
function startsWhileDown(pod: V1Pod): number | undefined {
  const name = databaseContainer(pod);
  const status = pod.status?.containerStatuses?.find((one) => one.name === name);
  return status?.state?.running ? undefined : (status?.restartCount ?? 0);
}

/**
 * A helper that runs and mounts one of the member's claims; undefined when there is none, or when the member's container
 * runs: then its files change while they are read.
 */
export async function helperFor(call: Reaching, member: V1Pod): Promise<Place | undefined> {
  if (startsWhileDown(member) === undefined) return undefined;
  const claims = claimsOf(member);
  if (claims.size === 0) return undefined;
  const { core } = await connect(call);
  const { items } = await asked(
    `listing helper pods in ${call.namespace}`,
    core.listNamespacedPod({ namespace: call.namespace, labelSelector: `${DEBUG_POD}=true` }),
  );
  const helper = items.find(
    (pod) =>
      pod.status?.phase === 'Running' &&
      pod.metadata?.deletionTimestamp === undefined &&
      [...claimsOf(pod)].some((claim) => claims.has(claim)),
  );
  if (!helper) return undefined;
  const data = dataOf(member);
  return {
    pod: helper.metadata?.name ?? '',
    container: helper.spec?.containers[0]?.name ?? '',
    helper: data === undefined ? {} : { data },
  };
}

/** True when the member's container has not been started since `member` was read: what was read then still holds. */
export async function stayedDown(call: Reaching, member: V1Pod): Promise<boolean> {
  const { core } = await connect(call);
  const name = member.metadata?.name ?? '';
  // A list of one: listing pods is what this may do already.
  const { items } = await asked(
    `reading pod ${name} in ${call.namespace}`,
    core.listNamespacedPod({ namespace: call.namespace, fieldSelector: `metadata.name=${name}` }),
  );
  const [now] = items;
  const before = startsWhileDown(member);
  return (
    before !== undefined &&
    now !== undefined &&
    now.metadata?.uid === member.metadata?.uid &&
    startsWhileDown(now) === before
  );
}

const claimsOf = (pod: V1Pod): ReadonlySet<string> =>
  new Set((pod.spec?.volumes ?? []).flatMap((one) => one.persistentVolumeClaim?.claimName ?? []));

function dataOf(pod: V1Pod): string | undefined {
  const name = databaseContainer(pod);
  const env = pod.spec?.containers.find((one) => one.name === name)?.env ?? [];
  return ['PGDATA', 'PATRONI_POSTGRESQL_DATA_DIR']
    .map((key) => env.find((one) => one.name === key)?.value)
    .find((value) => value !== undefined && value !== '');
}
