/** `k8s.add-pull-secret`: lets the pods of a service account pull images with a Secret that exists. */
import type { V1Secret } from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { GUARD, lookForTrace, notAsPlanned, patchGuarded, tryPatch } from './guarded-write.ts';
import { targetOf } from './live-workload.ts';
import { type KubeObject, readObject, SECRET, SERVICE_ACCOUNT } from './objects.ts';
import { ownerNotes } from './owners.ts';
import { named, right } from './rights.ts';
import { type LiveAccount, pullSecretsOf } from './service-account.ts';
import { asked, askedOptionally, statusCode } from './status-error.ts';

const planValues = z.object({
  service_account: z.string(),
  before: z.array(z.string()),
  after: z.array(z.string()),
});

export const addPullSecret = changing({
  name: 'k8s.add-pull-secret',
  version: 1,
  params: z.object({
    service_account: z.string().min(1).default('default'),
    secret: z.string().min(1).max(253),
    /** False takes it away again. */
    present: z.boolean().default(true),
  }),
  output: z.object({ pull_secrets: z.array(z.string()) }),
  planValues,
  capturesBefore: true,
  rights: {
    kubernetes: [
      right('', 'serviceaccounts', ['get', 'patch'], { needed: named('service_account') }),
      right('', 'secrets', ['get'], { needed: named('secret'), optional: true }),
    ],
    postgres: [],
  },
  guard: GUARD,
  byHand: (params, namespace) => {
    const account = word(params.service_account, 'default');
    const secret = word(params.secret, '<secret>');
    const show = kubectl(namespace, `get serviceaccount ${account} -o jsonpath='{.imagePullSecrets}{"\\n"}'`);
    return params.present === false
      ? [show, kubectl(namespace, `edit serviceaccount ${account}  # take ${secret} out of imagePullSecrets`)]
      : [
          kubectl(
            namespace,
            `patch serviceaccount ${account} -p ${word({ imagePullSecrets: [{ name: params.secret ?? '<secret>' }] }, '<patch>')}`,
          ),
          show,
        ];
  },

  async plan(call) {
    const { service_account: name, secret, present } = call.params;
    const cluster = await connect(call);
    const live = await asked(
      `reading service account ${name} in ${call.namespace}`,
      readObject<LiveAccount>(cluster, SERVICE_ACCOUNT, call.namespace, name),
    );
    const before = pullSecretsOf(live);
    const after = present ? [...new Set([...before, secret])] : before.filter((one) => one !== secret);
    const unknowns: string[] = [];
    if (present) {
      const reading = readObject<V1Secret & KubeObject>(cluster, SECRET, call.namespace, secret);
      mustBePullSecret(
        secret,
        await askedOptionally(`Secret ${secret}`, reading.catch(absent(secret, call.namespace)), unknowns),
      );
    }
    await tryPatch(cluster, SERVICE_ACCOUNT, live, 'change', listOf(after));
    return {
      target: targetOf(SERVICE_ACCOUNT, live),
      changes: [
        { field: 'pull secrets', before: before.join(', ') || 'none', after: after.join(', ') || 'none' },
      ],
      values: { service_account: name, before, after },
      notes: [
        ...(before.length === after.length ? ['It is so already: nothing will change.'] : []),
        'Only pods that are made from now on get it: delete or restart those that wait for their image.',
        ...ownerNotes(live, 'list'),
      ],
      unknowns,
      undo: { service_account: name, secret, present: before.includes(secret) },
    };
  },

  async run(call) {
    const values = planValues.parse(call.plan.values);
    const name = values.service_account;
    const written = await patchGuarded<LiveAccount>(await connect(call), call, {
      of: SERVICE_ACCOUNT,
      name,
      doing: 'changing the pull secrets of',
      mustBePlanned: (live) => {
        if (!sameList(pullSecretsOf(live), values.before))
          throw notAsPlanned(`Service account ${name}`, 'has other pull secrets now');
      },
      change: () => listOf(values.after),
    });
    return { pull_secrets: pullSecretsOf(written) };
  },

  async happened(call) {
    const values = planValues.parse(call.plan.values);
    return await lookForTrace<LiveAccount>(
      await connect(call),
      call,
      SERVICE_ACCOUNT,
      values.service_account,
      (live) => sameList(pullSecretsOf(live), values.before),
    );
  },
});

const sameList = (a: readonly string[], b: readonly string[]) => a.join('\n') === b.join('\n');

function listOf(names: readonly string[]): object {
  return { imagePullSecrets: names.map((name) => ({ name })) };
}

function absent(secret: string, namespace: string): (error: unknown) => never {
  return (error) => {
    if (statusCode(error) !== 404) throw error;
    throw new ActionFailed(
      `There is no Secret ${secret} in ${namespace}. Make it first: kubectl -n ${namespace} create secret docker-registry ${word(secret, '')} …`,
      { nothingHappened: true },
    );
  };
}

const PULL_TYPES = new Set(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg']);

function mustBePullSecret(name: string, secret: V1Secret | undefined): void {
  if (!secret || PULL_TYPES.has(secret.type ?? '')) return;
  throw new ActionFailed(
    `Secret ${name} is of type ${secret.type}: it holds no login for a registry. One of type kubernetes.io/dockerconfigjson is needed.`,
    { nothingHappened: true },
  );
}
