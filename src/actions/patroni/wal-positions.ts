/** `patroni.wal-positions`: how far each member's WAL goes, and who has the newest data. */
import { z } from 'zod';
import { sentence } from '../../incidents/sentence.ts';
import type { Rights } from '../action.ts';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { EXEC, right } from '../kubernetes/rights.ts';
import { sizeWords } from '../postgres/size-words.ts';
import { commitsSince } from './branches.ts';
import { walPosition } from './lsn.ts';
import type { MemberWal } from './member-wal.ts';
import { newestWords, placeWords } from './newest.ts';
import { type Reading, readCluster } from './read-cluster.ts';
import { FIND_AND_ASK, whichCluster } from './which-cluster.ts';

const { needed: _ofOnePod, ...exec } = EXEC;

/** Beyond looking at a cluster: commands in the pods of all members, and the store's objects where it is Kubernetes. */
export const READ_POSITIONS: Rights = {
  kubernetes: [
    ...FIND_AND_ASK.kubernetes.filter(({ resource }) => resource !== 'endpoints'),
    right('', 'endpoints', ['get'], { optional: true }),
    right('', 'configmaps', ['get'], { optional: true }),
    exec,
  ],
  postgres: [],
};

/** The answer and what it stands on: shared with the changing actions, which refuse by it. */
export const answers = {
  /** `newest`: one has more than all others. `equal`: several have the same. `diverged` and `unknown`: nobody is named. */
  answer: z.enum(['newest', 'equal', 'diverged', 'unknown']),
  newest: z.string().optional(),
  equal: z.array(z.string()),
  /** The last place that the diverged members have in common, such as `0/A7C4360 on timeline 2`. */
  diverged_at: z.string().optional(),
  diverged: z.array(z.string()),
  /** Members that could not be read. */
  unread: z.array(z.string()),
  summary: z.string(),
};

export const walPositions = reading({
  name: 'patroni.wal-positions',
  version: 1,
  params: whichCluster,
  output: z.object({
    ...answers,
    members: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['running', 'stopped', 'unread']),
        /** As PostgreSQL itself says, or said when it ended. */
        role: z.enum(['primary', 'standby', 'unknown']),
        timeline: z.int().optional(),
        wal_position: z.string().optional(),
        behind_bytes: z.int().meta({ format: 'bytes' }).optional(),
        system_identifier: z.string().optional(),
      }),
    ),
    /** Of diverged members: how many transactions each has committed after the place that they all have. */
    only_here: z.array(z.object({ member: z.string(), commits: z.int() })),
    /** Patroni's store has seen this much written. */
    at_least: z.string().optional(),
    words: z.array(z.string()),
    unknowns: z.array(z.string()),
  }),
  rights: READ_POSITIONS,
  byHand: (p, namespace) => {
    const pod = `${word(p.statefulset, '<statefulset>')}-0`;
    return [
      ...(p.service && !p.statefulset
        ? [kubectl(namespace, `get service ${word(p.service, '<service>')} -o jsonpath='{.spec.selector}'`)]
        : []),
      kubectl(namespace, `exec ${pod} -- psql 'dbname=postgres replication=database' -c IDENTIFY_SYSTEM`),
      kubectl(namespace, `exec ${pod} -- sh -c 'pg_controldata "$PGDATA"; cat "$PGDATA"/pg_wal/*.history'`),
      kubectl(
        namespace,
        `exec ${pod} -- sh -c 'pg_waldump -p "$PGDATA/pg_wal" -t <TimeLineID> -s <REDO location> | tail -n 1'`,
      ),
    ];
  },
  async run(call) {
    const seen = await readCluster(call);
    const farthest = farthestOf(seen);
    const branches = await commitsSince(call, seen);
    const { position } = seen.atLeast;
    return {
      ...answerOf(seen),
      members: seen.members.map(({ name, wal }) => memberOf(name, wal, farthest)),
      only_here: branches,
      ...(position === undefined ? {} : { at_least: walPosition(position) }),
      words: [
        ...seen.members.map(({ name, wal, through }) => {
          const words = describe(name, wal, farthest);
          return through === undefined ? words : `${words}, read through ${through}`;
        }),
        ...branches.map(
          ({ member, commits }) =>
            `${member} has committed ${commits} transactions after the place that all have`,
        ),
      ],
      unknowns: [...seen.unknowns],
    };
  },
});

export function answerOf(seen: Reading) {
  const { newest } = seen;
  return {
    answer: newest.is,
    ...(newest.is === 'newest' ? { newest: newest.member } : {}),
    equal: newest.is === 'equal' ? [...newest.members] : [],
    ...(newest.is === 'diverged' && newest.at ? { diverged_at: placeWords(newest.at) } : {}),
    diverged: newest.is === 'diverged' ? [...newest.between] : [],
    unread: seen.members.flatMap(({ name, wal }) => (typeof wal === 'string' ? [name] : [])),
    summary: sentence(newestWords(newest).replace(/^it is/, 'It is')),
  };
}

/** Where one line of history is: the position of the farthest, to say how far the others are behind. */
function farthestOf(seen: Reading): bigint | undefined {
  if (seen.newest.is === 'diverged') return undefined;
  const ends = seen.members.flatMap(({ wal }) =>
    typeof wal === 'object' ? wal.lines.map(({ position }) => position) : [],
  );
  return ends.reduce<bigint | undefined>(
    (most, end) => (most === undefined || end > most ? end : most),
    undefined,
  );
}

function memberOf(name: string, wal: MemberWal | string, farthest: bigint | undefined) {
  if (typeof wal === 'string') return { name, state: 'unread' as const, role: 'unknown' as const };
  const line = wal.lines[0];
  return {
    name,
    state: wal.runs ? ('running' as const) : ('stopped' as const),
    role: wal.writes ? ('primary' as const) : ('standby' as const),
    system_identifier: wal.system,
    ...(line ? { timeline: line.timeline, wal_position: walPosition(line.position) } : {}),
    ...(line && farthest !== undefined ? { behind_bytes: Number(farthest - line.position) } : {}),
  };
}

/** `prod-patroni-1: standby, running, has WAL up to 0/6000180 on timeline 2, 16 MiB behind`. */
function describe(name: string, wal: MemberWal | string, farthest: bigint | undefined): string {
  if (typeof wal === 'string') return `${name}: could not be read (${wal})`;
  const line = wal.lines[0];
  const behind = line && farthest !== undefined ? farthest - line.position : undefined;
  const unapplied = line && wal.applied !== undefined ? line.position - wal.applied : 0n;
  return [
    `${name}: ${wal.writes ? 'primary' : 'standby'}`,
    wal.runs ? 'running' : `stopped (${wal.state})`,
    ...wal.lines.map((one) => `has WAL up to ${placeWords(one)}`),
    ...(behind === undefined ? [] : [behind === 0n ? 'nothing behind' : `${sizeWords(behind)} behind`]),
    ...(unapplied > 0n ? [`${sizeWords(unapplied)} of it not applied yet`] : []),
  ].join(', ');
}
