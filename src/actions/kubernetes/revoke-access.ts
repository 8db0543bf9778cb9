/** `k8s.revoke-access`: takes back what `k8s.grant-access` gave. Other RoleBindings are left alone. */
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { targetOf } from './live-workload.ts';
import { deleteObject, ROLE_BINDING, readObject } from './objects.ts';
import { notThere, ONLY_THIS_ONE, removePlanned, wasRemoved } from './removed.ts';
import { named, right } from './rights.ts';
import { EXPIRES, type LiveBinding } from './role-binding.ts';
import { asked, askedIfThere } from './status-error.ts';

const planValues = z.object({ binding: z.string(), role: z.string() });

export const revokeAccess = changing({
  name: 'k8s.revoke-access',
  version: 1,
  params: z.object({ binding: z.string().min(1) }),
  output: z.object({ revoked: z.boolean() }),
  planValues,
  capturesBefore: false,
  rights: {
    kubernetes: [
      right('rbac.authorization.k8s.io', 'rolebindings', ['get', 'delete'], { needed: named('binding') }),
    ],
    postgres: [],
  },
  guard: ONLY_THIS_ONE,
  byHand: (params, namespace) => [
    kubectl(namespace, `delete rolebinding ${word(params.binding, '<binding>')}`),
  ],

  async plan(call) {
    const { binding } = call.params;
    const cluster = await connect(call);
    const live = await askedIfThere(
      `reading rolebinding ${binding} in ${call.namespace}`,
      readObject<LiveBinding>(cluster, ROLE_BINDING, call.namespace, binding),
    );
    if (!live) throw notThere(`RoleBinding ${binding}`);
    if (live.metadata.annotations?.[EXPIRES] === undefined) {
      throw new ActionFailed(
        `RoleBinding ${binding} was not made by an incident, so it is left alone. Delete it by hand if it has to go.`,
        { nothingHappened: true },
      );
    }
    await asked(
      `trying (dry run) to delete rolebinding ${binding}`,
      deleteObject(cluster, ROLE_BINDING, call.namespace, binding, {
        uid: live.metadata.uid ?? '',
        dryRun: true,
      }),
    );
    const who = (live.subjects ?? []).map((one) => `${one.kind} ${one.name}`).join(', ');
    return {
      target: targetOf(ROLE_BINDING, live),
      changes: [
        {
          field: `rights of ${who}`,
          before: `${live.roleRef.kind} ${live.roleRef.name}`,
          after: 'not from this incident',
        },
      ],
      values: { binding, role: live.roleRef.name },
      notes: ['Rights that they have from elsewhere stay.'],
      unknowns: [],
    };
  },

  async run(call) {
    const { binding } = planValues.parse(call.plan.values);
    await removePlanned(await connect(call), call, ROLE_BINDING, binding);
    return { revoked: true };
  },

  async happened(call) {
    const { binding } = planValues.parse(call.plan.values);
    return await wasRemoved(await connect(call), call, ROLE_BINDING, binding);
  },
});
