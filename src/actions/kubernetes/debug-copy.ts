/** `k8s.debug-copy`: a helper pod beside a pod that cannot be entered, with its volume mounted to read only. */
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import { sha256 } from '../../incidents/hash.ts';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { beforeAnyWrite, notAsPlanned } from './guarded-write.ts';
import { byList, incidentLabels, MADE_ONCE, makeOnce, mustBeAbsent, wasMade } from './made-once.ts';
import { createObject, type KubeObject, POD, readObject } from './objects.ts';
import { GET_POD, LIST_PODS, right } from './rights.ts';
import { asked } from './status-error.ts';
import { mainContainer } from './workload-pods.ts';

type LivePod = V1Pod & KubeObject;

/** The label of a helper. */
export const DEBUG_POD = 'handrail.dev/debug-pod';

const params = z.object({
  /** The pod whose volume is looked at. */
  pod: z.string().min(1),
  /** Which of its claims; needed when it mounts several. */
  claim: z.string().min(1).optional(),
  /** The helper ends by itself after this many hours. */
  hours: z.int().min(1).max(24).default(4),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  /** Name of the helper. */
  pod: z.string(),
  claim: z.string(),
  image: z.string(),
  /** Where the volume is mounted in it. */
  path: z.string(),
  source_uid: z.string(),
});

export const debugCopy = changing({
  name: 'k8s.debug-copy',
  version: 1,
  params,
  output: z.object({ pod: z.string(), path: z.string() }),
  planValues,
  capturesBefore: false,
  rights: {
    // The helper is looked for in the list: its name is known to nobody before it is planned.
    kubernetes: [GET_POD, LIST_PODS, right('', 'pods', ['create'])],
    postgres: [],
  },
  guard: MADE_ONCE,
  byHand: (p, namespace) => {
    const source = word(p.pod, '<pod>');
    const overrides = {
      spec: {
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: p.claim ?? '<claim>' } }],
        containers: [
          {
            name: 'look',
            image: '<image>',
            command: ['sleep', '14400'],
            volumeMounts: [{ name: 'v', mountPath: '/look', readOnly: true }],
          },
        ],
      },
    };
    return [
      kubectl(
        namespace,
        `get pod ${source} -o jsonpath='{.spec.nodeName}{"  "}{.spec.containers[*].image}{"  "}{.spec.volumes[*].persistentVolumeClaim.claimName}{"\\n"}'`,
      ),
      kubectl(
        namespace,
        `run look --image='<image>' --restart=Never --overrides=${word(overrides, '<overrides>')}`,
      ),
      kubectl(namespace, 'exec look -- ls -la /look'),
      kubectl(namespace, 'delete pod look'),
    ];
  },

  async plan(call) {
    const cluster = await connect(call);
    const source = await asked(
      `reading pod ${call.params.pod} in ${call.namespace}`,
      readObject<LivePod>(cluster, POD, call.namespace, call.params.pod),
    );
    const helper = helperOf(call, source);
    await mustBeAbsent(cluster, POD, call.namespace, helper.name, 'Use it, or delete it first.', byList);
    await asked(
      `trying (dry run) to make pod ${helper.name}`,
      createObject(cluster, POD, call.namespace, helper.body, { dryRun: true }),
    );
    return {
      target: { kind: 'Pod', namespace: call.namespace, name: helper.name },
      changes: [
        {
          field: `pod ${helper.name}`,
          before: 'not there',
          after: `reads ${helper.claim} at ${helper.path}, for ${call.params.hours} h`,
        },
        { field: 'image', before: 'none', after: helper.image },
      ],
      values: {
        pod: helper.name,
        claim: helper.claim,
        image: helper.image,
        path: helper.path,
        source_uid: source.metadata.uid ?? '',
      },
      notes: [
        ...(source.spec?.nodeName ? [`It runs on ${source.spec.nodeName}, where the volume is.`] : []),
        'It can read everything on the volume, personal data too: delete it when you are done.',
      ],
      unknowns: [],
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const cluster = await connect(call);
    const source = await beforeAnyWrite(
      asked(
        `reading pod ${call.params.pod} in ${call.namespace}`,
        readObject<LivePod>(cluster, POD, call.namespace, call.params.pod),
      ),
    );
    const helper = helperOf(call, source);
    if (
      source.metadata.uid !== values.source_uid ||
      helper.claim !== values.claim ||
      helper.image !== values.image
    )
      throw notAsPlanned(`Pod ${call.params.pod}`, 'is another one now');
    await makeOnce<LivePod>(cluster, call, POD, helper.body, byList);
    return { pod: helper.name, path: helper.path };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    return await wasMade(await connect(call), call, POD, values.pod, byList);
  },
});

