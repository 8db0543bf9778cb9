/** Looks through the tags of an OpenShift ImageStream. */
import { ActionFailed, type Call } from '../action.ts';
import type { Cluster } from '../kubernetes/client.ts';
import { troubleInWords } from './answers.ts';
import { about, aged, type Candidate, type Searched } from './candidate.ts';
import { isInternal, readStream } from './image-stream.ts';
import { loginWords, pullable } from './pull.ts';
import { parseReference, written } from './reference.ts';
import type { Subject } from './subject.ts';

/** @throws ActionFailed when there is no such stream, or it cannot be seen */
export async function searchStream(
  cluster: Cluster,
  call: Pick<Call, 'signal' | 'seen' | 'now'>,
  subject: Subject,
  unknowns: string[],
): Promise<Searched> {
  const { reference } = subject;
  const [namespace = '', name = ''] = reference.repository.split('/');
  const tags = await readStream(cluster, { namespace, name }, unknowns);
  if (tags === undefined || tags === 'absent') {
    throw new ActionFailed(
      tags === 'absent'
        ? `There is no image stream ${name} in ${namespace}. "kubectl -n ${namespace} get imagestreams" lists them.`
        : `The tags of image stream ${namespace}/${name} could not be read: ${unknowns.at(-1)}.`,
    );
  }
  const found: Candidate[] = [];
  const hollow: string[] = [];
  let askedWith = 'the image stream';
  for (const { tag, image } of tags) {
    const source = image === undefined ? undefined : parseReference(image.reference);
    if (image === undefined || source === undefined) {
      hollow.push(tag);
      continue;
    }
    const named = { name: written(reference, { tag }), tag, pinned: image.reference };
    if (isInternal(source.registry)) {
      found.push({ ...named, ...aged(image.imported, call.now()) });
      continue;
    }
    const pulled = await pullable(call, subject, source);
    askedWith = loginWords(pulled.login);
    if ('found' in pulled) found.push({ ...named, ...about(pulled.found, call.now()) });
    else if (pulled.trouble.kind === 'hollow' || pulled.trouble.kind.startsWith('absent')) hollow.push(tag);
    else unknowns.push(troubleInWords(pulled.trouble, image.reference, source.registry));
  }
  return { found, hollow, tags: tags.length, lookedAt: tags.length, askedWith };
}
