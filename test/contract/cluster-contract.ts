// What the actions count on from a cluster: one suite, run against the stand-in and against a real API server.
import { afterAll, beforeAll } from 'vitest';
import { clientOwners } from './client-owners.ts';
import { deploymentConfigs } from './deployment-configs.ts';
import { insidePods } from './inside-pods.ts';
import { pods } from './pods.ts';
import { refusals } from './refusals.ts';
import { rights } from './rights.ts';
import { snapshots } from './snapshots.ts';
import type { Subject } from './subjects.ts';
import { watching } from './watching.ts';
import { writing } from './writing.ts';

/** Call inside a `describe`. */
export function clusterContract(start: () => Promise<Subject>): void {
  let subject: Subject | undefined;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(async () => {
    await subject?.stop();
  });
  const cluster = (): Subject => {
    if (!subject) throw new Error('the cluster did not start');
    return subject;
  };
  refusals(cluster);
  writing(cluster);
  watching(cluster);
  rights(cluster);
  pods(cluster);
  insidePods(cluster);
  clientOwners(cluster);
  deploymentConfigs(cluster);
  snapshots(cluster);
}
