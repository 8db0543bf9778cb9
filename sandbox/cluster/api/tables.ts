/** Lists as tables, as `kubectl get` asks for them: the columns that people look at. */
import { normalAge } from './age.ts';
import type { Resource } from './resources.ts';
import type { ContainerStatus, Pod, Wire, Workload } from './wire.ts';

type Row = (object: Wire, now: Date) => (string | number)[];

interface Shape {
  readonly columns: readonly string[];
  readonly row: Row;
}

const age = (object: Wire, now: Date) => normalAge(object.metadata.creationTimestamp, now);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
const count = (value: unknown) => Number(value ?? 0);

const SHAPES: Readonly<Record<string, Shape>> = {
  Pod: {
    columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP', 'Node'],
    row(object, now) {
      const pod = object as Pod;
      const statuses = pod.status.containerStatuses ?? [];
      const restarts = statuses.reduce((sum, one) => sum + one.restartCount, 0);
      const ready = `${statuses.filter((one) => one.ready).length}/${pod.spec.containers.length}`;
      return [
        pod.metadata.name,
        ready,
        stateOf(pod, statuses),
        restarts,
        age(pod, now),
        pod.status.podIP ?? '<none>',
        pod.spec.nodeName ?? '<none>',
      ];
    },
  },
  Deployment: {
    columns: ['Name', 'Ready', 'Up-to-date', 'Available', 'Age'],
    row(object, now) {
      const { spec, status, metadata } = object as Workload;
      return [
        metadata.name,
        `${count(status['readyReplicas'])}/${spec.replicas}`,
        count(status['updatedReplicas']),
        count(status['availableReplicas']),
        age(object, now),
      ];
    },
  },
  ReplicaSet: {
    columns: ['Name', 'Desired', 'Current', 'Ready', 'Age'],
    row(object, now) {
      const { spec, status, metadata } = object as Workload;
      return [
        metadata.name,
        spec.replicas,
        count(status['replicas']),
        count(status['readyReplicas']),
        age(object, now),
      ];
    },
  },
  StatefulSet: {
    columns: ['Name', 'Ready', 'Age'],
    row(object, now) {
      const { spec, status, metadata } = object as Workload;
      return [metadata.name, `${count(status['readyReplicas'])}/${spec.replicas}`, age(object, now)];
    },
  },
  Node: {
    columns: ['Name', 'Status', 'Age', 'Version'],
    row(object, now) {
      const status = object['status'] as
        | { conditions?: { type: string; status: string }[]; nodeInfo?: { kubeletVersion?: string } }
        | undefined;
      const isReady = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
      return [
        object.metadata.name,
        isReady ? 'Ready' : 'NotReady',
        age(object, now),
        status?.nodeInfo?.kubeletVersion ?? '',
      ];
    },
  },
  Service: {
    columns: ['Name', 'Type', 'Port(s)', 'Age', 'Selector'],
    row(object, now) {
      const spec = object['spec'] as {
        type?: string;
        ports?: { port: number; protocol?: string }[];
        selector?: Record<string, string>;
      };
      const ports = (spec.ports ?? []).map((one) => `${one.port}/${one.protocol ?? 'TCP'}`).join(',');
      const selector = Object.entries(spec.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      return [
        object.metadata.name,
        spec.type ?? 'ClusterIP',
        ports || '<none>',
        age(object, now),
        selector || '<none>',
      ];
    },
  },
  Endpoints: {
    columns: ['Name', 'Endpoints', 'Age'],
    row(object, now) {
      const subsets = (object['subsets'] ?? []) as {
        addresses?: { ip: string }[];
        ports?: { port: number }[];
      }[];
      const all = subsets.flatMap((one) =>
        (one.addresses ?? []).flatMap(({ ip }) => (one.ports ?? []).map(({ port }) => `${ip}:${port}`)),
      );
      return [object.metadata.name, all.join(',') || '<none>', age(object, now)];
    },
  },
  Event: {
    columns: ['Last Seen', 'Type', 'Reason', 'Object', 'Message'],
    row(object, now) {
      const about = object['involvedObject'] as { kind?: string; name?: string };
      const last = normalAge(text(object['lastTimestamp']) || object.metadata.creationTimestamp, now);
      return [
        last,
        text(object['type']),
        text(object['reason']),
        `${about.kind?.toLowerCase()}/${about.name}`,
        text(object['message']),
      ];
    },
  },
};

function stateOf(pod: Pod, statuses: readonly ContainerStatus[]): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const states = statuses.map((one) => one.state);
  return (
    states
      .map((one) => one.waiting?.reason ?? one.terminated?.reason)
      .find((reason) => reason !== undefined) ??
    pod.status.phase ??
    'Unknown'
  );
}

/** True when the client prefers a table. */
export function wantsTable(accept: string | undefined): boolean {
  return /as=Table/.test(accept ?? '');
}

/** A `Table` of these objects, each also whole, for `-o wide` and for sorting. */
export function tableOf(resource: Resource, objects: readonly Wire[], version: string, now: Date): unknown {
  const shape: Shape = SHAPES[resource.kind] ?? {
    columns: ['Name', 'Age'],
    row: (object, at) => [object.metadata.name, age(object, at)],
  };
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: version },
    columnDefinitions: shape.columns.map((name, i) => ({
      name,
      type: 'string',
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: ['IP', 'Node', 'Selector'].includes(name) && i > 0 ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: shape.row(object, now),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}
