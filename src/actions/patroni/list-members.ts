/** `patroni.members`: each member with its role, state and position, to choose one from. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { connect } from '../kubernetes/client.ts';
import { GET_LOGS } from '../kubernetes/rights.ts';
import { walPosition } from './lsn.ts';
import { observe } from './observe.ts';
import { silentState } from './silent-state.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

/**
 * A member that does not answer is listed too: role `unknown`, and as its state that it does not run and why
 * (silentState), or `no answer`.
 */
export const members = reading({
  name: 'patroni.members',
  version: 1,
  params: whichCluster,
  output: z.object({
    members: z.array(
      z.object({
        name: z.string(),
        role: z.string(),
        state: z.string(),
        timeline: z.int().optional(),
        lag_bytes: z.int().meta({ format: 'bytes' }).optional(),
        /** A leader has written, a replica has applied up to here. */
        wal_position: z.string().optional(),
        ready: z.boolean(),
      }),
    ),
  }),
  // Without it a member that crashes is told with its exit code only.
  rights: { ...FIND_AND_ASK, kubernetes: [...FIND_AND_ASK.kubernetes, { ...GET_LOGS, optional: true }] },
  byHand: (p, namespace) => [
    kubectl(namespace, 'get pods -o wide'),
    kubectl(namespace, `exec ${word(p.statefulset, '<statefulset>')}-0 -- patronictl list`),
  ],
  async run(call) {
    const [cluster, seen] = await Promise.all([connect(call), observe(call)]);
    const states = await Promise.all(
      seen.members.map(async (member) =>
        member.own ? member.state : await silentState(cluster, call, member),
      ),
    );
    return {
      members: seen.members.map((member, index) => ({
        name: member.name,
        role: member.role,
        state: states[index] ?? member.state,
        ...(member.timeline === undefined ? {} : { timeline: member.timeline }),
        ...(member.lag === undefined ? {} : { lag_bytes: Number(member.lag) }),
        ...(member.position === undefined ? {} : { wal_position: walPosition(member.position) }),
        ready: member.ready,
      })),
    };
  },
});
