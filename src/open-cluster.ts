/** The cluster's configuration, read when first needed: KUBECONFIG, ~/.kube/config, or the account in the pod. */
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { ActionFailed } from './actions/action.ts';
import type { Config } from './config/config.ts';
import { clause } from './incidents/sentence.ts';

/**
 * Read once; a file that could not be read is tried again at the next call, because somebody may have mended it.
 * Without a cluster that can be asked the call throws ActionFailed, which says what is missing and what to do.
 */
export function kubernetesFrom(config: Config): () => Promise<KubeConfig> {
  let loaded: Promise<KubeConfig> | undefined;
  return () => {
    loaded ??= load(config.settings.kubeconfig).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

async function load(named: string | undefined): Promise<KubeConfig> {
  const client = await import('@kubernetes/client-node');
  const made = new client.KubeConfig();
  try {
    // Several files are joined by the client itself, from the same variable.
    if (named && !named.includes(delimiter)) made.loadFromFile(named);
    else made.loadFromDefault();
  } catch (error) {
    const why = clause(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    throw missing(`The kubeconfig${named ? ` ${named}` : ''} cannot be read: ${why}. Mend it`);
  }
  const cluster = made.getCurrentCluster();
  // What client-node makes up when it finds nothing (2.0.1, config.js, loadFromDefault).
  if (!named && made.currentContext === 'loaded-context' && cluster?.server === 'http://localhost:8080')
    throw missing(
      'No cluster is configured: KUBECONFIG is not set, there is no ~/.kube/config, and this is no pod with a service account. Log in to the cluster',
    );
  if (!cluster)
    throw missing(
      `The kubeconfig${named ? ` ${named}` : ''} names no cluster as its current context. Choose one: kubectl config use-context NAME`,
    );
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify)
    throw missing(`The kubeconfig's server ${cluster.server} is not https:. Write its https: address there`);
  return made;
}

function missing(says: string): ActionFailed {
  return new ActionFailed(`${says}, or set KUBECONFIG to a kubeconfig file that works, and run this again.`, {
    nothingHappened: true,
  });
}
