// A stand-in for a storage provider with its driver: it attaches volumes and detaches them, or hangs, as one did that night.
import {
  type KubeConfig,
  ListWatch,
  PatchStrategy,
  StorageV1Api,
  setHeaderOptions,
  type V1VolumeAttachment,
  Watch,
} from '@kubernetes/client-node';

/** The driver's name, as claims' volumes have it. */
export const DRIVER = 'block.storage.example.org';

/** Whoever made a VolumeAttachment and has attached the volume keeps it from going until that is undone. */
const FINALIZER = `external-attacher/${DRIVER.replaceAll('.', '-')}`;

export interface Provider {
  /** From now on nothing is detached, and nobody is told why: the driver only waits. */
  hang(): void;
  /** What a person does in the provider's console: the volume leaves its node, and what waited for that goes on. */
  detachByHand(): Promise<void>;
  stop(): Promise<void>;
}

const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/**
 * Does what `external-attacher` does beside a CSI driver. Who makes and deletes the VolumeAttachments is the cluster's
 * own attach-detach controller, a real one.
 */
export async function startProvider(config: KubeConfig): Promise<Provider> {
  const api = config.makeApiClient(StorageV1Api);
  let hanging = false;
  let stopped = false;
  const sync = async (one: V1VolumeAttachment) => {
    const name = one.metadata?.name ?? '';
    if (one.spec.attacher !== DRIVER) return;
    if (one.metadata?.deletionTimestamp === undefined) {
      if (one.status?.attached) return;
      await api.patchVolumeAttachment({ name, body: { metadata: { finalizers: [FINALIZER] } } }, mergePatch);
      await api.patchVolumeAttachmentStatus({ name, body: { status: { attached: true } } }, mergePatch);
    } else if (!hanging) {
      await api.patchVolumeAttachment({ name, body: { metadata: { finalizers: null } } }, mergePatch);
    }
  };
  const list = () => api.listVolumeAttachment();
  const informer = new ListWatch<V1VolumeAttachment>(
    '/apis/storage.k8s.io/v1/volumeattachments',
    new Watch(config),
    list,
    false,
  );
  // What fails because somebody changed or removed it meanwhile is told once more by the watch.
  const seen = (one: V1VolumeAttachment) => void sync(one).catch(() => undefined);
  informer.on('add', seen);
  informer.on('update', seen);
  informer.on('error', () => {
    if (!stopped) setTimeout(() => void informer.start().catch(() => undefined), 200).unref();
  });
  await informer.start();
  return {
    hang() {
      hanging = true;
    },
    async detachByHand() {
      hanging = false;
      for (const one of (await list()).items) await sync(one);
    },
    async stop() {
      stopped = true;
      await informer.stop();
    },
  };
}
