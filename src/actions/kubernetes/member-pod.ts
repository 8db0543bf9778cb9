/** What its pod says of one member of a StatefulSet: leader or not, and what it does before it ends. */
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { shortWords } from '../redact/short-words.ts';
import { nameOf } from './workload-pods.ts';

const ROLES = new Set(['master', 'primary', 'leader']);

/** By the label that Patroni and its operators write; false says nothing when nobody writes it. */
export function labelledLeader(pod: V1Pod): boolean {
  return Object.entries(pod.metadata?.labels ?? {}).some(
    ([key, value]) => /(^|[/.-])role$/.test(key) && ROLES.has(value),
  );
}

/** Lines for the plan of a change that ends this pod. */
export function endingNotes(pod: V1Pod): string[] {
  const name = nameOf(pod);
  const leads = labelledLeader(pod);
  const hooks = (pod.spec?.containers ?? []).filter((one) => one.lifecycle?.preStop);
  const notes = hooks.map((one) => {
    const moves = leads ? ' It may move the leader before the pod ends.' : '';
    return `Before ${name} ends, container ${one.name} runs its preStop hook: ${hookOf(one)}.${moves}`;
  });
  if (leads && hooks.length === 0)
    notes.push(
      `${name} is labelled as the leader, and has no preStop hook that hands it over: others wait until its lease runs out.`,
    );
  else if (leads) notes.push(`${name} is labelled as the leader now.`);
  return notes;
}

function hookOf(container: V1Container): string {
  const hook = container.lifecycle?.preStop;
  if (hook?.exec?.command) return shortWords(hook.exec.command.join(' '), 200);
  if (hook?.httpGet) return `a request to ${hook.httpGet.path ?? '/'} on port ${hook.httpGet.port}`;
  return 'what its manifest says';
}
