/** The Kubernetes actions. */
import type { Action } from '../action.ts';
import { access } from './access.ts';
import { addPullSecret } from './add-pull-secret.ts';
import { apply } from './apply.ts';
import { changes } from './changes.ts';
import { compareBaseline } from './compare-baseline.ts';
import { debugCopy } from './debug-copy.ts';
import { deleteFile } from './delete-file.ts';
import { deletePod } from './delete-pod.ts';
import { deleteWorkload } from './delete-workload.ts';
import { endpoints } from './endpoints.ts';
import { env } from './env.ts';
import { fileExists } from './file-exists.ts';
import { grantAccess } from './grant-access.ts';
import { imageByPod } from './image-by-pod.ts';
import { lastTermination } from './last-termination.ts';
import { logs } from './logs.ts';
import { pod } from './pod.ts';
import { probes } from './probes.ts';
import { pvc } from './pvc.ts';
import { replicas } from './replicas.ts';
import { restart } from './restart.ts';
import { revokeAccess } from './revoke-access.ts';
import { roleBinding } from './role-binding.ts';
import { rolloutUndo } from './rollout-undo.ts';
import { scale } from './scale.ts';
import { serviceAccount } from './service-account.ts';
import { setEnv } from './set-env.ts';
import { setMemberImage } from './set-member-image.ts';
import { setProbeTimeout } from './set-probe-timeout.ts';
import { setUpdateStrategy } from './set-update-strategy.ts';
import { traceDatabase } from './trace-database.ts';
import { updateStrategy } from './update-strategy.ts';
import { waitVolumeDetached } from './wait-volume-detached.ts';
import { events } from './warnings.ts';
import { workload } from './workload.ts';

export const kubernetesActions: readonly Action[] = [
  traceDatabase,
  workload,
  changes,
  compareBaseline,
  logs,
  lastTermination,
  replicas,
  scale,
  fileExists,
  deleteFile,
  access,
  addPullSecret,
  apply,
  debugCopy,
  deletePod,
  deleteWorkload,
  endpoints,
  env,
  events,
  grantAccess,
  imageByPod,
  pod,
  probes,
  pvc,
  restart,
  revokeAccess,
  roleBinding,
  rolloutUndo,
  serviceAccount,
  setEnv,
  setMemberImage,
  setProbeTimeout,
  setUpdateStrategy,
  updateStrategy,
  waitVolumeDetached,
];
