/** `k8s.rollout-undo`: gives a workload a template that it had before, as `kubectl rollout undo` does. */
import { z } from 'zod';
import type { Plan } from '../../incidents/plan.ts';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { budgetNotes } from './budgets.ts';
import { kubectl, word } from './by-hand.ts';
import type { Cluster } from './client.ts';
import { connect } from './client.ts';
import {
  beforeAnyWrite,
  GUARD,
  lookForTrace,
  notAsPlanned,
  patchGuarded,
  tryPatch,
} from './guarded-write.ts';
import { kindOf, type LiveWorkload, readLive, targetOf } from './live-workload.ts';
import { diffLines, mergeDiff } from './merge-diff.ts';
import { ownerNotes } from './owners.ts';
import { mustRollOut } from './restart.ts';
import {
  plain,
  presentRevision,
  type Revision,
  revisionsOf,
  revisionToUse,
  templateHash,
} from './revisions.ts';
import { LIST_BUDGETS, LIST_REPLICA_SETS, LIST_REVISIONS, PATCH_APPS_WORKLOAD } from './rights.ts';
import { appsKind } from './workload-object.ts';

const params = z.object({
  workload: z.string().min(1),
  kind: appsKind.default('deployment'),
  /** As `kubectl rollout history` numbers them; without it the one before the present. */
  to_revision: z.int().min(1).optional(),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  /** Revision of the present template; 0 when it is not among those that the cluster still has. */
  before: z.int(),
  after: z.int(),
  /** Name of the ReplicaSet or ControllerRevision whose template is taken. */
  from: z.string(),
  /** Hash of the present template, to tell whether it is still the same. */
  present: z.string(),
});

export const rolloutUndo = changing({
  name: 'k8s.rollout-undo',
  version: 1,
  params,
  output: z.object({ images: z.array(z.string()) }),
  planValues,
  capturesBefore: true,
  rights: {
    kubernetes: [...PATCH_APPS_WORKLOAD, LIST_REPLICA_SETS, LIST_REVISIONS, LIST_BUDGETS],
    postgres: [],
  },
  guard: GUARD,
  byHand: (p, namespace) => {
    const what = `${word(p.kind, 'deployment')}/${word(p.workload, '<workload>')}`;
    return [
      kubectl(namespace, `rollout history ${what}`),
      kubectl(namespace, `rollout undo ${what}${p.to_revision ? ` --to-revision=${p.to_revision}` : ''}`),
      kubectl(namespace, `rollout status ${what} --timeout=300s`),
    ];
  },

  async plan(call) {
    const { workload: name, kind } = call.params;
    const cluster = await connect(call);
    const live = await readLive(cluster, call.namespace, name, kind);
    mustRollOut(live);
    const { present, wanted } = await choose(cluster, call, live);
    const lines = diffLines(plain(live.spec?.template), plain(wanted.template));
    if (lines.length === 0) {
      throw new ActionFailed(`${name} has the template of revision ${wanted.number} already.`, {
        nothingHappened: true,
      });
    }
    await tryPatch(cluster, kindOf(kind), live, 'roll back', backTo(live, wanted));
    const unknowns: string[] = [];
    const budgets = await budgetNotes(cluster, live, unknowns);
    return {
      target: targetOf(kindOf(kind), live),
      changes: [
        { field: 'revision', before: String(present?.number ?? 'not known'), after: String(wanted.number) },
        ...shown(lines),
      ],
      values: {
        before: present?.number ?? 0,
        after: wanted.number,
        from: wanted.name,
        present: templateHash(live),
      },
      notes: [...budgets, ...ownerNotes(live, 'template')],
      unknowns,
      ...(present ? { undo: { workload: name, kind, to_revision: present.number } } : {}),
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { workload: name, kind } = call.params;
    const cluster = await connect(call);
    const before = await beforeAnyWrite(readLive(cluster, call.namespace, name, kind));
    const all = await beforeAnyWrite(revisionsOf(cluster, before, kind));
    const wanted = all.find((one) => one.name === values.from);
    if (!wanted) throw notAsPlanned(name, `has no ${values.from} any more`);
    const written = await patchGuarded<LiveWorkload>(cluster, call, {
      of: kindOf(kind),
      name,
      doing: 'rolling back',
      mustBePlanned: (live) => {
        mustRollOut(live);
        if (templateHash(live) !== values.present) throw notAsPlanned(name, 'has another template now');
      },
      change: (live) => backTo(live, wanted),
    });
    return { images: imagesOf(written) };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const { workload: name, kind } = call.params;
    const cluster = await connect(call);
    return await lookForTrace<LiveWorkload>(
      cluster,
      call,
      kindOf(kind),
      name,
      (live) => templateHash(live) === values.present,
    );
  },
});

async function choose(cluster: Cluster, call: Call<Params>, live: LiveWorkload) {
  const all = await revisionsOf(cluster, live, call.params.kind);
  const present = presentRevision(live, all);
  return { present, wanted: revisionToUse(live, all, present, call.params.to_revision) };
}

function backTo(live: LiveWorkload, wanted: Revision): object {
  return { spec: { template: mergeDiff(plain(live.spec?.template), plain(wanted.template)) ?? {} } };
}

function imagesOf(live: LiveWorkload): string[] {
  return (live.spec?.template?.spec?.containers ?? []).map((one) => one.image ?? '');
}

const SHOWN = 20;

/** Images first, then what else differs: a rollback also takes back settings. */
function shown(lines: readonly Plan['changes'][number][]): Plan['changes'][number][] {
  const ordered = [
    ...lines.filter((line) => line.field.endsWith('.image')),
    ...lines.filter((line) => !line.field.endsWith('.image')),
  ].map((line) => ({ ...line, field: line.field.replace(/^spec\.containers\./, '') }));
  const more = ordered.length - SHOWN;
  return more > 0
    ? [...ordered.slice(0, SHOWN), { field: 'more', before: `${more} fields`, after: 'changed too' }]
    : ordered;
}