const HOUR_SECONDS = 3600;

function helperOf(call: Pick<Call<Params>, 'params' | 'namespace' | 'incident'>, source: LivePod) {
  const claim = claimIn(source, call.params.claim);
  const { container, path } = mountOf(source, claim);
  const name = `handrail-inc-${call.incident}-debug-${sha256(claim).slice(0, 8)}`;
  const image = container.image ?? '';
  const pull = source.spec?.imagePullSecrets;
  const body = {
    apiVersion: POD.apiVersion,
    kind: POD.kind,
    metadata: {
      name,
      namespace: call.namespace,
      labels: { ...incidentLabels(call), [DEBUG_POD]: 'true' },
    },
    spec: {
      ...(source.spec?.nodeName ? { nodeName: source.spec.nodeName } : {}),
      ...(pull ? { imagePullSecrets: pull } : {}),
      restartPolicy: 'Never',
      activeDeadlineSeconds: call.params.hours * HOUR_SECONDS,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      securityContext: asReader(source),
      containers: [
        {
          name: 'look',
          image,
          command: ['sleep', String(call.params.hours * HOUR_SECONDS)],
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
          securityContext: {
            ...userOf(container),
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'looked-at', mountPath: path, readOnly: true }],
        },
      ],
      volumes: [{ name: 'looked-at', persistentVolumeClaim: { claimName: claim } }],
    },
  };
  return { name, claim, image, path, body: body as KubeObject & { readonly metadata: { name: string } } };
}

/**
 * The same user, so that it may read what the other one wrote. Its group only as a supplementary one: as fsGroup the
 * kubelet would change the owner of every file on the volume.
 */
function asReader(source: LivePod): object {
  const { runAsUser, runAsGroup, fsGroup, supplementalGroups = [] } = source.spec?.securityContext ?? {};
  const groups = [...new Set([...supplementalGroups, ...(fsGroup === undefined ? [] : [fsGroup])])];
  return {
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
    ...(groups.length > 0 ? { supplementalGroups: groups } : {}),
  };
}

function userOf(container: V1Container): object {
  const { runAsUser, runAsGroup } = container.securityContext ?? {};
  return {
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
  };
}

function claimIn(source: LivePod, wanted: string | undefined): string {
  const claims = (source.spec?.volumes ?? []).flatMap((one) => one.persistentVolumeClaim?.claimName ?? []);
  const name = source.metadata.name;
  const list = claims.join(', ');
  if (claims.length === 0) throw refused(`Pod ${name} mounts no claim: there is no volume to look at.`);
  if (wanted === undefined) {
    if (claims.length > 1)
      throw refused(`Pod ${name} mounts several claims (${list}): name the one that is meant.`);
    return claims[0] ?? '';
  }
  if (!claims.includes(wanted)) throw refused(`Pod ${name} mounts no claim ${wanted}. It mounts: ${list}.`);
  return wanted;
}

/** Mounted at the same path as in the source's own container, with its image. */
function mountOf(source: LivePod, claim: string): { container: V1Container; path: string } {
  const volume = source.spec?.volumes?.find((one) => one.persistentVolumeClaim?.claimName === claim)?.name;
  const main = mainContainer(source);
  const containers = [...(source.spec?.containers ?? [])].sort(
    (a, b) => Number(b.name === main) - Number(a.name === main),
  );
  for (const container of containers) {
    const mount = container.volumeMounts?.find((one) => one.name === volume);
    if (mount) return { container, path: mount.mountPath };
  }
  throw refused(`No container of ${source.metadata.name} mounts ${claim}.`);
}

function refused(says: string): ActionFailed {
  return new ActionFailed(says, { nothingHappened: true });
}
