/** `k8s.pvc`: the claims of a namespace or of one workload: how big, bound or not, who mounts them, how full. */
import type { V1PersistentVolumeClaim, V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import { parseQuantity } from '../../runbooks/quantity.ts';
import type { Call, Foreseen, Needed } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { reading } from '../define.ts';
import { namedBy } from '../foreseen.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { exec } from './exec.ts';
import { CLAIM, listObjects } from './objects.ts';
import { LIST_CLAIMS, LIST_PODS, of, right } from './rights.ts';
import { asked, note, statusCode } from './status-error.ts';
import { byName, isOver, nameOf } from './workload-pods.ts';

const bytes = () => z.int().meta({ format: 'bytes' });

/** In the pod that is named, or in any that mounts a claim. */
const measured = (call: Foreseen): Needed => {
  const known = call.args['used'];
  if (typeof known === 'object' && known.is !== 'true') return 'none';
  return call.args['pod'] === undefined ? 'any' : namedBy(call, 'pod');
};

export const pvc = reading({
  name: 'k8s.pvc',
  version: 1,
  params: z.object({
    /** Only the claims that this pod mounts. */
    pod: z.string().min(1).optional(),
    /** Only this claim. */
    claim: z.string().min(1).optional(),
    /** Also how full they are, by `df` in a running pod that mounts them. */
    used: z.boolean().default(false),
  }),
  output: z.object({
    claims: z.array(
      z.object({
        name: z.string(),
        phase: z.string(),
        /** What the volume has; before it is bound, what was asked for. */
        size_bytes: bytes(),
        used_bytes: bytes().optional(),
        used_percent: z.int().optional(),
        volume: z.string().optional(),
        class: z.string().optional(),
        pods: z.array(z.string()),
        /** A bigger size was asked for and is not there yet. */
        growing: z.boolean(),
      }),
    ),
    count: z.int(),
    /** Claims that are not Bound. */
    not_bound: z.array(z.string()),
    /** Claims that no pod mounts. */
    unused: z.array(z.string()),
    /** Of those that could be measured; -1 when none could. */
    fullest_percent: z.int(),
    unknowns: z.array(z.string()),
  }),
  rights: {
    kubernetes: [
      LIST_CLAIMS,
      LIST_PODS,
      of(right('', 'pods/exec', ['create', 'get'], { optional: true }), measured),
    ],
    postgres: [],
  },
  byHand: (params, namespace) => [
    kubectl(namespace, `get pvc${params.claim ? ` ${word(params.claim, '')}` : ''}`),
    kubectl(namespace, params.pod ? `describe pod ${word(params.pod, '')}` : 'describe pvc'),
    ...(params.used ? [kubectl(namespace, `exec ${word(params.pod, '<pod>')} -- df -Pk`)] : []),
  ],
  async run(call) {
    const cluster = await connect(call);
    const { namespace } = call;
    const [all, list] = await Promise.all([
      asked(
        `listing claims in ${namespace}`,
        listObjects<V1PersistentVolumeClaim>(cluster, CLAIM, namespace),
      ),
      asked(`listing pods in ${namespace}`, cluster.core.listNamespacedPod({ namespace })),
    ]);
    const pods = list.items.filter((pod) => !isOver(pod)).sort(byName);
    const wanted = all.filter((claim) => isWanted(claim.metadata?.name ?? '', call.params, pods));
    mustBeThere(call, wanted, pods);
    const unknowns: string[] = [];
    const claims = [];
    for (const claim of wanted) {
      const users = pods.filter((pod) => mounts(pod, claim.metadata?.name ?? ''));
      const fill = call.params.used ? await fillOf(call, claim, users, unknowns) : {};
      claims.push({ ...shapeOf(claim, users), ...fill });
    }
    return {
      claims,
      count: claims.length,
      not_bound: claims.filter((one) => one.phase !== 'Bound').map((one) => one.name),
      unused: claims.filter((one) => one.pods.length === 0).map((one) => one.name),
      fullest_percent: Math.max(
        -1,
        ...claims.map((one) => ('used_percent' in one ? (one.used_percent ?? -1) : -1)),
      ),
      unknowns,
    };
  },
});

type Params = { readonly pod?: string | undefined; readonly claim?: string | undefined };

function isWanted(name: string, params: Params, pods: readonly V1Pod[]): boolean {
  if (params.claim !== undefined && params.claim !== name) return false;
  if (params.pod === undefined) return true;
  return pods.some((pod) => nameOf(pod) === params.pod && mounts(pod, name));
}

function mustBeThere(call: Call<Params>, found: readonly unknown[], pods: readonly V1Pod[]): void {
  const { pod, claim } = call.params;
  if (pod !== undefined && !pods.some((one) => nameOf(one) === pod))
    throw new ActionFailed(`There is no pod ${pod} in ${call.namespace}.`);
  if (claim !== undefined && found.length === 0)
    throw new ActionFailed(
      `There is no claim ${claim} in ${call.namespace}${pod === undefined ? '' : ` that pod ${pod} mounts`}. "kubectl -n ${call.namespace} get pvc" lists them.`,
    );
}

function volumeOf(pod: V1Pod, claim: string): string | undefined {
  return pod.spec?.volumes?.find((volume) => volume.persistentVolumeClaim?.claimName === claim)?.name;
}

function mounts(pod: V1Pod, claim: string): boolean {
  return volumeOf(pod, claim) !== undefined;
}

function shapeOf(claim: V1PersistentVolumeClaim, users: readonly V1Pod[]) {
  const asked = bytesOf(claim.spec?.resources?.requests?.['storage']);
  const has = bytesOf(claim.status?.capacity?.['storage']);
  return {
    name: claim.metadata?.name ?? '',
    phase: claim.status?.phase ?? 'unknown',
    size_bytes: has ?? asked ?? 0,
    ...(claim.spec?.volumeName ? { volume: claim.spec.volumeName } : {}),
    ...(claim.spec?.storageClassName ? { class: claim.spec.storageClassName } : {}),
    pods: users.map(nameOf),
    growing: has !== undefined && asked !== undefined && asked > has,
  };
}

/** What `df` says where the claim is mounted, in the first pod that answers. */
async function fillOf(
  call: Call<Params>,
  claim: V1PersistentVolumeClaim,
  users: readonly V1Pod[],
  unknowns: string[],
): Promise<{ used_bytes?: number; used_percent?: number }> {
  const name = claim.metadata?.name ?? '';
  const { pod: only } = call.params;
  const running = users.filter((one) => one.status?.phase === 'Running');
  for (const pod of running.filter((one) => only === undefined || nameOf(one) === only)) {
    const place = placeIn(pod, name);
    if (!place) continue;
    try {
      const ran = await exec(call, { namespace: call.namespace, pod: nameOf(pod), ...place });
      const [, size, used] =
        /^\S+\s+(\d+)\s+(\d+)\s+-?\d+\s/m.exec(ran.stdout.split('\n').slice(1).join('\n')) ?? [];
      if (size === undefined || used === undefined || Number(size) === 0) continue;
      return {
        used_bytes: Number(used) * 1024,
        used_percent: Math.ceil((Number(used) * 100) / Number(size)),
      };
    } catch (error) {
      if (!(error instanceof ActionFailed)) throw error;
      const refused = statusCode(error.cause) === 403;
      note(unknowns, refused ? 'no right to look into pods: how full volumes are is not known' : error.says);
    }
  }
  if (unknowns.length === 0) note(unknowns, `how full ${name} is: no running pod that mounts it could tell`);
  return {};
}

function placeIn(pod: V1Pod, claim: string): { container: string; argv: string[] } | undefined {
  const volume = volumeOf(pod, claim);
  for (const container of pod.spec?.containers ?? []) {
    const mount = container.volumeMounts?.find((one) => one.name === volume);
    if (mount) return { container: container.name, argv: ['df', '-Pk', '--', mount.mountPath] };
  }
  return undefined;
}

function bytesOf(quantity: string | undefined): number | undefined {
  const found = quantity === undefined ? undefined : parseQuantity(quantity);
  return found === undefined ? undefined : Number(found);
}
