/** What the played kubelets are told. */
import type { Pod } from '../api/wire.ts';
import type { BehaviourOf } from './behaviour.ts';

export interface KubeletOptions {
  readonly behaviour: BehaviourOf;
  /** Delay before the second restart of a crashing container in ms, doubled each time. Default 10 s, as in reality. */
  readonly backOffMs?: number;
  /** How long a container takes to start, to crash and to stop, in ms. Default 30. */
  readonly stepMs?: number;
  readonly podIp?: (pod: Pod) => string | undefined;
  /** Called when a pod is gone: its processes and folder go with it. */
  readonly gone?: (pod: Pod) => void;
}
