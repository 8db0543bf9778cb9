/** Follows a new copy of the leader's data into a member: how far it is, and when the member follows again. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Call, ChangingCall } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { databaseContainer, Printed, runScript, script } from '../postgres/in-pod.ts';
import { askOne } from '../postgres/psql.ts';
import { sizeWords } from '../postgres/size-words.ts';
import { isRunning, type Observed } from './observe.ts';
import { until } from './settle.ts';
import { FIND } from './wal-scripts.ts';

/** PG_VERSION is written once, when a data directory is made. */
const IDENTITY = `${FIND}\n${script`echo "identity $(stat -c '%i.%Y' "$d/PG_VERSION")"`}`;

/** Undefined when there is no data directory (now). */
export async function identityOf(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  pod: V1Pod,
): Promise<string | undefined> {
  const where = { pod: pod.metadata?.name ?? '', container: databaseContainer(pod) };
  const ran = await runScript(call, where, IDENTITY, []);
  return new Printed(ran.stdout).text('identity');
}

const progressShape = z.object({
  phase: z.string(),
  done: z.coerce.number(),
  total: z.coerce.number().nullable(),
});

const PROGRESS =
  "select json_build_object('phase', phase, 'done', backup_streamed, 'total', backup_total) from pg_stat_progress_basebackup limit 1";

/**
 * Waits until the member runs on the leader's timeline with data that was made later than `before`; gives the timeline.
 * Throws when the call ends first: the copy goes on without us.
 */
export async function followCopy(
  call: ChangingCall<{ service?: string | undefined; statefulset?: string | undefined }>,
  copy: { member: string; leader: { readonly name: string; readonly pod: V1Pod }; before: string },
): Promise<number> {
  const where = { pod: copy.leader.name, container: databaseContainer(copy.leader.pod) };
  const found = await until(call, Number.POSITIVE_INFINITY, async (seen) => {
    const timeline = followed(seen, copy);
    const member = seen.members.find(({ name }) => name === copy.member);
    if (timeline !== undefined && member?.pod) {
      const identity = await identityOf(call, member.pod);
      if (identity !== undefined && identity !== copy.before) return timeline;
    }
    const at = await askOne(call, where, { database: 'postgres', sql: PROGRESS, schema: progressShape });
    if (at) call.progress(progressWords(copy.member, at));
    return undefined;
  });
  if (found === undefined) {
    throw new ActionFailed(
      `The copy into ${copy.member} is not done yet. It goes on in its pod; look at patroni.members.`,
    );
  }
  return found;
}

function followed(seen: Observed, copy: { member: string; leader: { name: string } }): number | undefined {
  const member = seen.members.find(({ name }) => name === copy.member);
  const leader = seen.members.find(({ name }) => name === copy.leader.name);
  const isThere = member && isRunning(member) && member.timeline === leader?.timeline;
  return isThere ? member.timeline : undefined;
}

/** `backup_total` is unknown until the leader has its size estimated. */
function progressWords(member: string, at: z.output<typeof progressShape>): string {
  const of = at.total ? ` of ${sizeWords(at.total)} (${Math.floor((100 * at.done) / at.total)} %)` : '';
  return `${member}: ${at.phase}, ${sizeWords(at.done)}${of} copied.`;
}
