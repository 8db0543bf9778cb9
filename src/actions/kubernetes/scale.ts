/** `k8s.scale`: sets how many pods a workload is asked to have. */
import { z } from 'zod';
import type { Call, ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import type { Cluster } from './client.ts';
import { connect, FIELD_MANAGER } from './client.ts';
import { mayHaveForgotten, operationsOn, traceOf } from './operation-trace.ts';
import type { Owner } from './owners.ts';
import { ownersOf } from './owners.ts';
import { LIST_AUTOSCALERS, PATCH_WORKLOAD } from './rights.ts';
import { asked, askedIfThere, inWords, statusCode } from './status-error.ts';
import type { Workload } from './workload-object.ts';
import { fromDeployment, fromStatefulSet, readWorkload, workloadKind } from './workload-object.ts';

const count = z.int().min(0).max(1000);

const params = z.object({
  workload: z.string().min(1),
  kind: workloadKind.default('deployment'),
  replicas: count,
  /** What the one who wrote the step believes the number to be now. */
  expect: z.object({ replicas: count }),
});
type Params = z.output<typeof params>;

const planValues = z.object({ before: z.int(), after: z.int() });

export const scale = changing({
  name: 'k8s.scale',
  version: 1,
  params,
  output: z.object({ replicas: z.int() }),
  planValues,
  capturesBefore: true,
  rights: { kubernetes: [...PATCH_WORKLOAD, LIST_AUTOSCALERS], postgres: [] },
  guard:
    'The cluster takes the write only as long as nobody else has changed the object since it was read. ' +
    "The API server refuses the write (409) unless the object's uid and resourceVersion are those read just before. " +
    'The version is read first, then it is asked whether this attempt is still ours, then it is written: a worker that ' +
    'was frozen in between holds an old version once anybody else has written.',
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
    const { workload: name, kind, replicas, expect } = call.params;
    const cluster = await connect(call);
    const live = await readWorkload(cluster, call.namespace, name, kind);
    if (live.desired !== expect.replicas) {
      throw changed(live, expect.replicas);
    }
    const unknowns: string[] = [];
    const owners = await ownersOf(cluster, live, unknowns);
    await dryRun(cluster, call, live);
    return {
      target: { kind: live.kind, namespace: call.namespace, name, uid: live.uid },
      changes: [{ field: 'replicas', before: String(live.desired), after: String(replicas) }],
      values: { before: live.desired, after: replicas },
      notes: notesOf(live, replicas, owners),
      unknowns,
      undo: { workload: name, kind, replicas: live.desired, expect: { replicas } },
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const cluster = await connect(call);
    for (let round = 0; ; round++) {
      const live = await readAgain(cluster, call, round);
      // A proxy that repeats a request it had already delivered makes our own write answer 409.
      if (operationsOn(live.metadata.annotations).includes(call.operation)) return { replicas: live.desired };
      if (live.uid !== call.plan.target.uid) throw replaced(live);
      if (live.desired !== values.before) throw changed(live, values.before);
      await mustBeOurs(call);
      if (call.signal.aborted) {
        throw new ActionFailed(`Out of time before ${live.name} was changed.`, { nothingHappened: true });
      }
      try {
        const body = change(live, values.after, call);
        return { replicas: (await patch(cluster, call, live, body)).desired };
      } catch (error) {
        if (statusCode(error) === 409) continue;
        throw inWords(error, `scaling ${live.name} in ${call.namespace}`);
      }
    }
  },

  async happened(call) {
    return await lookForTrace(call);
  },
});

/**
 * Made: the object remembers our operation, whatever was done to it since. Not made: it is the same object, it
 * forgets nothing, and the number is as before. Everything else could have been ours or anybody's.
 * A request still on its way may arrive after "not made": a retry then meets a newer version, or makes the first one
 * meet it, and one of the two is refused by the API server.
 */
async function lookForTrace(call: ChangingCall<Params>): Promise<Happened> {
  const values = planValues.parse(call.plan.values);
  const cluster = await connect(call);
  const { workload: name, kind } = call.params;
  const doing = `looking for our change on ${name} in ${call.namespace}`;
  const at = { name, namespace: call.namespace };
  const object =
    kind === 'deployment'
      ? await askedIfThere(doing, cluster.apps.readNamespacedDeployment(at).then(fromDeployment))
      : await askedIfThere(doing, cluster.apps.readNamespacedStatefulSet(at).then(fromStatefulSet));
  if (!object || object.uid !== call.plan.target.uid) return 'cannot tell';
  const annotations = object.metadata.annotations;
  if (operationsOn(annotations).includes(call.operation)) return 'made';
  if (mayHaveForgotten(annotations)) return 'cannot tell';
  // With before = after the number proves nothing, but the trace is written with it in one request.
  return object.desired === values.before ? 'not made' : 'cannot tell';
}

/** A failed first read proves that nothing was written; a later one comes after a write that was refused, or looked so. */
async function readAgain(cluster: Cluster, call: ChangingCall<Params>, round: number): Promise<Workload> {
  try {
    return await readWorkload(cluster, call.namespace, call.params.workload, call.params.kind);
  } catch (error) {
    if (!(error instanceof ActionFailed) || round > 0) throw error;
    throw new ActionFailed(error.says, { nothingHappened: true, cause: error });
  }
}

async function mustBeOurs(call: ChangingCall<Params>): Promise<void> {
  let ours: boolean;
  try {
    ours = await call.stillOurs();
  } catch (error) {
    throw new ActionFailed(
      'It could not be asked whether this attempt is still the valid one, so nothing was written.',
      {
        nothingHappened: true,
        cause: error,
      },
    );
  }
  if (!ours) {
    throw new ActionFailed('This attempt has been given up, so nothing was written.', {
      nothingHappened: true,
    });
  }
}

function change(live: Workload, replicas: number, call: Call<Params>): Patch {
  return {
    metadata: {
      uid: live.uid,
      resourceVersion: live.resourceVersion,
      annotations: traceOf(call.operation, call.incident, call.now(), live.metadata.annotations),
    },
    spec: { replicas },
  };
}

interface Patch {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly replicas: number };
}

async function patch(
  cluster: Cluster,
  call: Call<Params>,
  live: Workload,
  body: Patch,
  tryOnly?: 'All',
): Promise<Workload> {
  const request = {
    name: live.name,
    namespace: call.namespace,
    body,
    fieldManager: FIELD_MANAGER,
    ...(tryOnly ? { dryRun: tryOnly } : {}),
  };
  switch (call.params.kind) {
    case 'deployment':
      return fromDeployment(await cluster.apps.patchNamespacedDeployment(request, cluster.mergePatch));
    case 'statefulset':
      return fromStatefulSet(await cluster.apps.patchNamespacedStatefulSet(request, cluster.mergePatch));
  }
}

/** The server checks rights, admission and validity. Without resourceVersion: a flapping workload changes it all the time. */
async function dryRun(cluster: Cluster, call: Call<Params>, live: Workload): Promise<void> {
  const body = { metadata: { uid: live.uid }, spec: { replicas: call.params.replicas } };
  await asked(`trying (dry run) to scale ${live.name}`, patch(cluster, call, live, body, 'All'));
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

function replaced(live: Workload): ActionFailed {
  return new ActionFailed(
    `${live.kind} ${live.name} was deleted and made again since the plan: it is another object now. Plan again.`,
    { planChanged: true, nothingHappened: true },
  );
}
