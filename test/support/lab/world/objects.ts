// Plain Kubernetes objects as they are applied, and the volumes that a lab keeps on this machine.
import type { KubernetesObject } from '@kubernetes/client-node';

export type LabObject = KubernetesObject & Readonly<Record<string, unknown>>;

const STORAGE_CLASS = 'lab-block-standard';

/** Volumes are made beforehand, by `addVolume`. */
export const storageClass: LabObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: STORAGE_CLASS },
  provisioner: 'kubernetes.io/no-provisioner',
};

/** A template for a claim, for `volumeClaimTemplates`, or a claim's own metadata and spec. */
export function claimOf(name: string, size: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    metadata: { name, labels },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: STORAGE_CLASS,
      resources: { requests: { storage: size } },
    },
  };
}

/** These belong to no namespace. */
export const ofCluster = (object: LabObject): boolean =>
  /^(PersistentVolume|StorageClass|Namespace|ClusterRole|ClusterRoleBinding|VolumeAttachment|CSIDriver|CustomResourceDefinition|Node)$/.test(
    object.kind ?? '',
  );

/**
 * A volume of the lab, kept for one claim: a folder of this machine. It lives as long as the lab. With `driver` it has to
 * be attached to the pod's node first, by the cluster's attach-detach controller and that driver.
 */
export function volumeFor(
  claim: string,
  namespace: string,
  path: string,
  size: string,
  driver?: string,
): LabObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${claim}` },
    spec: {
      capacity: { storage: size },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: STORAGE_CLASS,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim },
      ...(driver
        ? { csi: { driver, volumeHandle: claim, volumeAttributes: { path } } }
        : { hostPath: { path } }),
    },
  };
}
