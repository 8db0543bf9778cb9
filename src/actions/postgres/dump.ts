/** `postgres.dump`: writes a checked pg_dump inside the pod, apart from this process and its connections. */
import { z } from 'zod';
import type { ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { changing } from '../define.ts';
import { kubectl, kubectlExec, word } from '../kubernetes/by-hand.ts';
import { EXEC, GET_POD } from '../kubernetes/rights.ts';
import { databaseNamed } from './catalog-database.ts';
import { followJob } from './dump-follow.ts';
import { lookAtJob, startJob } from './dump-job.ts';
import { planDump } from './dump-plan.ts';
import { type Inside, inside, untouched } from './in-pod.ts';
import { absolutePath, databaseName, podName } from './names.ts';

const params = z.object({
  pod: podName,
  database: databaseName,
  /** Default: the folder that the data directory is in, when that is on the pod's volume. */
  folder: absolutePath.optional(),
  /** The dump stops itself after this time, whoever still watches. */
  limit_minutes: z.int().min(1).max(1440).default(120),
});
type Params = z.output<typeof params>;

const planValues = z.object({
  path: z.string(),
  pod: z.string(),
  /** The container that sees the file: for looking at it and deleting it in a pod that has several. */
  container: z.string(),
  database: z.string(),
});

export const dump = changing({
  name: 'postgres.dump',
  version: 1,
  params,
  output: z.object({
    path: z.string(),
    bytes: z.int().meta({ format: 'bytes' }),
    sha256: z.string(),
    seconds: z.int().meta({ format: 'seconds' }),
  }),
  planValues,
  capturesBefore: false,
  rights: {
    kubernetes: [GET_POD, EXEC],
    postgres: [
      { grant: 'CONNECT', why: 'to dump it' },
      { grant: 'pg_read_all_data', why: 'to dump every table' },
      { grant: 'pg_read_all_settings', why: 'to see where its data directory is' },
    ],
  },
  guard:
    'A second start of the same dump starts nothing. ' +
    "The pod makes the job's folder, named after the operation, only when it is not there (mkdir): a second start of " +
    'the same operation starts nothing. Looking for a dump that was never started makes that folder too, so that a ' +
    'start that arrives late does nothing.',
  byHand,

  plan: planDump,

  async run(call) {
    const { path } = planValues.parse(call.plan.values);
    const where = await sameInside(call);
    if (!(await call.stillOurs())) {
      throw untouched('Another worker has taken this step over; nothing was started.');
    }
    await start(call, where, path);
    const done = await followJob(call, where, { path, database: call.params.database });
    return { path, bytes: done.bytes, sha256: done.sha256, seconds: done.seconds };
  },

  async happened(call): Promise<Happened> {
    const { path } = planValues.parse(call.plan.values);
    try {
      const where = await inside(call, call.params.pod);
      const state = await lookAtJob(call, where, path, 'fence');
      switch (state.is) {
        case 'done':
        case 'removed':
          return 'made';
        case 'running':
          return 'still running';
        case 'failed':
        case 'dead':
          // A half-made file holds the same personal data as a whole one.
          await lookAtJob(call, where, path, 'tidy');
          return 'not made';
        case 'fenced':
          return 'not made';
        case 'nothing':
          return 'cannot tell';
      }
    } catch (error) {
      if (error instanceof ActionFailed) return 'cannot tell';
      throw error;
    }
  },

  async stop(call) {
    const { path } = planValues.parse(call.plan.values);
    const where = await inside(call, call.params.pod);
    const state = await lookAtJob(call, where, path, 'stop', { seconds: 10, pause: 0.2 });
    if (state.is === 'failed' || state.is === 'dead') await lookAtJob(call, where, path, 'tidy');
  },
});

/** The pod that the plan was made for. A pod that was made anew may have another volume, or another role in its cluster. */
async function sameInside(call: ChangingCall<Params>): Promise<Inside> {
  const where = await inside(call, call.params.pod);
  if (where.uid !== call.plan.target.uid) {
    throw new ActionFailed(
      `Pod ${where.pod} was replaced by a new one since the plan was made. Look at it again.`,
      {
        nothingHappened: true,
        planChanged: true,
      },
    );
  }
  return where;
}

async function start(call: ChangingCall<Params>, where: Inside, path: string): Promise<void> {
  const { database, limit_minutes: minutes } = call.params;
  const user = databaseNamed(call, database, where.pod)?.user ?? '';
  const job = { path, database, user, operation: call.operation, limitSeconds: minutes * 60 };
  try {
    await startJob(call, where, job);
  } catch (error) {
    if (!(error instanceof ActionFailed) || error.nothingHappened || call.signal.aborted) throw error;
    // The connection broke: it may have been started. Fencing answers that for good.
    const state = await lookAtJob(call, where, path, 'fence').catch(() => undefined);
    if (state === undefined || state.is === 'nothing') throw error;
    if (state.is === 'fenced') throw new ActionFailed(error.says, { nothingHappened: true, cause: error });
  }
}

function byHand(p: Partial<Params>, namespace: string): string[] {
  const database = word(p.database, '<database>');
  // A fixed name that a person can find again; never over a file that is there.
  const path = `${p.folder?.replace(/\/+$/, '') ?? '<folder beside the data directory>'}/by-hand-${database}.dump`;
  return [
    kubectlExec(namespace, p, ['df -h', p.folder ?? '<folder beside the data directory>']),
    kubectl(
      namespace,
      `exec ${word(p.pod, '<pod>')} -- sh -c 'umask 077; PGDATABASE=$1 pg_dump -Fc -w --lock-wait-timeout=5s -f "$2.partial" && mv -n "$2.partial" "$2" && sha256sum "$2" >"$2.sha256" || rm -f "$2.partial"' sh ${database} ${word(path, path)}`,
    ),
    kubectlExec(namespace, p, ['pg_restore -f /dev/null', word(path, path)]),
  ];
}
