/** Whether a node is there and answers, as far as this account may look. */
import type { Call } from '../action.ts';
import type { Cluster } from './client.ts';
import { contactFor } from './contact.ts';
import { inWords, note, statusCode } from './status-error.ts';

export type NodeState = 'ready' | 'not ready' | 'gone' | 'unknown';

/** Without the right to see nodes: `unknown`, and a line that says whom to ask. */
export async function nodeOf(
  cluster: Cluster,
  call: Pick<Call, 'reach' | 'namespace'>,
  name: string,
  unknowns: string[],
): Promise<NodeState> {
  try {
    const node = await cluster.core.readNode({ name });
    const ready = node.status?.conditions?.find((one) => one.type === 'Ready');
    return ready?.status === 'True' ? 'ready' : 'not ready';
  } catch (error) {
    const code = statusCode(error);
    if (code === 404) return 'gone';
    if (code !== 403) throw inWords(error, `reading node ${name}`);
    note(unknowns, `no right to see nodes: ask ${contactFor(call)}`);
    return 'unknown';
  }
}
