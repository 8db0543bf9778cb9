/** How a container behaves: what a world says about it, or what its pod's annotations ask for. */
import type { ContainerSpec, Pod } from '../api/wire.ts';

export type Behaviour =
  | {
      readonly is: 'running';
      readonly ready: boolean;
      readonly log?: readonly string[];
      /** What the readiness probe says while it is not ready. */
      readonly probe?: string;
    }
  | {
      readonly is: 'ending';
      readonly exitCode: number;
      readonly log: readonly string[];
      /** Default: Error, or Completed for exit code 0. */
      readonly reason?: string;
      /** How often it had been restarted when the world begins, and when it last ended; only in a world's past. */
      readonly restarts?: number;
      readonly lastEnded?: Date;
    }
  | { readonly is: 'no image'; readonly message?: string };

export type BehaviourOf = (pod: Pod, container: ContainerSpec) => Behaviour;

const PREFIX = 'stand-in.handrail.dev/';

/**
 * The behaviour that annotations ask for: `exit-code`, `log` (lines), `ready` ("false"), `no-image` (the image that
 * cannot be pulled, or "any"), each after `stand-in.handrail.dev/`. Without any: runs and is ready.
 */
export function annotatedBehaviour(pod: Pod, container: ContainerSpec): Behaviour {
  const asked = (key: string) => pod.metadata.annotations?.[PREFIX + key];
  const missing = asked('no-image');
  if (missing !== undefined && (missing === 'any' || missing === container.image)) return { is: 'no image' };
  const log = asked('log')?.split('\n') ?? [];
  const code = asked('exit-code');
  if (code !== undefined) return { is: 'ending', exitCode: Number(code), log };
  return { is: 'running', ready: asked('ready') !== 'false', log };
}
