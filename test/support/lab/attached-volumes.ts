// The node's part in attaching volumes: it says which ones its pods use, and waits until the cluster has attached them.
import {
  type CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1PersistentVolume,
} from '@kubernetes/client-node';
import { waitUntil } from '../control-plane/waiting.ts';

/** How a node's status names a volume of a CSI driver. */
const uniqueName = (driver: string, handle: string) => `kubernetes.io/csi/${driver}^${handle}`;

const strategicPatch = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);

export interface AttachedVolumes {
  /**
   * Resolves with the volume's folder of this machine once the node's status says that it is attached: until then the
   * container is being created. Throws when the pod is gone before that.
   */
  take(volume: V1PersistentVolume, pod: string, node: string, isGone: () => boolean): Promise<string>;
  /** The pod has let go of all it took; only then does the controller detach it. */
  leave(pod: string): Promise<void>;
}

export function attachedVolumes(api: CoreV1Api): AttachedVolumes {
  const taken = new Map<string, { readonly name: string; readonly node: string }>();
  const tell = async (node: string) => {
    const names = [...taken.values()].filter((one) => one.node === node).map(({ name }) => name);
    const body = { status: { volumesInUse: [...new Set(names)] } };
    await api.patchNodeStatus({ name: node, body }, strategicPatch);
  };
  return {
    async take(volume, pod, node, isGone) {
      const { driver = '', volumeHandle = '', volumeAttributes = {} } = volume.spec?.csi ?? {};
      const name = uniqueName(driver, volumeHandle);
      taken.set(pod, { name, node });
      await tell(node);
      const isAttached = async () => {
        if (isGone()) throw new Error('the pod is gone');
        const { status } = await api.readNode({ name: node });
        return (status?.volumesAttached ?? []).some((one) => one.name === name);
      };
      await waitUntil(`volume ${volume.metadata?.name} is attached to ${node}`, isAttached, { seconds: 900 });
      return volumeAttributes['path'] ?? '';
    },
    async leave(pod) {
      const one = taken.get(pod);
      if (!one) return;
      taken.delete(pod);
      await tell(one.node);
    },
  };
}
