/** The last lines of a container's log. Never followed: aborting a followed log ends the process (facts: trap 1). */
import type { Seen } from '../redact/seen.ts';
import type { Cluster } from './client.ts';
import { inWords, statusCode } from './status-error.ts';

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly lines: number;
  /** Of the container before its last restart. */
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  /** Told of the text as it came. */
  readonly seen: Seen | undefined;
}

/** Lines are cut by the server after this many bytes in all. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * Lines, oldest first; undefined when there is no such log (never started, no previous container, rotated away).
 * Throws ActionFailed for everything else.
 */
export async function podLog(cluster: Cluster, request: LogRequest): Promise<string[] | undefined> {
  try {
    const text = await cluster.core.readNamespacedPodLog({
      name: request.pod,
      namespace: request.namespace,
      container: request.container,
      tailLines: request.lines,
      limitBytes: LIMIT_BYTES,
      previous: request.previous ?? false,
      timestamps: request.timestamps ?? false,
    });
    request.seen?.raw(text);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-request.lines);
  } catch (error) {
    const code = statusCode(error);
    if (code === 400 || code === 404) return undefined;
    throw inWords(error, `reading the log of ${request.pod} in ${request.namespace}`);
  }
}
