/** `k8s.image-by-pod`: which image each pod of a workload really runs, and which of them differ from the template. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { GET_WORKLOAD, LIST_PODS } from './rights.ts';
import { readWorkload, workloadKind } from './workload-object.ts';
import { digestOf, isOver, isReady, nameOf, podsOf } from './workload-pods.ts';

export const imageByPod = reading({
  name: 'k8s.image-by-pod',
  version: 1,
  params: z.object({ workload: z.string().min(1), kind: workloadKind.default('deployment') }),
  output: z.object({
    /** What a pod made now would get, one entry for each container. */
    template: z.array(z.object({ container: z.string(), image: z.string() })),
    /** One entry for each container of each pod. */
    pods: z.array(
      z.object({
        pod: z.string(),
        container: z.string(),
        image: z.string(),
        /** `sha256:…` of what really runs; absent until the image has been pulled. */
        digest: z.string().optional(),
        differs: z.boolean(),
        ready: z.boolean(),
      }),
    ),
    /** Pods with a container whose image is not the template's. */
    differing: z.array(z.string()),
    /** Containers of which two pods run the same image name with different contents: the tag was moved. */
    moved_tags: z.array(z.string()),
    count: z.int(),
  }),
  rights: { kubernetes: [...GET_WORKLOAD, LIST_PODS], postgres: [] },
  byHand: (params, namespace) => [
    kubectl(
      namespace,
      `get ${word(params.kind, 'deployment')} ${word(params.workload, '<workload>')} -o wide`,
    ),
    kubectl(
      namespace,
      `get pods -o jsonpath='{range .items[*]}{.metadata.name}{range .status.containerStatuses[*]}{"  "}{.name}={.imageID}{end}{"\\n"}{end}'`,
    ),
  ],
  async run(call) {
    const cluster = await connect(call);
    const workload = await readWorkload(cluster, call.namespace, call.params.workload, call.params.kind);
    const template = (workload.template.spec?.containers ?? []).map(({ name, image = '' }) => ({
      container: name,
      image,
    }));
    const wanted = new Map(template.map((one) => [one.container, one.image]));
    const live = (await podsOf(cluster, workload)).filter((pod) => !isOver(pod));
    const pods = live.flatMap((pod) =>
      (pod.spec?.containers ?? []).map(({ name, image = '' }) => {
        const digest = digestOf(pod.status?.containerStatuses?.find((status) => status.name === name));
        return {
          pod: nameOf(pod),
          container: name,
          image,
          ...(digest ? { digest } : {}),
          // A container that a webhook added is in no template: it differs from nothing.
          differs: wanted.has(name) && wanted.get(name) !== image,
          ready: isReady(pod),
        };
      }),
    );
    const contents = Map.groupBy(
      pods.filter((one) => one.digest),
      (one) => `${one.container} ${one.image}`,
    );
    return {
      template,
      pods,
      differing: [...new Set(pods.filter((one) => one.differs).map((one) => one.pod))],
      moved_tags: [...contents].flatMap(([name, same]) =>
        new Set(same.map((one) => one.digest)).size > 1 ? [name] : [],
      ),
      count: live.length,
    };
  },
});
