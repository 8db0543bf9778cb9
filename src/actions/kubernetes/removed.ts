/** An object that is removed: only the one that was planned, and gone is gone, whoever did it. */
import type { ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import type { Cluster } from './client.ts';
import { beforeAnyWrite, mustBeOurs, notTooLate, replaced } from './guarded-write.ts';
import { type Deleting, deleteObject, type Kind, type KubeObject, readObject } from './objects.ts';
import { askedIfThere, inWords, statusCode } from './status-error.ts';

/** For the guard of an action that removes an object by `removePlanned`. */
export const ONLY_THIS_ONE =
  'The API server deletes it only while it is the very object of the plan (uid): one that was made again under the ' +
  'same name stays. Deleting what is gone changes nothing.';

/**
 * Deletes the object of the plan. `mustBePlanned` looks at what is there just before; with `exact` the deletion is also
 * bound to the version that it saw. Gone already counts as done.
 */
export async function removePlanned<T extends KubeObject>(
  cluster: Cluster,
  call: ChangingCall<object>,
  of: Kind,
  name: string,
  how: { readonly mustBePlanned?: (live: T) => void; readonly exact?: boolean } & Pick<
    Deleting,
    'graceSeconds'
  > = {},
): Promise<void> {
  const what = `${of.kind} ${name}`;
  const uid = call.plan.target.uid ?? '';
  for (let round = 0; ; round++) {
    const reading = askedIfThere(`reading ${what}`, readObject<T>(cluster, of, call.namespace, name));
    const live = await (round === 0 ? beforeAnyWrite(reading) : reading);
    if (!live) return;
    if (live.metadata.uid !== uid) throw replaced(what);
    how.mustBePlanned?.(live);
    await mustBeOurs(call);
    notTooLate(call, what);
    try {
      return await deleteObject(cluster, of, call.namespace, name, {
        uid,
        ...(how.exact ? { resourceVersion: live.metadata.resourceVersion ?? '' } : {}),
        ...(how.graceSeconds === undefined ? {} : { graceSeconds: how.graceSeconds }),
      });
    } catch (error) {
      const code = statusCode(error);
      if (code === 404) return;
      if (code === 409) continue;
      throw inWords(error, `deleting ${what}`);
    }
  }
}

/** The absence of that very object is the whole effect; its deletion may still be under way. */
export async function wasRemoved(
  cluster: Cluster,
  call: ChangingCall<object>,
  of: Kind,
  name: string,
): Promise<Happened> {
  const live = await askedIfThere(
    `looking for ${of.kind} ${name}`,
    readObject(cluster, of, call.namespace, name),
  );
  if (!live || live.metadata.uid !== call.plan.target.uid) return 'made';
  return live.metadata.deletionTimestamp === undefined ? 'not made' : 'made';
}

/** What a plan says of something that is not there. */
export function notThere(what: string): ActionFailed {
  return new ActionFailed(`There is no ${what}, so there is nothing to delete.`, { nothingHappened: true });
}
