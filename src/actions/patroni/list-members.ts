/** `patroni.members`: each member with its role, state and position, to choose one from. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { observe, walPosition } from './observe.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

/** A member that does not answer is listed too: role `unknown`, and the state that its pod tells. */
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
  rights: FIND_AND_ASK,
  byHand: (p, namespace) => [
    kubectl(namespace, 'get pods -o wide'),
    kubectl(namespace, `exec ${word(p.statefulset, '<statefulset>')}-0 -- patronictl list`),
  ],
  async run(call) {
    const seen = await observe(call);
    return {
      members: seen.members.map((member) => ({
        name: member.name,
        role: member.role,
        state: member.state,
        ...(member.timeline === undefined ? {} : { timeline: member.timeline }),
        ...(member.lag === undefined ? {} : { lag_bytes: Number(member.lag) }),
        ...(member.position === undefined ? {} : { wal_position: walPosition(member.position) }),
        ready: member.ready,
      })),
    };
  },
});
