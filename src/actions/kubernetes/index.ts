/** The Kubernetes actions. */
import type { Action } from '../action.ts';
import { changes } from './changes.ts';
import { deleteFile } from './delete-file.ts';
import { fileExists } from './file-exists.ts';
import { lastTermination } from './last-termination.ts';
import { logs } from './logs.ts';
import { replicas } from './replicas.ts';
import { scale } from './scale.ts';
import { traceDatabase } from './trace-database.ts';
import { workload } from './workload.ts';

export const kubernetesActions: readonly Action[] = [
  traceDatabase,
  workload,
  changes,
  logs,
  lastTermination,
  replicas,
  scale,
  fileExists,
  deleteFile,
];
