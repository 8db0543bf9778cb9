/** `k8s.apply`: puts one object into the cluster, from a manifest of the runbooks' folder or from a capture. */
import { z } from 'zod';
import { canonical, sha256 } from '../../incidents/hash.ts';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { type Applied, appliedKind, manifestOf, manifestPath } from './apply-manifest.ts';
import { kubectl, word } from './by-hand.ts';
import { captured, cleaned } from './capture.ts';
import type { Cluster } from './client.ts';
import { connect, FIELD_MANAGER } from './client.ts';
import { GUARD, notAsPlanned, tracedOn, writeGuarded } from './guarded-write.ts';
import { targetOf } from './live-workload.ts';
import { MADE_ONCE, makeOnce, wasMade } from './made-once.ts';
import { diffLines } from './merge-diff.ts';
import {
  createObject,
  type Kind,
  type KubeObject,
  pathOf,
  readObject,
  send,
  withMetadata,
} from './objects.ts';
import { ownerNotes } from './owners.ts';
import { APPLY } from './rights.ts';
import { answerOf, asked, askedIfThere, statusCode } from './status-error.ts';

const params = z.object({
  kind: appliedKind,
  name: z.string().min(1),
  /** Path of a file below `manifests/` of the runbooks' folder. Either this or `capture`. */
  manifest: manifestPath.optional(),
  /** `plan.manifest` of a deletion. */
  capture: z.string().min(1).optional(),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  existed: z.boolean(),
  /** Hash of what is applied, and of what was there. */
  sha256: z.string(),
  before_sha256: z.string(),
});

