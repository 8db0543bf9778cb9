/** Looks at a CronJob that makes backups: when it last succeeded, and what its newest job did. */
import type { V1CronJob, V1Job } from '@kubernetes/client-node';
import type { Call } from '../action.ts';
import { connect } from '../kubernetes/client.ts';
import { type Kind, listObjects, readObject } from '../kubernetes/objects.ts';
import { askedOptionally } from '../kubernetes/status-error.ts';
import type { Looked } from './looked.ts';

const CRON_JOB: Kind = { kind: 'CronJob', apiVersion: 'batch/v1', plural: 'cronjobs' };
const JOB: Kind = { kind: 'Job', apiVersion: 'batch/v1', plural: 'jobs' };

/**
 * `lastSuccessfulTime` or the end of the newest complete job, whichever is later; never `lastScheduleTime`: a job that
 * started says nothing. A cluster without batch/v1 CronJob (before 1.21) is an unknown, and its jobs still speak.
 */
export async function lookAtCronJob(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  place: { name: string; path?: string | undefined },
): Promise<Looked> {
  const { namespace } = call;
  const { name } = place;
  const unknowns: string[] = [];
  const cluster = await connect(call);
  const [cronJob, jobs] = await Promise.all([
    askedOptionally(
      `CronJob ${name} (there is none, or the cluster is older than 1.21)`,
      readObject<V1CronJob>(cluster, CRON_JOB, namespace, name),
      unknowns,
    ),
    askedOptionally(`the jobs of CronJob ${name}`, listObjects<V1Job>(cluster, JOB, namespace), unknowns),
  ]);
  const own = (jobs ?? []).filter((job) => isOf(job, name)).sort((a, b) => started(b) - started(a));
  const at = latestSuccess(cronJob, own);
  return {
    searched: `CronJob ${name}: ${[at ? `last success ${at.toISOString()}` : 'no success known', ...newestJob(own), ...suspended(cronJob)].join('; ')}`,
    unknowns,
    ...(at
      ? { found: { at, ...(place.path === undefined ? {} : { path: place.path }), verified: false } }
      : {}),
  };
}

function isOf(job: V1Job, cronJob: string): boolean {
  return (job.metadata?.ownerReferences ?? []).some(
    (owner) => owner.kind === 'CronJob' && owner.name === cronJob,
  );
}

function started(job: V1Job): number {
  return new Date(job.status?.startTime ?? job.metadata?.creationTimestamp ?? 0).getTime();
}

function latestSuccess(cronJob: V1CronJob | undefined, jobs: readonly V1Job[]): Date | undefined {
  const times = [cronJob?.status?.lastSuccessfulTime, ...jobs.map((job) => job.status?.completionTime)];
  const known = times.flatMap((time) => (time ? [new Date(time).getTime()] : []));
  return known.length > 0 ? new Date(Math.max(...known)) : undefined;
}

function newestJob(jobs: readonly V1Job[]): string[] {
  const newest = jobs[0];
  if (!newest) return [];
  const failed = newest.status?.conditions?.find((c) => c.type === 'Failed' && c.status === 'True');
  if (failed) return [`its newest job failed (${failed.reason ?? 'no reason given'})`];
  return newest.status?.completionTime ? [] : ['its newest job has not ended'];
}

function suspended(cronJob: V1CronJob | undefined): string[] {
  return cronJob?.spec?.suspend ? ['it is suspended'] : [];
}
