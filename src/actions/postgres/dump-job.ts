/** A dump that runs apart inside its pod, seen from here: started once, looked at, stopped, tidied up after. */
import { createHash } from 'node:crypto';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { LOOK, START, WORK } from './dump-scripts.ts';
import { complaint, type Inside, PREFACE, Printed, runScript } from './in-pod.ts';
import { STOP_AT_PERCENT } from './volume.ts';

type Reaching = Pick<Call, 'reach' | 'signal' | 'namespace'>;
type Where = Pick<Inside, 'pod' | 'container'>;

export type JobState =
  | { readonly is: 'done'; readonly bytes: number; readonly sha256: string; readonly seconds: number }
  | { readonly is: 'running'; readonly bytes: number; readonly hashing: boolean }
  | { readonly is: 'failed'; readonly why: string }
  /** Its process is gone and it said nothing: the pod was restarted. */
  | { readonly is: 'dead' }
  /** Never started, and cannot be any more. */
  | { readonly is: 'fenced' }
  /** It was complete; somebody has deleted the file since. */
  | { readonly is: 'removed' }
  | { readonly is: 'nothing'; readonly problem?: string };

/**
 * Where an operation writes its dump: the same for every worker, another for every operation, no matter what the
 * database is called.
 */
export function dumpPath(
  folder: string,
  call: Pick<Call, 'incident' | 'operation'>,
  database: string,
): string {
  const mark = createHash('sha256').update(call.operation).digest('hex').slice(0, 8);
  const name = database.replace(/[^\w-]+/g, '_').slice(0, 63);
  return `${folder.replace(/\/+$/, '')}/handrail-inc${call.incident}-${name}-${mark}.dump`;
}

/**
 * Starts the dump unless this operation was started before: then nothing is done, and that is no failure.
 * Throws ActionFailed; without `nothingHappened` when it is not known whether it was started.
 */
export async function startJob(
  call: Reaching,
  where: Where,
  job: { path: string; database: string; user: string; operation: string; limitSeconds: number },
): Promise<'started' | 'before'> {
  const ran = await runScript(call, where, START, [
    `${PREFACE}\n${WORK}`,
    job.path,
    job.database,
    job.user,
    job.operation,
    String(STOP_AT_PERCENT),
    String(job.limitSeconds),
  ]);
  const printed = new Printed(ran.stdout);
  if (printed.all('started').length > 0) return 'started';
  if (printed.all('before').length > 0) return 'before';
  const problem = printed.text('problem');
  if (problem !== undefined) {
    throw new ActionFailed(
      `The dump cannot be written to ${job.path} in pod ${where.pod}: ${complaint(problem)}`,
      {
        nothingHappened: true,
      },
    );
  }
  throw new ActionFailed(
    `The dump in pod ${where.pod} was not started as expected: ${complaint(ran.stderr)}`,
  );
}

/**
 * Looks at the job, waiting up to `seconds` for its end with a pause (seconds too) between two looks in the pod. `fence`: where nothing was started, nothing can be afterwards.
 * `stop`: asks it to end first. `tidy`: removes what a failed or dead one has left.
 */
export async function lookAtJob(
  call: Reaching,
  where: Where,
  path: string,
  mode: 'look' | 'fence' | 'stop' | 'tidy',
  wait: { seconds: number; pause: number } = { seconds: 0, pause: 1 },
): Promise<JobState> {
  const ran = await runScript(call, where, LOOK, [path, mode, String(wait.seconds), wait.pause.toFixed(2)]);
  const printed = new Printed(ran.stdout);
  const state = printed.text('state') ?? '';
  switch (state) {
    case 'done':
      return {
        is: 'done',
        bytes: printed.int('bytes') ?? 0,
        sha256: printed.text('sha256') ?? '',
        seconds: printed.int('seconds') ?? 0,
      };
    case 'running':
      return { is: 'running', bytes: printed.int('bytes') ?? 0, hashing: printed.all('hashing').length > 0 };
    case 'failed':
      return { is: 'failed', why: failureInWords(printed.text('end') ?? '', printed.all('log'), where) };
    case 'dead':
    case 'fenced':
    case 'removed':
      return { is: state };
    case 'nothing': {
      const problem = printed.text('problem');
      return { is: 'nothing', ...(problem === undefined ? {} : { problem: complaint(problem) }) };
    }
  }
  throw new ActionFailed(`The dump in pod ${where.pod} cannot be looked at: ${complaint(ran.stderr)}`);
}

function failureInWords(end: string, log: readonly string[], where: Where): string {
  const said = complaint(log.join('\n'));
  if (end === 'space') {
    return `It stopped itself because less than ${STOP_AT_PERCENT} % of the volume was free: a full data volume stops PostgreSQL. The unfinished file is removed. Name another folder.`;
  }
  if (end === 'timeout') return 'It stopped itself because it took too long. The unfinished file is removed.';
  if (end === 'stopped') return 'It was stopped. The unfinished file is removed.';
  if (end === 'hash') {
    return `Its hash could not be taken: neither sha256sum nor openssl works in pod ${where.pod}. The file is removed.`;
  }
  if (end === 'rename') return 'Its file could not be given its final name. The file is removed.';
  if (end === 'pg_dump 127') return `pg_dump is not in container ${where.container} of pod ${where.pod}.`;
  // With --lock-wait-timeout the text says "statement timeout" (facts: pg_dump).
  const locked = /canceling statement due to (statement|lock) timeout/.test(said)
    ? ' Somebody holds a lock on a table (waited 5 s).'
    : '';
  return `${end || 'It failed'}: ${said}.${locked} The unfinished file is removed.`;
}
