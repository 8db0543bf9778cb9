/** One write at most: bound to the version just read, asked whether it is still ours, read again after a conflict. */
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import type { Cluster } from './client.ts';
import { type Kind, type KubeObject, mergeObject, readObject } from './objects.ts';
import { mayHaveForgotten, operationsOn, traceOf } from './operation-trace.ts';
import { asked, askedIfThere, inWords, statusCode } from './status-error.ts';

/** For the guard of an action whose write goes through `writeGuarded`. */
export const GUARD =
  'The cluster takes the write only as long as nobody else has changed the object since it was read. ' +
  "The API server refuses the write (409) unless the object's uid and resourceVersion are those read just before. " +
  'The version is read first, then it is asked whether this attempt is still ours, then it is written: a worker that ' +
  'was frozen in between holds an old version once anybody else has written.';

/** What a write carries: who it is for, which version it is bound to, and the trace of the operation. */
export interface BoundTo {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Write<T> {
  /** Completes "… while": "scaling web in prod". */
  readonly doing: string;
  /** "Deployment web", for people. */
  readonly what: string;
  /** Reads the object in words of its own when that fails. */
  readonly read: () => Promise<T>;
  readonly metadata: (live: T) => V1ObjectMeta;
  /** Throws `planChanged` when the live state is no longer what the plan says. */
  readonly mustBePlanned: (live: T) => void;
  readonly write: (live: T, bound: BoundTo) => Promise<T>;
}

/**
 * Gives the object as written. Throws ActionFailed: with `nothingHappened` where that is proved (refused, given up, out
 * of time before the write, another object, another state), without it when an answer was lost on the way.
 */
export async function writeGuarded<T>(call: ChangingCall<object>, how: Write<T>): Promise<T> {
  for (let round = 0; ; round++) {
    const live = await readAgain(how.read, round);
    const metadata = how.metadata(live);
    // A proxy that repeats a request it had already delivered makes our own write answer 409.
    if (operationsOn(metadata.annotations).includes(call.operation)) return live;
    if (metadata.uid !== call.plan.target.uid) throw replaced(how.what);
    how.mustBePlanned(live);
    await mustBeOurs(call);
    notTooLate(call, how.what);
    try {
      return await how.write(live, {
        uid: metadata.uid ?? '',
        resourceVersion: metadata.resourceVersion ?? '',
        annotations: traceOf(call.operation, call.incident, call.now(), metadata.annotations),
      });
    } catch (error) {
      if (statusCode(error) === 409) continue;
      throw inWords(error, how.doing);
    }
  }
}

/** A failed first read proves that nothing was written; a later one comes after a write that was refused, or looked so. */
async function readAgain<T>(read: () => Promise<T>, round: number): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ActionFailed) || round > 0) throw error;
    throw new ActionFailed(error.says, { nothingHappened: true, cause: error });
  }
}

/** For what is read before the first write: its failure proves that nothing was written. */
export async function beforeAnyWrite<T>(reading: Promise<T>): Promise<T> {
  return await readAgain(() => reading, 0);
}

/** Throws, with proof that nothing was written, when the attempt is not ours any more or nobody can tell. */
export async function mustBeOurs(call: ChangingCall<object>): Promise<void> {
  let ours: boolean;
  try {
    ours = await call.stillOurs();
  } catch (error) {
    throw new ActionFailed(
      'It could not be asked whether this attempt is still the valid one, so nothing was written.',
      { nothingHappened: true, cause: error },
    );
  }
  if (!ours) {
    throw new ActionFailed('This attempt has been given up, so nothing was written.', {
      nothingHappened: true,
    });
  }
}

/** Throws, with proof that nothing was written, when the time of the call is over. */
export function notTooLate(call: ChangingCall<object>, what: string): void {
  if (call.signal.aborted)
    throw new ActionFailed(`Out of time before ${what} was changed.`, { nothingHappened: true });
}

export function replaced(what: string): ActionFailed {
  return new ActionFailed(
    `${what} was deleted and made again since the plan: it is another object now. Plan again.`,
    { planChanged: true, nothingHappened: true },
  );
}

/** The plan no longer fits: `now` says how the object is. */
export function notAsPlanned(what: string, now: string): ActionFailed {
  return new ActionFailed(`${what} ${now}: somebody changed it. Look who, then plan again.`, {
    planChanged: true,
    nothingHappened: true,
  });
}

/** One object of a kind, changed by a merge patch. */
export interface Patching<T extends KubeObject> {
  readonly of: Kind;
  readonly name: string;
  /** Completes "… while", without the name: "setting an image of". */
  readonly doing: string;
  readonly mustBePlanned: (live: T) => void;
  /** The patch without `metadata`. */
  readonly change: (live: T) => object;
}

/** `writeGuarded` for an object that is named by its kind and changed by a merge patch. */
export async function patchGuarded<T extends KubeObject>(
  cluster: Cluster,
  call: ChangingCall<object>,
  how: Patching<T>,
): Promise<T> {
  const { of, name } = how;
  const { namespace } = call;
  return await writeGuarded<T>(call, {
    doing: `${how.doing} ${name} in ${namespace}`,
    what: `${of.kind} ${name}`,
    read: () =>
      asked(
        `reading ${of.kind.toLowerCase()} ${name} in ${namespace}`,
        readObject<T>(cluster, of, namespace, name),
      ),
    metadata: (live) => live.metadata,
    mustBePlanned: how.mustBePlanned,
    write: (live, bound) =>
      mergeObject<T>(cluster, of, namespace, name, { metadata: bound, ...how.change(live) }),
  });
}

/**
 * The server tries the change: rights, admission, validity. Without resourceVersion: a flapping workload changes it all
 * the time.
 */
export async function tryPatch<T extends KubeObject>(
  cluster: Cluster,
  of: Kind,
  live: T,
  doing: string,
  change: object,
): Promise<T> {
  const { name = '', namespace = '', uid } = live.metadata;
  return await asked(
    `trying (dry run) to ${doing} ${name}`,
    mergeObject<T>(cluster, of, namespace, name, { metadata: { uid }, ...change }, { dryRun: true }),
  );
}

/**
 * Made: the object remembers our operation, whatever was done to it since. Not made: it is the same object, it
 * forgets nothing, and it is as before. Everything else could have been ours or anybody's.
 * A request still on its way may arrive after "not made": a retry then meets a newer version, or makes the first one
 * meet it, and one of the two is refused by the API server.
 */
export function tracedOn(
  call: ChangingCall<object>,
  metadata: V1ObjectMeta | undefined,
  asBefore: () => boolean,
): Happened {
  if (!metadata || metadata.uid !== call.plan.target.uid) return 'cannot tell';
  if (operationsOn(metadata.annotations).includes(call.operation)) return 'made';
  if (mayHaveForgotten(metadata.annotations)) return 'cannot tell';
  return asBefore() ? 'not made' : 'cannot tell';
}

/** `tracedOn` for an object that is named by its kind. */
export async function lookForTrace<T extends KubeObject>(
  cluster: Cluster,
  call: ChangingCall<object>,
  of: Kind,
  name: string,
  asBefore: (live: T) => boolean,
): Promise<Happened> {
  const live = await askedIfThere(
    `looking for our change on ${name} in ${call.namespace}`,
    readObject<T>(cluster, of, call.namespace, name),
  );
  return tracedOn(call, live?.metadata, () => live !== undefined && asBefore(live));
}
