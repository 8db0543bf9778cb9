/** `image.resolve`: is there an image behind a name, and may this service account pull it? */
import { z } from 'zod';
import { ActionFailed, type Call } from '../action.ts';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { type Cluster, connect } from '../kubernetes/client.ts';
import type { Trouble } from './answers.ts';
import { troubleInWords } from './answers.ts';
import { majorOf } from './declared.ts';
import { isInternal, readStream } from './image-stream.ts';
import type { Image } from './look.ts';
import { loginWords, pullable } from './pull.ts';
import { parseReference, written } from './reference.ts';
import { imageOfWorkload, SUBJECT_RIGHTS, type Subject, subjectOf, subjectParams } from './subject.ts';

/** What is behind a name. The first says that it can be pulled; the others each have another remedy. */
export const ANSWERS = [
  'resolves',
  'no such tag',
  'no such repository',
  'no image behind it',
  'needs login',
  'login refused',
  'not allowed',
  'asked to wait',
  'no answer',
] as const;
type Answer = (typeof ANSWERS)[number];

const output = z.object({
  resolves: z.boolean(),
  answer: z.enum(ANSWERS),
  /** One sentence for a person. */
  says: z.string(),
  image: z.string(),
  /** The same image by its digest, which never moves: what to deploy. */
  pinned: z.string().optional(),
  digest: z.string().optional(),
  /** ISO 8601, UTC. */
  created: z.string().optional(),
  age_seconds: z.int().meta({ format: 'seconds' }).optional(),
  platforms: z.array(z.string()),
  postgres: z.string().optional(),
  /** What must stay the same for the data to be readable: `12`, `9.6`. */
  postgres_major: z.string().optional(),
  patroni: z.string().optional(),
  /** Labels and environment are declared; a tag is only a name. */
  declared_by: z.enum(['labels', 'environment', 'tag']).optional(),
  asked_with: z.string(),
  unknowns: z.array(z.string()),
});
type Output = z.output<typeof output>;

export const resolve = reading({
  name: 'image.resolve',
  version: 1,
  params: z.object(subjectParams),
  output,
  rights: { kubernetes: [...SUBJECT_RIGHTS], postgres: [] },
  byHand: (params, namespace) => [
    ...imageOfWorkload(params, namespace),
    `skopeo inspect docker://${word(params.image, '<image>')}`,
    kubectl(namespace, 'get imagestreamtags'),
  ],
  async run(call) {
    const cluster = await connect(call);
    const unknowns: string[] = [];
    const subject = await subjectOf(cluster, call, unknowns);
    return await resolved(cluster, call, subject, unknowns);
  },
});

/** @throws ActionFailed when the cluster that should tell cannot be asked */
export async function resolved(
  cluster: Cluster,
  call: Pick<Call, 'signal' | 'seen' | 'now'>,
  subject: Subject,
  unknowns: string[],
): Promise<Output> {
  const { reference, written: image } = subject;
  if (isInternal(reference.registry)) return await inStream(cluster, call, subject, unknowns);
  const pulled = await pullable(call, subject, reference);
  const asked_with = loginWords(pulled.login);
  if ('trouble' in pulled) return notThere(image, reference.registry, pulled.trouble, asked_with, unknowns);
  return there(
    call,
    image,
    pulled.found,
    written(reference, { digest: pulled.found.digest }),
    asked_with,
    unknowns,
  );
}

function there(
  call: Pick<Call, 'now'>,
  image: string,
  found: Image,
  pinned: string,
  asked_with: string,
  unknowns: string[],
): Output {
  const age = found.created === undefined ? undefined : call.now().getTime() - Date.parse(found.created);
  const { postgres, patroni, by } = found.declared;
  const holds = [
    ...(postgres === undefined ? [] : [`PostgreSQL ${postgres}`]),
    ...(patroni === undefined ? [] : [`Patroni ${patroni}`]),
  ].join(', ');
  const built = found.created === undefined ? '' : `, built ${found.created.slice(0, 10)}`;
  return {
    resolves: true,
    answer: 'resolves',
    says: `${image} is there${built}${holds === '' ? '' : `; it says ${holds}`}.`,
    image,
    pinned,
    digest: found.digest,
    ...(found.created === undefined ? {} : { created: found.created }),
    ...(age === undefined ? {} : { age_seconds: Math.max(0, Math.floor(age / 1000)) }),
    platforms: [...found.platforms],
    ...(postgres === undefined ? {} : { postgres, postgres_major: majorOf(postgres) ?? postgres }),
    ...(patroni === undefined ? {} : { patroni }),
    ...(by === undefined ? {} : { declared_by: by }),
    asked_with,
    unknowns,
  };
}

const ANSWER_OF: Record<Trouble['kind'], Answer> = {
  'absent tag': 'no such tag',
  'absent repository': 'no such repository',
  hollow: 'no image behind it',
  'needs login': 'needs login',
  'login refused': 'login refused',
  'not allowed': 'not allowed',
  'asked to wait': 'asked to wait',
  'no answer': 'no answer',
};

function notThere(
  image: string,
  registry: string,
  trouble: Trouble,
  asked_with: string,
  unknowns: string[],
): Output {
  return {
    resolves: false,
    answer: ANSWER_OF[trouble.kind],
    says: troubleInWords(trouble, image, registry),
    image,
    platforms: [],
    asked_with,
    unknowns,
  };
}

/**
 * OpenShift's own registry: what is behind a tag is what the ImageStream says; then the image it came from is looked
 * up, when that is in another registry.
 */
async function inStream(
  cluster: Cluster,
  call: Pick<Call, 'signal' | 'seen' | 'now'>,
  subject: Subject,
  unknowns: string[],
): Promise<Output> {
  const { reference, written: image } = subject;
  const [namespace = '', name = ''] = reference.repository.split('/');
  const tags = await readStream(cluster, { namespace, name }, unknowns);
  const asked_with = 'the image stream';
  const place = `image stream ${namespace}/${name}`;
  if (tags === undefined) {
    const why = unknowns.at(-1) ?? 'no answer';
    return notThere(image, place, { kind: 'no answer', why }, asked_with, unknowns);
  }
  if (tags === 'absent') return notThere(image, place, { kind: 'absent repository' }, asked_with, unknowns);
  const byDigest = tags.find((one) => one.image !== undefined && one.image.digest === reference.digest);
  const tag = byDigest ?? tags.find((one) => one.tag === reference.tag);
  if (tag === undefined) return notThere(image, place, { kind: 'absent tag' }, asked_with, unknowns);
  if (tag.image === undefined) {
    const missing = tag.failed === undefined ? 'the image' : `the image (its import failed: ${tag.failed})`;
    return notThere(image, place, { kind: 'hollow', missing }, asked_with, unknowns);
  }
  const source = parseReference(tag.image.reference);
  if (source !== undefined && !isInternal(source.registry)) {
    const pulled = await pullable(call, subject, source);
    const login = loginWords(pulled.login);
    if ('found' in pulled) return there(call, image, pulled.found, tag.image.reference, login, unknowns);
    return notThere(image, source.registry, pulled.trouble, login, unknowns);
  }
  if (!Number.isFinite(Date.parse(tag.image.imported))) {
    throw new ActionFailed(`${place} does not say when ${image} was imported.`);
  }
  unknowns.push('the image itself lies in the registry inside the cluster, which cannot be asked from here');
  const created = new Date(tag.image.imported).toISOString();
  const found: Image = { digest: tag.image.digest, created, platforms: [], declared: {} };
  return there(call, image, found, tag.image.reference, asked_with, unknowns);
}
