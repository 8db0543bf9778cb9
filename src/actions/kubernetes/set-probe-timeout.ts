/** `k8s.set-probe-timeout`: after how many seconds without an answer a probe of a container counts as failed. */
import type { V1Probe } from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { commandFor, word } from './by-hand.ts';
import { connect } from './client.ts';
import { GUARD, lookForTrace, notAsPlanned, patchGuarded, tryPatch } from './guarded-write.ts';
import {
  containerOf,
  containerPatch,
  containersOf,
  isOnDelete,
  kindOf,
  type LiveWorkload,
  readLive,
  rollsOutByHand,
  targetOf,
} from './live-workload.ts';
import { ownerNotes } from './owners.ts';
import { DEFAULT_TIMEOUT_SECONDS, type ProbeName, probeName, probeOf } from './probes.ts';
import { PATCH_WORKLOAD } from './rights.ts';
import { sinceThen } from './taken-back.ts';
import { workloadKind } from './workload-object.ts';

const seconds = () => z.int().min(1).max(600).meta({ format: 'seconds' });

const planValues = z.object({
  container: z.string(),
  before: z.int().meta({ format: 'seconds' }),
  after: z.int().meta({ format: 'seconds' }),
});

export const setProbeTimeout = changing({
  name: 'k8s.set-probe-timeout',
  version: 1,
  params: z.object({
    workload: z.string().min(1),
    kind: workloadKind.default('deployment'),
    container: z.string().min(1).optional(),
    probe: probeName.default('readiness'),
    seconds: seconds(),
    /** Only of an undo: what the change that is taken back had set. Where it is another one now, the plan says so. */
    undoes: seconds().optional(),
  }),
  output: z.object({ seconds: seconds() }),
  planValues,
  capturesBefore: true,
  rights: { kubernetes: [...PATCH_WORKLOAD], postgres: [] },
  guard: GUARD,
  byHand: (params, namespace) => {
    const what = `${word(params.kind, 'deployment')} ${word(params.workload, '<workload>')}`;
    const probe = `${params.probe ?? 'readiness'}Probe`;
    const patch = {
      spec: {
        template: {
          spec: {
            containers: [
              { name: params.container ?? '<container>', [probe]: { timeoutSeconds: params.seconds ?? 30 } },
            ],
          },
        },
      },
    };
    return [
      commandFor(params.kind, namespace, `patch ${what} -p ${word(patch, '<patch>')}`),
      commandFor(params.kind, namespace, `rollout status ${what.replace(' ', '/')} --timeout=300s`),
    ];
  },

  async plan(call) {
    const { workload, kind, container, probe, seconds: after, undoes } = call.params;
    const cluster = await connect(call);
    const live = await readLive(cluster, call.namespace, workload, kind);
    const found = containerOf(live, container);
    const before = timeoutIn(live, found.name, probe);
    await tryPatch(
      cluster,
      kindOf(kind),
      live,
      `set the ${probe} timeout of`,
      patchFor(live, found.name, probe, after),
    );
    return {
      target: targetOf(kindOf(kind), live),
      changes: [
        { field: `${probe} probe timeout of ${found.name}`, before: `${before} s`, after: `${after} s` },
      ],
      values: { container: found.name, before, after },
      notes: [
        ...sinceThen(`the ${probe} timeout of ${found.name}`, {
          before: `${after} s`,
          set: undoes === undefined ? undefined : `${undoes} s`,
          now: `${before} s`,
        }),
        ...notesOf(live, probeOf(found, probe), before, after),
      ],
      unknowns: [],
      undo: { workload, kind, container: found.name, probe, seconds: before, undoes: after },
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { workload, kind, probe } = call.params;
    const written = await patchGuarded<LiveWorkload>(await connect(call), call, {
      of: kindOf(kind),
      name: workload,
      doing: 'setting a probe timeout of',
      mustBePlanned: (live) => {
        const now = timeoutIn(live, values.container, probe);
        if (now !== values.before)
          throw notAsPlanned(
            `The ${probe} timeout of ${workload}`,
            `is ${now} s now, not ${values.before} s`,
          );
      },
      change: (live) => patchFor(live, values.container, probe, values.after),
    });
    return { seconds: timeoutIn(written, values.container, probe) };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const { workload, kind, probe } = call.params;
    const cluster = await connect(call);
    return await lookForTrace<LiveWorkload>(cluster, call, kindOf(kind), workload, (live) => {
      const found = containersOf(live).find((one) => one.name === values.container);
      return (found && probeOf(found, probe)?.timeoutSeconds) === values.before;
    });
  },
});

/** Throws in words when the container has no such probe. */
function timeoutIn(live: LiveWorkload, name: string, probe: ProbeName): number {
  const found = probeOf(containerOf(live, name), probe);
  if (found) return found.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  throw new ActionFailed(
    `Container ${name} of ${live.metadata.name} has no ${probe} probe, so there is no timeout to set.`,
    { nothingHappened: true },
  );
}

function patchFor(live: LiveWorkload, name: string, probe: ProbeName, seconds: number): object {
  const found = probeOf(containerOf(live, name), probe);
  return containerPatch(live, name, {
    [`${probe}Probe`]: Object.assign({}, found, { timeoutSeconds: seconds }),
  });
}

function notesOf(live: LiveWorkload, probe: V1Probe | undefined, before: number, after: number): string[] {
  const notes = [...templateNotes(live), ...ownerNotes(live, 'timeout')];
  const period = probe?.periodSeconds ?? 10;
  if (before === after) notes.push(`It is already ${after} s: nothing will change.`);
  if (after > period)
    notes.push(`A probe runs every ${period} s: with ${after} s a slow answer is noticed later.`);
  return notes;
}

/** What a change of the template does to the pods that run. */
export function templateNotes(live: LiveWorkload): string[] {
  if (live.spec?.paused)
    return [
      `The ${live.kind ?? 'Deployment'} is paused: the pods that run are not replaced until somebody resumes it.`,
    ];
  if (rollsOutByHand(live))
    return ['It has no ConfigChange trigger: pods get it only at the next "oc rollout latest".'];
  if (isOnDelete(live)) return ['Pods get it only when somebody deletes them (OnDelete).'];
  if ((live.spec?.replicas ?? 1) === 0) return [];
  return ['All pods are replaced one after another.'];
}
