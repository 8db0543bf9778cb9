/** `k8s.delete-workload`: removes a Deployment or StatefulSet with its pods; its manifest is captured first. */
import type { V1StatefulSet } from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { captured } from './capture.ts';
import { connect } from './client.ts';
import { notAsPlanned } from './guarded-write.ts';
import { kindOf, type LiveWorkload, targetOf } from './live-workload.ts';
import { deleteObject, readObject } from './objects.ts';
import { ownerNotes } from './owners.ts';
import { notThere, ONLY_THIS_ONE, removePlanned, wasRemoved } from './removed.ts';
import { DELETE_WORKLOAD, LIST_PODS } from './rights.ts';
import { asked, askedIfThere } from './status-error.ts';
import { appsKind, fromDeployment, fromStatefulSet } from './workload-object.ts';
import { nameOf, podsOf } from './workload-pods.ts';

const planValues = z.object({
  /** What `k8s.apply` takes as `capture` to put it back. */
  manifest: z.string(),
  /** Names of the claims that its pods mount; they stay. */
  claims: z.array(z.string()),
  replicas: z.int(),
});

export const deleteWorkload = changing({
  name: 'k8s.delete-workload',
  version: 1,
  params: z.object({ workload: z.string().min(1), kind: appsKind.default('deployment') }),
  output: z.object({ deleted: z.boolean() }),
  planValues,
  captures: ['manifest'],
  capturesBefore: false,
  rights: { kubernetes: [...DELETE_WORKLOAD, LIST_PODS], postgres: [] },
  guard: `${ONLY_THIS_ONE} It is also bound to the version (resourceVersion) whose manifest was compared with the captured one.`,
  byHand: (params, namespace) => {
    const kind = word(params.kind, 'deployment');
    const name = word(params.workload, '<workload>');
    const file = word(`${params.workload ?? '<workload>'}.yaml`, '<file>');
    return [
      kubectl(namespace, `get ${kind} ${name} -o yaml > ${file}`),
      kubectl(namespace, `delete ${kind} ${name}`),
      kubectl(namespace, `get pods,pvc`),
    ];
  },

  async plan(call) {
    const { workload: name, kind } = call.params;
    const cluster = await connect(call);
    const of = kindOf(kind);
    const live = await askedIfThere(
      `reading ${kind} ${name} in ${call.namespace}`,
      readObject<LiveWorkload>(cluster, of, call.namespace, name),
    );
    if (!live) throw notThere(`${kind} ${name} in ${call.namespace}`);
    mustKeepClaims(live);
    const manifest = captured(live);
    const shape = kind === 'deployment' ? fromDeployment(live as never) : fromStatefulSet(live as never);
    const pods = await podsOf(cluster, shape);
    await asked(
      `trying (dry run) to delete ${kind} ${name}`,
      deleteObject(cluster, of, call.namespace, name, { uid: shape.uid, dryRun: true }),
    );
    const claims = claimsOf(live);
    return {
      target: targetOf(of, live),
      changes: [
        { field: `${of.kind} ${name}`, before: `there, ${shape.desired} replicas`, after: 'not there' },
      ],
      values: { manifest, claims, replicas: shape.desired },
      notes: [
        pods.length === 0 ? 'It has no pods now.' : `Its pods end too: ${pods.map(nameOf).join(', ')}.`,
        claims.length === 0 ? 'It mounts no claims.' : `Its data stays: ${claims.join(', ')}.`,
        'Its manifest is captured, so that k8s.apply can put it back.',
        ...ownerNotes(live, 'copy'),
      ],
      unknowns: [],
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { workload: name, kind } = call.params;
    await removePlanned<LiveWorkload>(await connect(call), call, kindOf(kind), name, {
      exact: true,
      mustBePlanned: (live) => {
        if (captured(live) !== values.manifest)
          throw notAsPlanned(`${kind} ${name}`, 'is not as it was captured');
      },
    });
    return { deleted: true };
  },

  async happened(call) {
    const { workload, kind } = call.params;
    return await wasRemoved(await connect(call), call, kindOf(kind), workload);
  },
});

/** Since 1.23 a StatefulSet may say that its claims go with it. */
function mustKeepClaims(live: LiveWorkload): void {
  const policy = (live as V1StatefulSet).spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted;
  if (policy !== 'Delete') return;
  throw new ActionFailed(
    `${live.metadata.name} says that its claims are deleted with it (persistentVolumeClaimRetentionPolicy): the data would go. It is not deleted here. Scale it to 0 instead.`,
    { nothingHappened: true },
  );
}

function claimsOf(live: LiveWorkload): string[] {
  const named = (live.spec?.template?.spec?.volumes ?? []).flatMap(
    (volume) => volume.persistentVolumeClaim?.claimName ?? [],
  );
  const templates = (live as V1StatefulSet).spec?.volumeClaimTemplates ?? [];
  const ordinals = Array.from({ length: live.spec?.replicas ?? 1 }, (_, ordinal) => ordinal);
  const made = templates.flatMap((one) =>
    ordinals.map((ordinal) => `${one.metadata?.name}-${live.metadata.name}-${ordinal}`),
  );
  return [...named, ...made];
}