export const apply = changing({
  name: 'k8s.apply',
  version: 1,
  params,
  captured: ['capture'],
  output: z.object({ made: z.boolean(), uid: z.string() }),
  planValues,
  capturesBefore: true,
  rights: { kubernetes: [...APPLY], postgres: [] },
  guard: `What is there already: ${GUARD} What is not: ${MADE_ONCE}`,
  byHand: (p, namespace) => {
    const what = `${word(p.kind, '<kind>')} ${word(p.name, '<name>')}`;
    const file = p.manifest
      ? word(`manifests/${p.manifest}`, '<file>')
      : '<the file saved before the deletion>';
    return [
      kubectl(namespace, `diff --server-side -f ${file}`),
      kubectl(namespace, `apply --server-side -f ${file}`),
      kubectl(namespace, `get ${what}`),
    ];
  },

  async plan(call) {
    const { of, object, from } = await manifestOf(call, call.params);
    const cluster = await connect(call);
    const { name } = call.params;
    const live = await readIfThere(cluster, call, of, name);
    const hash = sha256(canonical(object));
    const content = {
      field: 'manifest',
      before: live ? 'as it is' : 'none',
      after: `${from}, sha256 ${hash.slice(0, 12)}`,
    };
    if (!live) {
      await asked(
        `trying (dry run) to make ${of.kind} ${name}`,
        createObject(cluster, of, call.namespace, object, { dryRun: true }),
      );
      return {
        target: { kind: of.kind, namespace: call.namespace, name },
        changes: [{ field: `${of.kind} ${name}`, before: 'not there', after: 'made' }, content],
        values: { existed: false, sha256: hash, before_sha256: '' },
        notes: [],
        unknowns: [],
      };
    }
    const tried = await asked(
      `trying (dry run) to apply ${of.kind} ${name}`,
      serverSide(cluster, of, call.namespace, name, withMetadata(object, { uid: live.metadata.uid ?? '' }), {
        dryRun: 'All',
        force: 'true',
      }),
    );
    const lines = diffLines(cleaned(live), cleaned(tried));
    return {
      target: targetOf(of, live),
      changes: [...lines.slice(0, SHOWN), ...more(lines.length - SHOWN), content],
      values: { existed: true, sha256: hash, before_sha256: hashOf(live) },
      notes: [
        ...(lines.length === 0 ? ['It is so already: nothing will change.'] : []),
        ...(await takenFrom(cluster, call, of, object)),
        ...ownerNotes(live, 'fields'),
      ],
      unknowns: [],
      ...undoOf(call.params, live),
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const { of, object } = await manifestOf(call, call.params);
    const { name } = call.params;
    if (sha256(canonical(object)) !== values.sha256)
      throw notAsPlanned(`The manifest of ${name}`, 'is another one now');
    const cluster = await connect(call);
    if (!values.existed) {
      const made = await makeOnce<KubeObject>(cluster, call, of, withMetadata(object, { name }));
      return { made: true, uid: made.metadata.uid ?? '' };
    }
    const written = await writeGuarded<KubeObject>(call, {
      doing: `applying ${of.kind} ${name} in ${call.namespace}`,
      what: `${of.kind} ${name}`,
      read: () => asked(`reading ${of.kind} ${name}`, readObject(cluster, of, call.namespace, name)),
      metadata: (live) => live.metadata,
      mustBePlanned: (live) => {
        if (hashOf(live) !== values.before_sha256)
          throw notAsPlanned(`${of.kind} ${name}`, 'is not as it was');
      },
      write: (_, bound) => {
        const annotations = { ...object.metadata.annotations, ...bound.annotations };
        const { uid, resourceVersion } = bound;
        const body = withMetadata(object, { uid, resourceVersion, annotations });
        return serverSide(cluster, of, call.namespace, name, body, { force: 'true' });
      },
    });
    return { made: false, uid: written.metadata.uid ?? '' };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    const { of } = await manifestOf(call, call.params);
    const cluster = await connect(call);
    if (!values.existed) return await wasMade(cluster, call, of, call.params.name);
    const live = await readIfThere(cluster, call, of, call.params.name);
    return tracedOn(call, live?.metadata, () => live !== undefined && hashOf(live) === values.before_sha256);
  },
});

const SHOWN = 25;

function more(count: number) {
  return count > 0 ? [{ field: 'more', before: `${count} fields`, after: 'changed too' }] : [];
}

function hashOf(live: KubeObject): string {
  return sha256(canonical(cleaned(live)));
}

async function readIfThere(cluster: Cluster, call: Call<Params>, of: Kind, name: string) {
  return await askedIfThere(
    `reading ${of.kind} ${name} in ${call.namespace}`,
    readObject(cluster, of, call.namespace, name),
  );
}

/** Server-side apply; JSON is YAML. With uid and resourceVersion in the body the server refuses another object or version. */
async function serverSide(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  name: string,
  body: Applied,
  query: Readonly<Record<string, string>>,
): Promise<KubeObject> {
  return await send<KubeObject>(cluster, {
    method: 'PATCH',
    path: pathOf(of, namespace, name),
    query: { fieldManager: FIELD_MANAGER, ...query },
    body,
    contentType: 'application/apply-patch+yaml',
  });
}

/** Whose fields it takes: what the server says when it is asked without force. */
async function takenFrom(cluster: Cluster, call: Call<Params>, of: Kind, object: Applied): Promise<string[]> {
  try {
    await serverSide(cluster, of, call.namespace, call.params.name, object, { dryRun: 'All' });
    return [];
  } catch (error) {
    if (statusCode(error) !== 409) return [];
    const who = [...(answerOf(error)?.message ?? '').matchAll(/conflicts? with "([^"]+)"/g)].map(
      ([, name]) => name,
    );
    return [
      `It takes over fields that others wrote${who.length > 0 ? `: ${[...new Set(who)].join(', ')}` : ''}.`,
    ];
  }
}

/** The way back is the same action with what was there; nothing where that may not be kept. */
function undoOf({ kind, name }: Params, live: KubeObject): { undo?: Record<string, unknown> } {
  try {
    return { undo: { kind, name, capture: captured(live) } };
  } catch (error) {
    if (error instanceof ActionFailed) return {};
    throw error;
  }
}
