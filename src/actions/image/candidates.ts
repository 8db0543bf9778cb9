/** `image.candidates`: which tags of a repository have an image that this service account can pull, newest first. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from '../kubernetes/by-hand.ts';
import { connect } from '../kubernetes/client.ts';
import { candidate, type Searched } from './candidate.ts';
import { majorOf } from './declared.ts';
import { searchRegistry } from './from-registry.ts';
import { searchStream } from './from-stream.ts';
import { isInternal } from './image-stream.ts';
import { imageOfWorkload, SUBJECT_RIGHTS, subjectOf, subjectParams } from './subject.ts';

export const candidates = reading({
  name: 'image.candidates',
  version: 1,
  params: z.object({
    ...subjectParams,
    /** Only images that declare this PostgreSQL: another major cannot read the data. */
    postgres_major: z
      .string()
      .regex(/^\d{1,2}(\.\d{1,2})?$/)
      .optional(),
    /** How many tags are looked at; each costs the registry several requests. */
    most: z.int().min(1).max(100).default(20),
  }),
  output: z.object({
    /** Newest first. */
    candidates: z.array(candidate),
    found: z.int(),
    /** The first of them, as it is deployed; absent when none was found. */
    newest: z.string().optional(),
    looked_at: z.int(),
    tags: z.int(),
    /** Tags that are there without a whole image behind them. */
    hollow: z.array(z.string()),
    says: z.string(),
    asked_with: z.string(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: [...SUBJECT_RIGHTS], postgres: [] },
  byHand: (params, namespace) => [
    ...imageOfWorkload(params, namespace),
    `skopeo list-tags docker://${word(params.image?.replace(/[:@][^/]*$/, ''), '<registry/repository>')}`,
    kubectl(namespace, 'get imagestreamtags'),
  ],
  async run(call) {
    const cluster = await connect(call);
    const unknowns: string[] = [];
    const subject = await subjectOf(cluster, call, unknowns);
    const searched = isInternal(subject.reference.registry)
      ? await searchStream(cluster, call, subject, unknowns)
      : await searchRegistry(call, subject, call.params.most, unknowns);
    return { ...told(searched, call.params.postgres_major), unknowns };
  },
});

function told(searched: Searched, major: string | undefined) {
  const { found, hollow, tags, lookedAt, askedWith } = searched;
  const fitting = found
    .filter((one) => major === undefined || majorOf(one.postgres) === major)
    .sort((a, b) => (b.created ?? '').localeCompare(a.created ?? '') || (a.tag < b.tag ? 1 : -1));
  const which = major === undefined ? '' : ` with PostgreSQL ${major}`;
  const newest = fitting[0];
  const built = newest?.created === undefined ? '' : `, built ${newest.created.slice(0, 10)}`;
  return {
    candidates: fitting,
    found: fitting.length,
    ...(newest === undefined ? {} : { newest: newest.name }),
    looked_at: lookedAt,
    tags,
    hollow: [...hollow],
    says:
      newest === undefined
        ? `None of the ${lookedAt} tags looked at has an image${which} that can be pulled with ${askedWith}.`
        : `${fitting.length} of ${lookedAt} tags have an image${which}; the newest is ${newest.tag}${built}.`,
    asked_with: askedWith,
  };
}
