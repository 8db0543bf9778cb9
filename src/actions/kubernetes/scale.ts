/** `k8s.scale`: sets how many pods a workload is asked to have. */
import { z } from 'zod';
import type { Call, ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { captured } from './capture.ts';
import type { Cluster } from './client.ts';
import { connect } from './client.ts';
import { GUARD, tracedOn, writeGuarded } from './guarded-write.ts';
import { kindOf, type LiveWorkload } from './live-workload.ts';
import { readObject } from './objects.ts';
import type { Owner } from './owners.ts';
import { ownersOf } from './owners.ts';
import { LIST_AUTOSCALERS, PATCH_WORKLOAD } from './rights.ts';
import { asked } from './status-error.ts';
import { sinceThen } from './taken-back.ts';
import type { Workload } from './workload-object.ts';
import { patchWorkload, readWorkload, readWorkloadIfThere, workloadKind } from './workload-object.ts';

const count = z.int().min(0).max(1000);

const params = z.object({
  workload: z.string().min(1),
  kind: workloadKind.default('deployment'),
  replicas: count,
  /** What the one who wrote the step believes the number to be now. */
  expect: z.object({ replicas: count }),
  /** Only of an undo: what the change that is taken back had set. Where it is another number now, the plan says so. */
  undoes: count.optional(),
  /** Keep what people wrote about it (`plan.manifest`), so that `k8s.apply` can put it back as it was. */
  keep_manifest: z.boolean().default(false),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  before: z.int(),
  after: z.int(),
  /** Absent when it was not to be kept, or cannot be: a note says why. */
  manifest: z.string().optional(),
});

export const scale = changing({
  name: 'k8s.scale',
  version: 1,
  params,
  output: z.object({ replicas: z.int() }),
  planValues,
  captures: ['manifest'],
  capturesBefore: true,
  rights: { kubernetes: [...PATCH_WORKLOAD, LIST_AUTOSCALERS], postgres: [] },
  guard: GUARD,
  byHand: (p, namespace) => {
    const kind = word(p.kind, 'deployment');
    const name = word(p.workload, '<workload>');
    const current =
      p.expect?.replicas === undefined ? '' : ` --current-replicas=${word(p.expect.replicas, '')}`;
    return [
      kubectl(namespace, `scale ${kind}/${name}${current} --replicas=${word(p.replicas, '<replicas>')}`),
      kubectl(namespace, `get ${kind} ${name}`),
    ];
  },

  async plan(call) {
    const { workload: name, kind, replicas, expect, undoes } = call.params;
    const cluster = await connect(call);
    const live = await readWorkload(cluster, call.namespace, name, kind);
    if (live.desired !== expect.replicas && undoes === undefined) {
      throw changed(live, expect.replicas);
    }
    const unknowns: string[] = [];
    const owners = await ownersOf(cluster, live, unknowns);
    await dryRun(cluster, call, live);
    const kept = await keptManifest(cluster, call, live);
    return {
      target: { kind: live.kind, namespace: call.namespace, name, uid: live.uid },
      changes: [{ field: 'replicas', before: String(live.desired), after: String(replicas) }],
      values: { before: live.desired, after: replicas, ...kept.values },
      notes: [
        ...sinceThen(`the number of pods of ${name}`, {
          before: String(replicas),
          set: undoes === undefined ? undefined : String(undoes),
          now: String(live.desired),
        }),
        ...notesOf(live, replicas, owners),
        ...kept.notes,
      ],
      unknowns,
      undo: { workload: name, kind, replicas: live.desired, expect: { replicas }, undoes: replicas },
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const cluster = await connect(call);
    const { workload: name, kind } = call.params;
    const written = await writeGuarded<Workload>(call, {
      doing: `scaling ${name} in ${call.namespace}`,
      what: `${kindOf(kind).kind} ${name}`,
      read: () => readWorkload(cluster, call.namespace, name, kind),
      metadata: (live) => live.metadata,
      mustBePlanned: (live) => {
        if (live.desired !== values.before) throw changed(live, values.before);
      },
      write: (live, bound) =>
        patch(cluster, call, live, { metadata: bound, spec: { replicas: values.after } }),
    });
    return { replicas: written.desired };
  },

  async happened(call) {
    return await lookForTrace(call);
  },
});

/** The manifest as it is before the change; a note where it is kept, or why not. It never keeps a workload from stopping. */
async function keptManifest(
  cluster: Cluster,
  call: Call<Params>,
  live: Workload,
): Promise<{ values: { manifest?: string }; notes: string[] }> {
  const { workload: name, kind, keep_manifest: wanted } = call.params;
  if (!wanted) return { values: {}, notes: [] };
  const by = `Save it by hand first: ${kubectl(call.namespace, `get ${kind} ${name} -o yaml > ${name}.yaml`)}`;
  if (kind === 'deploymentconfig')
    return { values: {}, notes: [`The manifest of a DeploymentConfig is not kept here. ${by}`] };
  const object = await asked(
    `reading ${kind} ${name} in ${call.namespace}`,
    readObject<LiveWorkload>(cluster, kindOf(kind), call.namespace, name),
  );
  if ((object.spec?.replicas ?? 1) !== live.desired) throw changed(live, object.spec?.replicas ?? 1);
  try {
    return {
      values: { manifest: captured(object) },
      notes: ['Its manifest is captured, so that k8s.apply can put it back as it is now.'],
    };
  } catch (error) {
    if (!(error instanceof ActionFailed)) throw error;
    return { values: {}, notes: [`Its manifest is not kept: it holds what the record may not take. ${by}`] };
  }
}

async function lookForTrace(call: ChangingCall<Params>): Promise<Happened> {
  const values = planValues.parse(call.plan.values);
  const cluster = await connect(call);
  const { workload: name, kind } = call.params;
  const doing = `looking for our change on ${name} in ${call.namespace}`;
  const object = await readWorkloadIfThere(cluster, call.namespace, name, kind, doing);
  // With before = after the number proves nothing, but the trace is written with it in one request.
  return tracedOn(call, object?.metadata, () => object?.desired === values.before);
}

interface Patch {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly replicas: number };
}

function patch(
  cluster: Cluster,
  call: Call<Params>,
  live: Workload,
  body: Patch,
  dryRun = false,
): Promise<Workload> {
  const at = { name: live.name, namespace: call.namespace, dryRun };
  return patchWorkload(cluster, call.params.kind, at, body);
}

/** The server checks rights, admission and validity. Without resourceVersion: a flapping workload changes it all the time. */
async function dryRun(cluster: Cluster, call: Call<Params>, live: Workload): Promise<void> {
  const body = { metadata: { uid: live.uid }, spec: { replicas: call.params.replicas } };
  await asked(`trying (dry run) to scale ${live.name}`, patch(cluster, call, live, body, true));
}

function notesOf(live: Workload, replicas: number, owners: readonly Owner[]): string[] {
  const notes = owners.map((owner) => `${owner.name} ${owner.effect}.`);
  if (replicas === live.desired) notes.push(`It is already ${replicas}: nothing will change.`);
  if (replicas === 0) notes.push(`${live.name} will not run at all.`);
  return notes;
}

function changed(live: Workload, expected: number): ActionFailed {
  return new ActionFailed(
    `${live.kind} ${live.name} is at ${live.desired} replicas now, not at ${expected}: somebody changed it. Look who, then plan again.`,
    { planChanged: true, nothingHappened: true },
  );
}
