/** What is said of a member that does not answer: that it crashes and with which error, or only that no answer came. */
import type { Call } from '../action.ts';
import type { Cluster } from '../kubernetes/client.ts';
import { type BadEnd, badEnds } from '../kubernetes/last-end.ts';
import { podLog } from '../kubernetes/pod-log.ts';
import { recognise } from '../kubernetes/signatures.ts';
import { shortWords } from '../redact/short-words.ts';
import type { Member } from './observe.ts';

const LINES = 40;
const LONGEST = 80;

/**
 * `not running (crashes: ModuleNotFoundError: No module named 'yaml')`. A container that was started once more a second
 * ago still crashes. Of the log only a line of a known kind is told: the Secrets of a pod are not read for a choice.
 * Without the right to read logs the reason or the exit code stands there. Never throws.
 */
export async function silentState(
  cluster: Cluster,
  call: Pick<Call, 'namespace' | 'seen'>,
  { pod, state, ready }: Member,
): Promise<string> {
  if (!pod || ready || pod.metadata?.deletionTimestamp) return state;
  const end = badEnds([pod])[0];
  if (!end) return pod.status?.phase === 'Pending' ? `not running (${state})` : state;
  if (end.exitCode === undefined) return `not running (${end.reason})`;
  const line = await crashLine(cluster, call, end);
  const telling = ['Error', 'CrashLoopBackOff'].includes(end.reason) ? '' : `${end.reason}, `;
  const code = `${telling}exit code ${end.exitCode}`;
  return `not running (crashes: ${line ?? code})`;
}

async function crashLine(
  cluster: Cluster,
  call: Pick<Call, 'namespace' | 'seen'>,
  end: BadEnd,
): Promise<string | undefined> {
  if (end.log === 'none') return undefined;
  const previous = end.log === 'previous';
  const { pod, container } = end;
  const request = { namespace: call.namespace, pod, container, lines: LINES, seen: call.seen, previous };
  const lines = await podLog(cluster, request).catch(() => undefined);
  const known = recognise(lines ?? [], []);
  return known?.line === undefined ? undefined : shortWords(known.line, LONGEST);
}
