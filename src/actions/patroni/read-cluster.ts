/** Reads how far the WAL of every member goes, running or stopped, and decides from that who has the newest data. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import { ActionFailed } from '../action.ts';
import { note } from '../kubernetes/status-error.ts';
import { ask } from './ask.ts';
import { type MemberWal, understand } from './member-wal.ts';
import { type Evidence, type MemberRead, type Newest, newestOf } from './newest.ts';
import { isLeader, type Observed, observe } from './observe.ts';
import { publishedPosition, scopesOf } from './store-objects.ts';
import { helperFor, ownPlace, type Place, runAt, stayedDown } from './through-helper.ts';
import { compareWal } from './wal-bytes.ts';
import { READ_WAL } from './wal-scripts.ts';

export interface Reading {
  readonly observed: Observed;
  readonly members: readonly {
    readonly name: string;
    readonly wal: MemberWal | string;
    /** The helper pod through which it was read, when its own could not be entered. */
    readonly through?: string;
  }[];
  readonly newest: Newest;
  readonly atLeast: NonNullable<Evidence['atLeast']>;
  readonly unknowns: readonly string[];
}

type Asking = Parameters<typeof observe>[0];

/** Recovery may have to read a GiB of WAL; a pod that hangs costs this once, beside the others. */
const MEMBER_TIMEOUT_MS = 60_000;

/**
 * Every member at once by exec in its pod; then those that run as primary once more: read first, a primary looks behind
 * its own followers (facts: patroni-postgres, 3b). Throws ActionFailed when the members cannot be found.
 */
export async function readCluster(call: Asking): Promise<Reading> {
  const observed = await observe(call);
  const unknowns = [...observed.unknowns];
  const [first, atLeast] = await Promise.all([
    Promise.all(
      observed.members.map(async ({ name, pod }) => ({ name, pod, ...(await readMember(call, pod)) })),
    ),
    lowerBound(call, observed, unknowns),
  ]);
  const members = await Promise.all(
    first.map(async (member) => {
      const { wal } = member;
      const isPrimary = typeof wal === 'object' && wal.runs && wal.writes;
      return isPrimary && member.place ? { ...member, wal: await walAt(call, member.place) } : member;
    }),
  );
  const strangers = (observed.listing?.members ?? [])
    .filter((listed) => observed.members.every((member) => member.listed !== listed))
    .map(({ name }) => ({ name, wal: `Patroni lists it, but it is no pod of ${observed.statefulset}` }));
  const all = [...members, ...strangers];
  const sameWal = await compareWal(call, members);
  const newest = newestOf({ members: all.map(evidenceOf), atLeast, sameWal });
  return { observed, members: all, newest, atLeast, unknowns };
}

function evidenceOf({ name, wal }: { name: string; wal: MemberWal | string }): MemberRead {
  if (typeof wal === 'string') return { name, is: 'unread', why: wal };
  const { system, lines, writes, runs } = wal;
  return { name, is: 'read', system, lines, writes, runs };
}

interface Read {
  readonly wal: MemberWal | string;
  readonly place?: Place;
  readonly through?: string;
}

/** What it has, or why that could not be read: in its own pod, else through a helper on its volume. */
async function readMember(call: Asking, pod: V1Pod | undefined): Promise<Read> {
  if (pod?.metadata?.name === undefined) return { wal: 'it has no pod' };
  const own = await walAt(call, ownPlace(pod));
  if (typeof own === 'object') return { wal: own, place: ownPlace(pod) };
  try {
    const place = await helperFor(call, pod);
    if (!place) return { wal: own };
    const wal = await walAt(call, place);
    if (typeof wal === 'string') return { wal: `${own}; in helper pod ${place.pod}: ${wal}` };
    // A server that was started meanwhile may have written more than was read.
    if (!(await stayedDown(call, pod))) return { wal: `${own}; it was started while its volume was read` };
    return { wal, place, through: place.pod };
  } catch (error) {
    if (error instanceof ActionFailed) return { wal: own };
    throw error;
  }
}

async function walAt(call: Asking, place: Place): Promise<MemberWal | string> {
  const limit = AbortSignal.timeout(MEMBER_TIMEOUT_MS);
  try {
    const signal = AbortSignal.any([call.signal, limit]);
    const ran = await runAt({ ...call, signal }, place, READ_WAL, []);
    return ran.code === 0 ? understand(ran.stdout) : `the commands in its pod ended with code ${ran.code}`;
  } catch (error) {
    if (error instanceof ActionFailed) return error.says.replace(/\.$/, '');
    throw error;
  }
}

/** `[[timeline, position, reason, time, leader], …]`: timelines that were left. */
const historyShape = z.array(z.tuple([z.int()], z.unknown()));

async function lowerBound(
  call: Asking,
  observed: Observed,
  unknowns: string[],
): Promise<NonNullable<Evidence['atLeast']>> {
  const answering = observed.members.filter((member) => member.own && member.pod);
  const histories = answering.map(async ({ pod }) => {
    const answer = await ask(call, pod as V1Pod, '/history', historyShape);
    if (!answer.ok) throw new Error(answer.why);
    return answer.value;
  });
  const [published, history] = await Promise.all([
    publishedPosition(call, scopesOf(observed), unknowns),
    Promise.any(histories).catch(() => undefined),
  ]);
  if (!history) note(unknowns, "Patroni's store could not be asked which timelines there were");
  const left = history?.at(-1)?.[0];
  const position = [published, listedPosition(observed)].reduce(
    (most, one) => (one !== undefined && (most === undefined || one > most) ? one : most),
    undefined,
  );
  return {
    ...(position === undefined ? {} : { position }),
    ...(left === undefined ? {} : { timeline: left + 1 }),
  };
}

/**
 * Without a leader, `lag` in the listing still counts from the last position that one published (facts: 43452208 for
 * the only member that was left): then position + lag is about that. A lag of 0 proves nothing more than the position.
 */
function listedPosition(observed: Observed): bigint | undefined {
  const { listing, members } = observed;
  if (!listing || members.some(isLeader)) return undefined;
  const sums = members.flatMap(({ own, listed }) => {
    const { received_location: received, replayed_location: replayed } = own?.xlog ?? {};
    const at = Math.max(received ?? 0, replayed ?? 0);
    return typeof listed?.lag === 'number' && listed.lag > 0 && at > 0
      ? [BigInt(at) + BigInt(listed.lag)]
      : [];
  });
  return sums.toSorted((a, b) => (a < b ? 1 : -1))[0];
}
