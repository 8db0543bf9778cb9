/** `k8s.set-member-image`: gives one named member of a StatefulSet another image, and leaves the others as they are. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import type { ChangingCall } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import type { Cluster } from './client.ts';
import { connect } from './client.ts';
import {
  beforeAnyWrite,
  GUARD,
  lookForTrace,
  mustBeOurs,
  notAsPlanned,
  patchGuarded,
  replaced,
  tryPatch,
} from './guarded-write.ts';
import { imageReference } from './image-reference.ts';
import {
  containerOf,
  containerPatch,
  type LiveWorkload,
  readLive,
  strategyOf,
  targetOf,
} from './live-workload.ts';
import { endingNotes } from './member-pod.ts';
import { deleteObject, type KubeObject, POD, readObject, STATEFUL_SET } from './objects.ts';
import { ownerNotes } from './owners.ts';
import { ownerOfPod } from './pod-owner.ts';
import { LIST_PODS, named, PATCH_NAMED_SET, right } from './rights.ts';
import { asked, askedIfThere, inWords, statusCode } from './status-error.ts';
import { sinceThen } from './taken-back.ts';
import { fromStatefulSet } from './workload-object.ts';
import { isReady, nameOf, podsOf } from './workload-pods.ts';

const params = z.object({
  statefulset: z.string().min(1),
  /** Name of the pod. */
  member: z.string().min(1),
  container: z.string().min(1).optional(),
  image: imageReference,
  /** Only of an undo: the image that the change that is taken back had set. Where it is another one now, the plan says so. */
  undoes: imageReference.optional(),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  container: z.string(),
  /** What the member runs, and what the template says: they may differ. */
  before: z.string(),
  template_before: z.string(),
  after: z.string(),
  /** `RollingUpdate` or `OnDelete`; it is OnDelete afterwards. */
  strategy_before: z.string(),
  partition_before: z.int(),
  member: z.string(),
  /** Of the pod that ends; the member is back when another one is there. */
  pod_uid: z.string(),
  set_uid: z.string(),
});

