/** `k8s.role-binding`: whether a RoleBinding is there, whom it gives what, and until when it was meant to. */
import type { V1RoleBinding } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { type KubeObject, ROLE_BINDING, readObject } from './objects.ts';
import { named, right } from './rights.ts';
import { askedIfThere } from './status-error.ts';

/** ISO time after which a grant of an incident is not wanted any more. Nothing in the cluster looks at it. */
export const EXPIRES = 'handrail.dev/expires';

export type LiveBinding = V1RoleBinding & KubeObject;

export const roleBinding = reading({
  name: 'k8s.role-binding',
  version: 1,
  params: z.object({ binding: z.string().min(1) }),
  output: z.object({
    exists: z.boolean(),
    role: z.string().optional(),
    subjects: z.array(z.string()),
    /** ISO time; absent when it was not given by an incident. */
    expires: z.string().optional(),
    expired: z.boolean(),
  }),
  rights: {
    kubernetes: [right('rbac.authorization.k8s.io', 'rolebindings', ['get'], { needed: named('binding') })],
    postgres: [],
  },
  byHand: (params, namespace) => [
    kubectl(namespace, `describe rolebinding ${word(params.binding, '<binding>')}`),
  ],
  async run(call) {
    const { binding } = call.params;
    const found = await askedIfThere(
      `reading rolebinding ${binding} in ${call.namespace}`,
      readObject<LiveBinding>(await connect(call), ROLE_BINDING, call.namespace, binding),
    );
    if (!found) return { exists: false, subjects: [], expired: false };
    const expires = found.metadata.annotations?.[EXPIRES];
    return {
      exists: true,
      role: `${found.roleRef.kind} ${found.roleRef.name}`,
      subjects: (found.subjects ?? []).map((one) => `${one.kind} ${one.name}`),
      ...(expires ? { expires } : {}),
      expired: expires !== undefined && new Date(expires) <= call.now(),
    };
  },
});
