/** Reads what Crunchy's operator (PGO v5) says of a PostgresCluster's backups. */
import { z } from 'zod';
import type { Call } from '../action.ts';
import { connect } from '../kubernetes/client.ts';
import { answerOf, inWords } from '../kubernetes/status-error.ts';
import type { Looked } from './looked.ts';

const job = z.object({
  id: z.string().optional(),
  cronJobName: z.string().optional(),
  type: z.string().optional(),
  /** Set only when it ended well; `finished` says nothing about that (read in the operator's source). */
  completionTime: z.string().nullish(),
  failed: z.int().nullish(),
});
const cluster = z.object({
  status: z
    .object({
      pgbackrest: z
        .object({
          manualBackup: job.nullish(),
          scheduledBackups: z.array(job).nullish(),
          repos: z.array(z.object({ name: z.string(), stanzaCreated: z.boolean().nullish() })).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/**
 * The newest job that ended well. The status holds no list of backups: to know that one is still there pgBackRest must
 * be asked, which is a place of its own in handrail.yaml. Never throws for what cannot be seen.
 */
export async function lookAtCrunchy(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  place: { cluster: string },
): Promise<Looked> {
  const { namespace } = call;
  const where = `PostgresCluster ${place.cluster}`;
  const { custom } = await connect(call);
  let found: unknown;
  try {
    found = await custom.getNamespacedCustomObject({
      group: 'postgres-operator.crunchydata.com',
      version: 'v1beta1',
      plural: 'postgresclusters',
      name: place.cluster,
      namespace,
    });
  } catch (error) {
    const answer = answerOf(error);
    if (answer?.code === 403) return { searched: where, unknowns: [`no right to see ${where}`] };
    if (answer?.code !== 404) throw inWords(error, `reading ${where} in ${namespace}`);
    return answer.reason === 'NotFound'
      ? { searched: `${where}: there is none`, unknowns: [] }
      : { searched: where, unknowns: ["this cluster does not have Crunchy's operator"] };
  }
  const status = cluster.safeParse(found).data?.status?.pgbackrest;
  const jobs = [...(status?.scheduledBackups ?? []), ...(status?.manualBackup ? [status.manualBackup] : [])];
  const ended = jobs
    .flatMap((one) => (one.completionTime ? [{ ...one, at: new Date(one.completionTime) }] : []))
    .filter(({ at }) => Number.isFinite(at.getTime()))
    .sort((a, b) => b.at.getTime() - a.at.getTime());
  const failed = jobs.filter((one) => (one.failed ?? 0) > 0 && !one.completionTime).length;
  const failures = failed > 0 ? `; ${failed} failed` : '';
  const newest = ended[0];
  if (!newest) return { searched: `${where}: no backup that ended well${failures}`, unknowns: [] };
  const name = newest.cronJobName ?? newest.id ?? 'a backup';
  return {
    searched: `${where}: ${name} ended well ${newest.at.toISOString()}${failures}`,
    unknowns: [`whether that backup is still there: ask pgBackRest (kind: pgbackrest in handrail.yaml)`],
    found: { at: newest.at, verified: false },
  };
}
