/** `image.age`: how old the image of a workload is, and whether its tag means another image by now. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl } from '../kubernetes/by-hand.ts';
import { connect } from '../kubernetes/client.ts';
import { LIST_PODS } from '../kubernetes/rights.ts';
import { selectorText } from '../kubernetes/selector.ts';
import { askedOptionally } from '../kubernetes/status-error.ts';
import { appsKind } from '../kubernetes/workload-object.ts';
import { resolved } from './resolve.ts';
import { imageOfWorkload, SUBJECT_RIGHTS, subjectOf } from './subject.ts';

export const age = reading({
  name: 'image.age',
  version: 1,
  params: z.object({
    workload: z.string().min(1),
    kind: appsKind.default('deployment'),
    container: z.string().min(1).optional(),
  }),
  output: z.object({
    image: z.string(),
    /** Can it be pulled again, on another node, today? */
    resolves: z.boolean(),
    says: z.string(),
    /** ISO 8601, UTC. */
    created: z.string().optional(),
    age_seconds: z.int().meta({ format: 'seconds' }).optional(),
    digest: z.string().optional(),
    /** What the pods run, as their nodes say. More than one: they do not all run the same. */
    running_digests: z.array(z.string()),
    /** A pod runs another image than the one that the name leads to now: the next restart changes what runs. */
    moved: z.boolean().optional(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: [...SUBJECT_RIGHTS, LIST_PODS], postgres: [] },
  byHand: (params, namespace) => [
    ...imageOfWorkload(params, namespace),
    kubectl(
      namespace,
      `get pods -o jsonpath='{range .items[*]}{.metadata.name} {.status.containerStatuses[*].imageID}{"\\n"}{end}'`,
    ),
    'skopeo inspect docker://<image>',
  ],
  async run(call) {
    const cluster = await connect(call);
    const unknowns: string[] = [];
    const { params, namespace, seen } = call;
    const subject = await subjectOf(
      cluster,
      { params: { ...params }, namespace, ...(seen === undefined ? {} : { seen }) },
      unknowns,
    );
    const found = await resolved(cluster, call, subject, unknowns);
    const labelSelector = selectorText({ matchLabels: { ...subject.selector } });
    const pods =
      subject.selector === undefined
        ? undefined
        : await askedOptionally(
            `pods of ${params.workload}`,
            cluster.core.listNamespacedPod({ namespace, labelSelector }),
            unknowns,
          );
    const running = (pods?.items ?? []).flatMap((pod) => {
      const status = pod.status?.containerStatuses?.find((one) => one.name === subject.container);
      const digest = /sha256:[0-9a-f]{64}/.exec(status?.imageID ?? '')?.[0];
      return digest === undefined ? [] : [digest];
    });
    const running_digests = [...new Set(running)];
    // A node may keep the digest of the image for its platform, where the registry gives that of the list of them.
    const comparable =
      found.digest !== undefined && running_digests.length > 0 && found.platforms.length <= 1;
    return {
      image: found.image,
      resolves: found.resolves,
      says: found.says,
      ...(found.created === undefined ? {} : { created: found.created }),
      ...(found.age_seconds === undefined ? {} : { age_seconds: found.age_seconds }),
      ...(found.digest === undefined ? {} : { digest: found.digest }),
      running_digests,
      ...(comparable ? { moved: running_digests.some((digest) => digest !== found.digest) } : {}),
      unknowns,
    };
  },
});
