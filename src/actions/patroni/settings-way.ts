/** The way to Patroni's settings: a member that answers inside its pod, else its store where that is Kubernetes. */
import type { V1Pod } from '@kubernetes/client-node';
import { ActionFailed } from '../action.ts';
import type { Kind, KubeObject } from '../kubernetes/objects.ts';
import { inWords } from '../kubernetes/status-error.ts';
import { insideRest, json } from './inside-rest.ts';
import type { Observed } from './observe.ts';
import { type Asking, refused } from './settle.ts';
import { scopesOf, settingsIn, settingsObject } from './store-objects.ts';

export type Through =
  | { readonly pod: V1Pod; readonly settings: Record<string, unknown> }
  | {
      readonly of: Kind;
      readonly object: KubeObject;
      readonly settings: Record<string, unknown>;
    };

/** The way to the settings: a member whose REST API answers inside its pod, else the store's own object. */
export async function settingsThrough(call: Asking, seen: Observed): Promise<Through> {
  // Those that answered first; the others too, because only the way to their port may be missing.
  const ordered = seen.members.toSorted((a, b) => Number(b.own !== undefined) - Number(a.own !== undefined));
  // All at once: when the store hangs, each of them does.
  const asked = ordered.flatMap(({ pod }) => (pod ? [settingsBy(call, pod)] : []));
  const answers = await Promise.all(asked);
  const good = answers.find((answer) => typeof answer === 'object');
  if (good) return good;
  const why = answers.find((answer) => typeof answer === 'string') ?? 'no member has a pod';
  const found = await settingsObject(call, scopesOf(seen));
  if (found && 'forbidden' in found) throw inWords(found.forbidden, "looking for Patroni's settings");
  if (found) return { ...found, settings: settingsIn(found.object) ?? {} };
  throw refused(
    `No member of ${seen.statefulset} answers (${why.replace(/\.$/, '')}), and no Endpoints or ConfigMap ${scopesOf(seen).join('-config or ')}-config holds Patroni's settings: its store is not Kubernetes. Write "pause": true to /service/<scope>/config of its etcd, Consul or ZooKeeper by hand.`,
  );
}

/** The settings as one member gives them, or why it does not. */
async function settingsBy(call: Asking, pod: V1Pod): Promise<Extract<Through, { pod: V1Pod }> | string> {
  try {
    const answer = await insideRest(call, pod, { method: 'GET', path: '/config', seconds: 8 });
    const settings = answer.code === 200 ? json(answer.body) : undefined;
    if (typeof settings === 'object' && settings !== null)
      return { pod, settings: settings as Record<string, unknown> };
    return `${pod.metadata?.name} does not give its settings: its store (etcd or the Kubernetes API) may hang`;
  } catch (error) {
    if (error instanceof ActionFailed && !call.signal.aborted) return error.says;
    throw error;
  }
}
