/** What a world tells the stand-in cluster: how its containers behave and what stands behind its pods. */
import type { Store } from './api/store.ts';
import type { ContainerSpec, Pod } from './api/wire.ts';
import type { BehaviourOf } from './pods/behaviour.ts';
import type { Door } from './pods/port-forward.ts';

/** What the maker of a world may do to the cluster before it is seen. */
export interface Past {
  readonly store: Store;
  /** Makes objects as of a time; the cluster comes to rest before this returns. Call with ever later times. */
  at(time: Date, make: () => void): void;
  /** Creates or replaces an object as somebody (a field manager). */
  apply(
    manifest: { kind: string; metadata: { name?: string; namespace?: string }; [field: string]: unknown },
    manager?: string,
  ): void;
}

export interface World {
  /** Makes the objects that are there at the beginning. */
  begin(past: Past): void;
  /** Default: what the pods' annotations ask for. */
  readonly behaviour?: BehaviourOf;
  /** The address that a pod gets; undefined: one that nobody else has. */
  readonly address?: (pod: Pod) => string | undefined;
  /** Where a pod's port leads on this machine; undefined: nobody listens. */
  readonly door?: (pod: Pod, port: number) => Door | undefined;
  /** Folders of programs that the container has, before the machine's own. */
  readonly programs?: (pod: Pod, container: ContainerSpec) => readonly string[];
  /** Folders on the container's volumes that are there from the beginning. */
  readonly folders?: (pod: Pod, container: ContainerSpec) => readonly string[];
  /** Variables for programs in the container, over those of its spec. */
  readonly environment?: (pod: Pod, container: ContainerSpec) => Readonly<Record<string, string>>;
  /** Asked before a program is started in a container: what it needs is made ready, such as its database. */
  readonly prepare?: (pod: Pod, container: ContainerSpec) => Promise<void>;
  /** Called after every change that somebody makes through the API, before the cluster reacts. */
  readonly changed?: () => void;
  close?(): Promise<void>;
}
