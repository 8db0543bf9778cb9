/** `k8s.set-env`: sets or removes one environment variable of a container. Never a secret: those belong into a Secret. */
import type { V1EnvVar } from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { redact } from '../redact.ts';
import { commandFor, word } from './by-hand.ts';
import { connect } from './client.ts';
import { sourceOf, variableName } from './env.ts';
import { GUARD, lookForTrace, notAsPlanned, patchGuarded, tryPatch } from './guarded-write.ts';
import {
  containerOf,
  containerPatch,
  containersOf,
  kindOf,
  type LiveWorkload,
  readLive,
  targetOf,
} from './live-workload.ts';
import { ownerNotes } from './owners.ts';
import { PATCH_WORKLOAD } from './rights.ts';
import { templateNotes } from './set-probe-timeout.ts';
import { sinceThen } from './taken-back.ts';
import { workloadKind } from './workload-object.ts';

const planValues = z.object({
  container: z.string(),
  name: z.string(),
  /** Absent when it was not set. */
  before: z.string().optional(),
  /** Absent when it is removed. */
  after: z.string().optional(),
});

export const setEnv = changing({
  name: 'k8s.set-env',
  version: 1,
  params: z.object({
    workload: z.string().min(1),
    kind: workloadKind.default('deployment'),
    container: z.string().min(1).optional(),
    name: variableName,
    /** Either this or `remove`. */
    value: z.string().max(4000).optional(),
    remove: z.boolean().default(false),
    /** Only of an undo: what the change that is taken back had set. Where it is another value now, the plan says so. */
    undoes: z.union([z.object({ value: z.string() }), z.object({ removed: z.literal(true) })]).optional(),
  }),
  output: z.object({ set: z.boolean() }),
  planValues,
  capturesBefore: true,
  rights: { kubernetes: [...PATCH_WORKLOAD], postgres: [] },
  guard: GUARD,
  byHand: (params, namespace) => {
    const what = `${word(params.kind, 'deployment')}/${word(params.workload, '<workload>')}`;
    const container = params.container ? ` -c ${word(params.container, '<container>')}` : '';
    const name = params.name ?? 'NAME';
    const change = params.remove
      ? word(`${name}-`, 'NAME-')
      : word(`${name}=${params.value ?? 'VALUE'}`, 'NAME=VALUE');
    return [
      commandFor(params.kind, namespace, `set env ${what}${container} ${change}`),
      commandFor(params.kind, namespace, `rollout status ${what} --timeout=300s`),
    ];
  },

  async plan(call) {
    const { workload, kind, container, name, value, remove, undoes } = call.params;
    if ((value === undefined) !== remove) {
      throw new ActionFailed(`Say either the value of ${name}, or that it is removed.`, {
        nothingHappened: true,
      });
    }
    const after = remove ? undefined : value;
    const cluster = await connect(call);
    const live = await readLive(cluster, call.namespace, workload, kind);
    const found = containerOf(live, container);
    const before = plainValue(live, found.name, name);
    noSecret(name, before, 'It has');
    noSecret(name, after, 'It would get');
    await tryPatch(cluster, kindOf(kind), live, `set ${name} of`, patchFor(live, found.name, name, after));
    return {
      target: targetOf(kindOf(kind), live),
      changes: [
        { field: `${name} of ${found.name}`, before: before ?? 'not set', after: after ?? 'not set' },
      ],
      values: {
        container: found.name,
        name,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
      notes: [
        ...sinceThen(`${name} of ${found.name}`, {
          before: after ?? 'not set',
          set: undoes === undefined ? undefined : 'value' in undoes ? undoes.value : 'not set',
          now: before ?? 'not set',
        }),
        ...(before === after ? ['It is so already: nothing will change.'] : []),
        ...templateNotes(live),
        ...ownerNotes(live, 'value'),
        ...((found.envFrom ?? []).length > 0
          ? [
              'The container also takes variables from ConfigMaps or Secrets (envFrom); what stands here goes before them.',
            ]
          : []),
      ],
      unknowns: [],
      undo: {
        workload,
        kind,
        container: found.name,
        name,
        ...(before === undefined ? { remove: true } : { value: before }),
        undoes: after === undefined ? { removed: true } : { value: after },
      },
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { workload, kind } = call.params;
    const { container, name } = values;
    const written = await patchGuarded<LiveWorkload>(await connect(call), call, {
      of: kindOf(kind),
      name: workload,
      doing: `setting ${name} of`,
      mustBePlanned: (live) => {
        if (plainValue(live, container, name) !== values.before)
          throw notAsPlanned(`${name} of ${workload}`, 'has another value now');
      },
      change: (live) => patchFor(live, container, name, values.after),
    });
    return { set: plainValue(written, container, name) !== undefined };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const { workload, kind } = call.params;
    const cluster = await connect(call);
    return await lookForTrace<LiveWorkload>(cluster, call, kindOf(kind), workload, (live) => {
      const container = containersOf(live).find((one) => one.name === values.container);
      return container?.env?.find((one) => one.name === values.name)?.value === values.before;
    });
  },
});

function variableIn(live: LiveWorkload, container: string, name: string): V1EnvVar | undefined {
  return containerOf(live, container).env?.find((one) => one.name === name);
}

/** Undefined when it is not set. Throws in words when it comes from elsewhere: that place has to be changed. */
function plainValue(live: LiveWorkload, container: string, name: string): string | undefined {
  const variable = variableIn(live, container, name);
  if (!variable) return undefined;
  if (!variable.valueFrom) return variable.value ?? '';
  throw new ActionFailed(
    `${name} of ${live.metadata.name} comes from ${sourceOf(variable)}. Change it there, then restart ${live.metadata.name}.`,
    { nothingHappened: true },
  );
}

const SECRET_NAMES = /PASS(WORD|WD|PHRASE)?$|PASSWORD|SECRET|TOKEN|CREDENTIAL|PRIVATE_?KEY|API_?KEY/i;

/** Both values are shown to people and kept in the record. */
function noSecret(name: string, value: string | undefined, how: string): void {
  if (value === undefined || value === '') return;
  if (!SECRET_NAMES.test(name) && redact(value, { exact: true }) === value) return;
  throw new ActionFailed(
    `${name} looks like a secret. ${how} a value that would be shown in the channel and kept in the record. Put it into a Secret and let the variable point to it.`,
    { nothingHappened: true },
  );
}

function patchFor(live: LiveWorkload, container: string, name: string, value: string | undefined): object {
  const all = containerOf(live, container).env ?? [];
  const others = all.filter((one) => one.name !== name);
  if (value === undefined) return containerPatch(live, container, { env: others });
  const at = all.findIndex((one) => one.name === name);
  // Later variables may refer to earlier ones, so it keeps its place.
  const env = at < 0 ? [...all, { name, value }] : all.map((one, i) => (i === at ? { name, value } : one));
  return containerPatch(live, container, { env });
}