export const setMemberImage = changing({
  name: 'k8s.set-member-image',
  version: 1,
  params,
  output: z.object({ image: z.string(), member: z.string() }),
  planValues,
  capturesBefore: true,
  rights: {
    kubernetes: [
      PATCH_NAMED_SET,
      LIST_PODS,
      right('', 'pods', ['get', 'delete'], { needed: named('member') }),
    ],
    postgres: [],
  },
  guard: `${GUARD} The pod is deleted only while it is the one of the plan (uid), and after the template holds the image.`,
  byHand: (p, namespace) => {
    const set = word(p.statefulset, '<statefulset>');
    const member = word(p.member, '<member>');
    const image = word(`${p.container ?? '<container>'}=${p.image ?? '<image>'}`, '<container>=<image>');
    return [
      kubectl(
        namespace,
        `patch statefulset ${set} --type=merge -p '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'`,
      ),
      kubectl(namespace, `set image statefulset/${set} ${image}`),
      kubectl(namespace, `delete pod ${member}`),
      kubectl(namespace, `wait --for=condition=Ready pod/${member} --timeout=300s`),
    ];
  },

  async plan(call) {
    const { statefulset, member, image, undoes } = call.params;
    const cluster = await connect(call);
    const live = await readLive(cluster, call.namespace, statefulset, 'statefulset');
    const container = containerOf(live, call.params.container);
    const pods = await podsOf(cluster, fromStatefulSet(live as never));
    const pod = pods.find((one) => nameOf(one) === member);
    if (!pod) throw noMember(live, member, pods);
    oneAtATime(pods, member, container.name, image);
    await tryPatch(cluster, STATEFUL_SET, live, 'set the image of', patchFor(live, container.name, image));
    await asked(
      `trying (dry run) to delete pod ${member}`,
      deleteObject(cluster, POD, call.namespace, member, { uid: pod.metadata?.uid ?? '', dryRun: true }),
    );
    const before = imageIn(pod, container.name);
    const { type = 'RollingUpdate', rollingUpdate } = strategyOf(live);
    return {
      // The member, not the set: what is confirmed, and approved for several, is one pod each.
      target: { ...targetOf(POD, pod as never), ...ownerOfPod(pod) },
      changes: [
        { field: `image of ${member}`, before, after: image },
        { field: 'image in the template', before: container.image ?? '', after: image },
        { field: 'update strategy', before: type, after: 'OnDelete' },
      ],
      values: {
        container: container.name,
        before,
        template_before: container.image ?? '',
        after: image,
        strategy_before: type,
        partition_before: rollingUpdate?.partition ?? 0,
        member,
        pod_uid: pod.metadata?.uid ?? '',
        set_uid: live.metadata.uid ?? '',
      },
      notes: [
        ...sinceThen(`the image of ${member}`, { before: image, set: undoes, now: before }),
        ...endingNotes(pod),
        ...otherNotes(pods, type),
        ...ownerNotes(live, 'image'),
      ],
      unknowns: [],
      undo: { statefulset, member, container: container.name, image: before, undoes: image },
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { statefulset, member } = call.params;
    const cluster = await connect(call);
    const pod = await beforeAnyWrite(
      asked(
        `reading pod ${member} in ${call.namespace}`,
        readObject<V1Pod & KubeObject>(cluster, POD, call.namespace, member),
      ),
    );
    if (pod.metadata.uid !== values.pod_uid) throw replaced(`Pod ${member}`);
    await patchGuarded<LiveWorkload>(cluster, onSet(call, values), {
      of: STATEFUL_SET,
      name: statefulset,
      doing: 'setting an image of',
      mustBePlanned: (live) => {
        const now = containerOf(live, values.container).image ?? '';
        if (now !== values.template_before)
          throw notAsPlanned(`StatefulSet ${statefulset}`, `has the image ${now} now`);
      },
      change: (live) => patchFor(live, values.container, values.after),
    });
    await endMember(cluster, call, values);
    return { image: values.after, member };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const { statefulset, member } = call.params;
    const cluster = await connect(call);
    const template = await lookForTrace<LiveWorkload>(
      cluster,
      onSet(call, values),
      STATEFUL_SET,
      statefulset,
      (live) => {
        const now = containerOf(live, values.container).image ?? '';
        return (
          now === values.template_before &&
          (strategyOf(live).type ?? 'RollingUpdate') === values.strategy_before
        );
      },
    );
    if (template !== 'made') return template;
    const pod = await askedIfThere(
      `reading pod ${member} in ${call.namespace}`,
      readObject<V1Pod & KubeObject>(cluster, POD, call.namespace, member),
    );
    // The template is ours; with the old pod still there only half of it was made.
    return pod?.metadata.uid === values.pod_uid && !pod.metadata.deletionTimestamp ? 'cannot tell' : 'made';
  },
});

type Values = z.output<typeof planValues>;

/** The same call with the StatefulSet as its target: that is the object that is written, and that keeps the trace. */
function onSet(call: ChangingCall<Params>, values: Values): ChangingCall<Params> {
  const { statefulset: name } = call.params;
  const target = { kind: 'StatefulSet', namespace: call.namespace, name, uid: values.set_uid };
  return { ...call, plan: { ...call.plan, target } };
}

/** The template is written by now: nothing that fails here proves that nothing happened. */
async function endMember(cluster: Cluster, call: ChangingCall<Params>, values: Values): Promise<void> {
  const { member } = values;
  const half = `StatefulSet ${call.params.statefulset} has the new image and OnDelete, but pod ${member} was not deleted`;
  try {
    await mustBeOurs(call);
    await deleteObject(cluster, POD, call.namespace, member, { uid: values.pod_uid });
  } catch (error) {
    // Gone, or another one already: it was made after the template had the image, or the next look at the images tells.
    if (statusCode(error) === 404 || statusCode(error) === 409) return;
    const why = inWords(error, `deleting pod ${member}`);
    throw new ActionFailed(`${half}: ${why.says} Delete it by hand, or undo.`, { cause: error });
  }
}

function imageIn(pod: V1Pod, container: string): string {
  return pod.spec?.containers.find((one) => one.name === container)?.image ?? '';
}

function noMember(live: LiveWorkload, member: string, pods: readonly V1Pod[]): ActionFailed {
  const names = pods.map(nameOf).join(', ') || 'none';
  return new ActionFailed(`${live.metadata.name} has no member ${member} now. Its pods: ${names}.`, {
    nothingHappened: true,
  });
}

/** A member that was given this image and is not ready yet: the next one would make it two. */
function oneAtATime(pods: readonly V1Pod[], member: string, container: string, image: string): void {
  const waiting = pods.find(
    (pod) => nameOf(pod) !== member && imageIn(pod, container) === image && !isReady(pod),
  );
  if (!waiting) return;
  throw new ActionFailed(
    `${nameOf(waiting)} has this image and is not ready yet. One member at a time: wait until it is ready, or look why it is not.`,
    { nothingHappened: true },
  );
}

/** The same words for every member: whoever approves one of several has read them for all. */
function otherNotes(pods: readonly V1Pod[], strategy: string): string[] {
  return [
    ...(pods.length > 1 ? ['The other members keep their image until their pods are deleted.'] : []),
    ...(strategy === 'OnDelete'
      ? []
      : ['OnDelete stays until somebody sets the strategy back (k8s.set-update-strategy).']),
  ];
}

function patchFor(live: LiveWorkload, container: string, image: string): object {
  const { spec } = containerPatch(live, container, { image }) as { spec: object };
  return { spec: { ...spec, updateStrategy: { type: 'OnDelete', rollingUpdate: null } } };
}
