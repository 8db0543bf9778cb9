/** `k8s.service-account`: whether a service account is there, and which pull secrets its pods are given. */
import type { V1ServiceAccount } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { type KubeObject, readObject, SERVICE_ACCOUNT } from './objects.ts';
import { named, right } from './rights.ts';
import { askedIfThere } from './status-error.ts';

export type LiveAccount = V1ServiceAccount & KubeObject;

export const serviceAccount = reading({
  name: 'k8s.service-account',
  version: 1,
  params: z.object({ service_account: z.string().min(1).default('default') }),
  output: z.object({
    exists: z.boolean(),
    /** Names of Secrets with which its pods' images are pulled. */
    pull_secrets: z.array(z.string()),
  }),
  rights: {
    kubernetes: [right('', 'serviceaccounts', ['get'], { needed: named('service_account') })],
    postgres: [],
  },
  byHand: (params, namespace) => [
    kubectl(
      namespace,
      `get serviceaccount ${word(params.service_account, 'default')} -o jsonpath='{.imagePullSecrets}{"\\n"}'`,
    ),
  ],
  async run(call) {
    const name = call.params.service_account;
    const found = await askedIfThere(
      `reading service account ${name} in ${call.namespace}`,
      readObject<LiveAccount>(await connect(call), SERVICE_ACCOUNT, call.namespace, name),
    );
    return { exists: found !== undefined, pull_secrets: pullSecretsOf(found) };
  },
});

export function pullSecretsOf(account: LiveAccount | undefined): string[] {
  return (account?.imagePullSecrets ?? []).flatMap((one) => one.name ?? []);
}
