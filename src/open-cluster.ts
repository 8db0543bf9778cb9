/** The cluster's configuration, read when first needed: KUBECONFIG, ~/.kube/config, or the account in the pod. */
import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Config } from './config/config.ts';

/** Read once; a file that could not be read is tried again at the next call, because somebody may have mended it. */
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
  // Several files are joined by the client itself, from the same variable.
  if (named && !named.includes(delimiter)) made.loadFromFile(named);
  else made.loadFromDefault();
  return made;
}
