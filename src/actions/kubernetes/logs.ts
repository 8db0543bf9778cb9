/** `k8s.logs`: the last lines of a pod, or of a workload's pods together in order of time. Never more than asked. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Foreseen, Needed } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { reading } from '../define.ts';
import { anyOf, firstGiven, namedBy, together } from '../foreseen.ts';
import { commandFor, kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { podLog } from './pod-log.ts';
import { noteSecretsOf } from './pod-secrets.ts';
import {
  deploymentConfigs,
  GET_DEPLOYMENT,
  GET_LOGS,
  GET_POD,
  GET_SECRETS,
  GET_STATEFULSET,
  LIST_PODS,
  of,
} from './rights.ts';
import { asked } from './status-error.ts';
import { findWorkload, readWorkload, workloadKind } from './workload-object.ts';
import { mainContainer, nameOf, podsOf } from './workload-pods.ts';

/** A pod that is named goes before a workload. */
const byWorkload = (call: Foreseen): Needed => firstGiven(call, ['pod', 'workload']);

const mayBe = (call: Foreseen, kind: string): boolean => {
  const known = call.args['kind'];
  return known === 'seen later' || known?.is === kind;
};
/** Without a kind both are looked for. */
const unlessOther =
  (kind: string) =>
  (call: Foreseen): Needed =>
    call.args['kind'] === undefined || mayBe(call, kind) ? byWorkload(call) : 'none';

export const logs = reading({
  name: 'k8s.logs',
  version: 1,
  params: z.object({
    workload: z.string().min(1).optional(),
    /** Absent: a Deployment, else a StatefulSet of this name. */
    kind: workloadKind.optional(),
    pod: z.string().min(1).optional(),
    lines: z.int().min(1).max(500),
  }),
  output: z.object({ lines: z.int(), text: z.string(), pods: z.array(z.string()) }),
  sensitive: ['text'],
  rights: {
    kubernetes: [
      of(GET_DEPLOYMENT, unlessOther('deployment')),
      of(GET_STATEFULSET, unlessOther('statefulset')),
      deploymentConfigs(['get'], (call) => (mayBe(call, 'deploymentconfig') ? byWorkload(call) : 'none')),
      GET_POD,
      of(LIST_PODS, (call) => anyOf(byWorkload(call))),
      of(GET_LOGS, (call) => together(namedBy(call, 'pod'), anyOf(byWorkload(call)))),
      GET_SECRETS,
    ],
    postgres: [],
  },
  byHand: (params, namespace) => {
    const tail = `--tail=${word(params.lines, '100')}`;
    if (params.pod || !params.workload)
      return [kubectl(namespace, `logs ${word(params.pod, '<pod>')} ${tail}`)];
    const name = word(params.workload, '<workload>');
    const { kind } = params;
    return [
      kubectl(namespace, 'get pods'),
      commandFor(kind, namespace, `logs ${word(kind, 'deployment')}/${name} ${tail}`),
    ];
  },

  async run(call) {
    const { workload, pod, lines } = call.params;
    const { namespace } = call;
    const cluster = await connect(call);
    let pods: V1Pod[];
    if (pod) {
      pods = [
        await asked(
          `reading pod ${pod} in ${namespace}`,
          cluster.core.readNamespacedPod({ name: pod, namespace }),
        ),
      ];
    } else if (workload) {
      const { kind } = call.params;
      const found = kind
        ? await readWorkload(cluster, namespace, workload, kind)
        : await findWorkload(cluster, namespace, workload);
      pods = await podsOf(cluster, found);
    } else {
      throw new ActionFailed('Name a workload or a pod whose log is wanted.');
    }
    await noteSecretsOf(cluster, call, pods);
    const all: { at: string; pod: string; text: string }[] = [];
    for (const one of pods) {
      const log = await podLog(cluster, {
        namespace,
        pod: nameOf(one),
        container: mainContainer(one),
        lines,
        timestamps: true,
        seen: call.seen,
      });
      for (const line of log ?? []) {
        const { at, text } = stamped(line, all.at(-1)?.at ?? '');
        all.push({ at, pod: nameOf(one), text });
      }
    }
    // A stable sort: lines of one pod without a time of their own stay behind the line before them.
    const last = all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-lines);
    const text = last.map((line) => (pods.length > 1 ? `${line.pod}: ${line.text}` : line.text)).join('\n');
    return { lines: last.length, text, pods: pods.map(nameOf) };
  },
});

/** Splits the API server's `2024-01-10T17:34:01.123456789Z line`; equal lengths make them sort as text. */
function stamped(line: string, before: string): { at: string; text: string } {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z ?(.*)$/s.exec(line);
  if (!match) return { at: before, text: line };
  return { at: `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}`, text: match[3] ?? '' };
}
