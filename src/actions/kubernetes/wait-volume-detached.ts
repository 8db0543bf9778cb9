/** `k8s.wait-volume-detached`: which node still holds the volume of a claim, since when, and what went wrong. */
import type { V1PersistentVolumeClaim, V1VolumeAttachment } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { reading } from '../define.ts';
import { shortWords } from '../redact/short-words.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { contactFor } from './contact.ts';
import { CLAIM, listObjects, readObject, VOLUME_ATTACHMENT } from './objects.ts';
import { GET_NAMED_CLAIM, LIST_ATTACHMENTS } from './rights.ts';
import { asked, inWords, statusCode } from './status-error.ts';

export const waitVolumeDetached = reading({
  name: 'k8s.wait-volume-detached',
  version: 1,
  params: z.object({ claim: z.string().min(1) }),
  output: z.object({
    /** False when nobody could look: then `detached` is false too, and says nothing. */
    known: z.boolean(),
    /** No node holds the volume any more. */
    detached: z.boolean(),
    volume: z.string().optional(),
    node: z.string().optional(),
    /** ISO time since when it is attached, or was asked to be. */
    since: z.string().optional(),
    /** What the storage driver last complained about. */
    error: z.string().optional(),
    says: z.string(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: [GET_NAMED_CLAIM, LIST_ATTACHMENTS], postgres: [] },
  byHand: (params, namespace) => {
    const claim = word(params.claim, '<claim>');
    return [
      kubectl(namespace, `get pvc ${claim} -o jsonpath='{.spec.volumeName}{"\\n"}'`),
      `kubectl get volumeattachments -o custom-columns=VOLUME:.spec.source.persistentVolumeName,NODE:.spec.nodeName,ATTACHED:.status.attached,SINCE:.metadata.creationTimestamp,ERROR:.status.detachError.message`,
    ];
  },
  async run(call) {
    const { claim } = call.params;
    const cluster = await connect(call);
    const found = await asked(
      `reading claim ${claim} in ${call.namespace}`,
      readObject<V1PersistentVolumeClaim>(cluster, CLAIM, call.namespace, claim),
    );
    const volume = found.spec?.volumeName;
    if (!volume) {
      throw new ActionFailed(`Claim ${claim} has no volume: it is ${found.status?.phase ?? 'not bound'}.`);
    }
    let all: V1VolumeAttachment[];
    try {
      all = await listObjects<V1VolumeAttachment>(cluster, VOLUME_ATTACHMENT, undefined);
    } catch (error) {
      if (statusCode(error) !== 403 && statusCode(error) !== 404)
        throw inWords(error, 'listing volume attachments');
      return unseen(call, volume, statusCode(error) === 403);
    }
    const held = all.find((one) => one.spec.source.persistentVolumeName === volume);
    if (!held) {
      return {
        known: true,
        detached: true,
        volume,
        says: `No node holds volume ${volume} any more.`,
        unknowns: [],
      };
    }
    return { known: true, detached: false, volume, ...holding(held, volume, contactFor(call)), unknowns: [] };
  },
});

function unseen(call: Pick<Call, 'reach' | 'namespace'>, volume: string, refused: boolean) {
  const line = refused
    ? `no right to see volume attachments: ask ${contactFor(call)}`
    : `this cluster does not show volume attachments: ask ${contactFor(call)}`;
  const says = `Whether a node still holds volume ${volume} is not known: ${line}.`;
  return { known: false, detached: false, volume, says, unknowns: [line] };
}

/** `ask`: whoever can detach it at the provider when it hangs. */
function holding(one: V1VolumeAttachment, volume: string, ask: string) {
  const node = one.spec.nodeName;
  const since =
    one.metadata?.creationTimestamp === undefined ? undefined : String(one.metadata.creationTimestamp);
  const { attached = false, detachError, attachError } = one.status ?? {};
  const complaint = detachError?.message ?? attachError?.message;
  const error = complaint === undefined ? undefined : shortWords(complaint, 300);
  const leaving = one.metadata?.deletionTimestamp === undefined ? '' : ' It is being detached.';
  const how = attached ? 'is attached to' : 'is reserved for';
  return {
    node,
    ...(since ? { since } : {}),
    ...(error ? { error } : {}),
    says: `Volume ${volume} ${how} ${node}${since ? ` since ${since}` : ''}.${leaving} When it hangs, ask ${ask}.${error ? ` The driver says: ${error}` : ''}`,
  };
}
