/** Which image a call is about, and with which logins the cluster would pull it. */
import type { V1PodSpec } from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed, type Call, type Foreseen, type Needed } from '../action.ts';
import { namedBy } from '../foreseen.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import type { Cluster } from '../kubernetes/client.ts';
import { GET_APPS_WORKLOAD, GET_SECRETS, of, right } from '../kubernetes/rights.ts';
import { askedOptionally, note } from '../kubernetes/status-error.ts';
import { appsKind, readWorkload } from '../kubernetes/workload-object.ts';
import { isInternal } from './image-stream.ts';
import { type Entry, readPullSecret } from './login.ts';
import { type ImageReference, parseReference } from './reference.ts';

/** One image by its name, or the one that a workload's template names. */
export const subjectParams = {
  image: z.string().min(1).max(600).optional(),
  workload: z.string().min(1).optional(),
  kind: appsKind.default('deployment'),
  container: z.string().min(1).optional(),
  /** Whose pull secrets; without it those of the workload's pods, else of the service account `default`. */
  service_account: z.string().min(1).optional(),
};
const shape = z.object(subjectParams);
export type SubjectParams = z.output<typeof shape>;

const account = (call: Foreseen): Needed => {
  if (call.args['service_account'] !== undefined) return namedBy(call, 'service_account');
  return call.args['workload'] === undefined ? ['default'] : 'any';
};

/** Only images of the registry inside the cluster are looked up in a stream; a workload may name any. */
const stream = (call: Foreseen): Needed => {
  const known = call.args['image'];
  if (typeof known !== 'object') return 'any';
  return isInternal(parseReference(known.is)?.registry ?? '') ? 'any' : 'none';
};

/** Reading the workload, its service account and the pull secrets; without the last two it asks without a login. */
export const SUBJECT_RIGHTS = [
  ...GET_APPS_WORKLOAD,
  of(right('', 'serviceaccounts', ['get'], { optional: true }), account),
  GET_SECRETS,
  of(right('image.openshift.io', 'imagestreams', ['get'], { optional: true }), stream),
] as const;

/** The command that prints which image a workload names; none when the call names an image. */
export function imageOfWorkload(
  params: { image?: unknown; workload?: unknown; kind?: unknown },
  namespace: string,
): string[] {
  if (params.image !== undefined) return [];
  const workload = `${word(params.kind, 'deployment')} ${word(params.workload, '<workload>')}`;
  const path = "-o jsonpath='{.spec.template.spec.containers[*].image}'";
  return [kubectl(namespace, `get ${workload} ${path}`)];
}

export interface Subject {
  readonly written: string;
  readonly reference: ImageReference;
  readonly logins: readonly Entry[];
  /** The workload's pods, when the call names one. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly container?: string;
}

/** Throws ActionFailed when the call names neither, or what it names is no image. */
export async function subjectOf(
  cluster: Cluster,
  call: Pick<Call<SubjectParams>, 'params' | 'namespace' | 'seen'>,
  unknowns: string[],
): Promise<Subject> {
  const { params, namespace } = call;
  if (params.image === undefined && params.workload === undefined) {
    throw new ActionFailed('Name an image or a workload to look at.');
  }
  const workload =
    params.workload === undefined
      ? undefined
      : await readWorkload(cluster, namespace, params.workload, params.kind);
  const spec = workload?.template.spec;
  const container = spec === undefined ? undefined : containerOf(spec, params);
  const text = params.image ?? container?.image ?? '';
  const reference = parseReference(text);
  if (!reference) {
    throw new ActionFailed(
      `"${text.slice(0, 200)}" is no name of an image. One looks like registry.example/team/app:1.2.`,
    );
  }
  return {
    written: text,
    reference,
    logins: await pullSecrets(cluster, call, spec, unknowns),
    ...(workload?.selector.matchLabels ? { selector: workload.selector.matchLabels } : {}),
    ...(container ? { container: container.name } : {}),
  };
}

function containerOf(spec: V1PodSpec, params: SubjectParams) {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  if (params.container === undefined) return all[0];
  const found = all.find((one) => one.name === params.container);
  if (found) return found;
  throw new ActionFailed(
    `${params.workload} has no container ${params.container}. It has ${all.map((one) => one.name).join(', ')}.`,
  );
}

/** Those of the pods' template and those of their service account, which the API server adds to every pod. */
async function pullSecrets(
  cluster: Cluster,
  call: Pick<Call<SubjectParams>, 'params' | 'namespace' | 'seen'>,
  spec: V1PodSpec | undefined,
  unknowns: string[],
): Promise<Entry[]> {
  const { namespace } = call;
  const name = call.params.service_account ?? spec?.serviceAccountName ?? 'default';
  const account = await askedOptionally(
    `service account ${name}`,
    cluster.core.readNamespacedServiceAccount({ name, namespace }),
    unknowns,
  );
  const secrets = new Set(
    [...(spec?.imagePullSecrets ?? []), ...(account?.imagePullSecrets ?? [])].flatMap(
      (one) => one.name ?? [],
    ),
  );
  const entries = await Promise.all(
    [...secrets].map((secret) => readSecret(cluster, call, secret, unknowns)),
  );
  return entries.flat();
}

async function readSecret(
  cluster: Cluster,
  call: Pick<Call, 'namespace' | 'seen'>,
  name: string,
  unknowns: string[],
): Promise<Entry[]> {
  const { namespace } = call;
  const secret = await askedOptionally(
    `pull secret ${name}, so its login was not tried`,
    cluster.core.readNamespacedSecret({ name, namespace }),
    unknowns,
  );
  const data = Object.fromEntries(
    Object.entries(secret?.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
  const entries = readPullSecret(name, data);
  for (const { login } of entries) call.seen?.secret(login.password);
  if (secret && entries.length === 0) note(unknowns, `pull secret ${name} holds no login that can be read`);
  return entries;
}
