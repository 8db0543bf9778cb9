/** The review of an incident's report as its record is now, in the form that the configuration names. */
import type { Config } from '../config/config.ts';
import { profileNamed } from '../report/profiles.ts';
import type { Reviewed } from '../report/reviewed.ts';
import { recordOf } from '../store/read.ts';
import { version } from '../version.ts';
import { incidentsBefore } from './report-others.ts';
import { reviewInThread } from './report-thread.ts';
import type { Worker } from './worker.ts';

/** Rejects where there is no such incident. */
export async function reviewNow(
  worker: Pick<Worker, 'pool' | 'now'>,
  { handrail, template }: Pick<Config, 'handrail' | 'template'>,
  incident: number,
): Promise<Reviewed> {
  const [{ events, head }, others] = await Promise.all([
    recordOf(worker.pool, incident),
    incidentsBefore(worker.pool, incident),
  ]);
  const options = {
    // A name that is none was refused when the configuration was read.
    profile: profileNamed(handrail.report.profile) ?? 'default',
    people: handrail.report.people,
    ...(template ? { template } : {}),
    version,
    ...(template ? { template } : {}),
    ...(head ? { head } : {}),
  } as const;
  return reviewInThread({ events, options, now: worker.now().getTime(), others });
}
