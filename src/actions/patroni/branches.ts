/** Counts what each diverged member has committed since the place that they all have: what a person must decide about. */
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { databaseContainer, Printed, runScript, script } from '../postgres/in-pod.ts';
import { walPosition } from './lsn.ts';
import type { Reading } from './read-cluster.ts';
import type { Line, Place } from './timeline-history.ts';
import { FIND } from './wal-scripts.ts';

export interface Branch {
  readonly member: string;
  readonly commits: number;
}

/** Arguments: timeline, position. */
const COUNT = `${FIND}\n${script`
  pg_waldump -r Transaction -p "$d/pg_wal" -t "$1" -s "$2" 2>/dev/null | awk '/desc: COMMIT/ {n++} END {print "commits", n + 0}'
`}`;

const LIMIT_MS = 30_000;

/** Of every member whose branch begins right at that place. One that could not be counted is left out. */
export async function commitsSince(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  seen: Reading,
): Promise<Branch[]> {
  const at = seen.newest.is === 'diverged' ? seen.newest.at : undefined;
  if (!at) return [];
  const counted = await Promise.all(
    seen.members.map(async ({ name, wal }): Promise<Branch[]> => {
      const pod = seen.observed.members.find((member) => member.name === name)?.pod;
      const line = typeof wal === 'object' ? wal.lines.find((one) => branchesAt(one, at)) : undefined;
      if (!pod || !line) return [];
      try {
        const signal = AbortSignal.any([call.signal, AbortSignal.timeout(LIMIT_MS)]);
        const where = { pod: pod.metadata?.name ?? '', container: databaseContainer(pod) };
        const args = [String(line.timeline), walPosition(at.position)];
        const ran = await runScript({ ...call, signal }, where, COUNT, args);
        const commits = new Printed(ran.stdout).int('commits');
        return commits === undefined ? [] : [{ member: name, commits }];
      } catch (error) {
        if (error instanceof ActionFailed) return [];
        throw error;
      }
    }),
  );
  return counted.flat();
}

/** It goes on after the place, on that timeline or on one that began right there. */
function branchesAt(line: Line, at: Place): boolean {
  if (line.timeline === at.timeline) return line.position > at.position;
  const begin = line.ancestors.at(-1);
  return begin?.timeline === at.timeline && begin.position === at.position;
}
