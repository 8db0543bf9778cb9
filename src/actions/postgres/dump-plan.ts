/** What a dump would do, and everything that would make it fail, found out before anybody confirms it. */
import type { Plan } from '../../incidents/plan.ts';
import type { Call } from '../action.ts';
import { dumpPath, lookAtJob } from './dump-job.ts';
import { inside, untouched } from './in-pod.ts';
import { KEEP_FREE_PERCENT, measure, STOP_AT_PERCENT, type Volume } from './volume.ts';

export interface DumpValues {
  readonly path: string;
  readonly pod: string;
  readonly container: string;
  readonly database: string;
}

/**
 * Throws ActionFailed when the dump could not be made: no pg_dump, an older one than the server, no folder, no right
 * to write, too little room. The default folder must keep 20 % free even if the copy is as big as the database; a
 * folder that somebody named is their decision, and the dump still stops itself at 12 %.
 */
export async function planDump(
  call: Call<{ pod: string; database: string; folder?: string | undefined; limit_minutes: number }>,
): Promise<Plan & { readonly values: Record<string, unknown> & DumpValues }> {
  const { pod, database, folder, limit_minutes: minutes } = call.params;
  const where = await inside(call, pod);
  const volume = await measure(call, where, { database, ...(folder === undefined ? {} : { folder }) });
  refuseWhatCannotWork(volume, where.container, { pod, folder });
  const path = dumpPath(volume.folder, call, database);
  const present = await lookAtJob(call, where, path, 'look');
  if (present.is !== 'nothing' && present.is !== 'fenced') {
    throw untouched(
      `There is already something at ${path} in pod ${pod}: this operation was started before.`,
    );
  }
  return {
    target: {
      kind: 'Pod',
      namespace: call.namespace,
      name: pod,
      uid: where.uid,
      ...(where.owner ? { owner: where.owner } : {}),
    },
    changes: [{ field: `file in ${pod}`, before: 'not there', after: path }],
    values: { path, pod, container: where.container, database },
    notes: notesOf(volume, { database, minutes }),
    unknowns:
      volume.onDataVolume === undefined
        ? [`whether ${volume.folder} is on the same volume as the data of PostgreSQL`]
        : [],
  };
}

function refuseWhatCannotWork(
  volume: Volume,
  container: string,
  asked: { pod: string; folder?: string | undefined },
): void {
  const { pod } = asked;
  if (volume.dumpMajor === undefined) {
    throw untouched(`pg_dump is not in container ${container} of pod ${pod}. Dump from a pod that has it.`);
  }
  if (volume.dumpMajor < volume.serverMajor) {
    throw untouched(
      `pg_dump in pod ${pod} is version ${volume.dumpMajor}, older than the server (${volume.serverMajor}): it refuses to dump it.`,
    );
  }
  if (volume.data !== undefined && `${volume.folder}/`.startsWith(`${volume.data.replace(/\/+$/, '')}/`)) {
    throw untouched(
      `${volume.folder} is inside PostgreSQL's data directory: a backup would copy it and a re-initialised member would lose it. Name another folder.`,
    );
  }
  if (asked.folder === undefined && volume.onDataVolume === false) {
    throw untouched(
      `${volume.folder}, beside the data directory, is not on the pod's volume: the file would be lost with the container. Name a folder on a volume.`,
    );
  }
  if (!volume.writable) throw untouched(`${volume.folder} in pod ${pod} cannot be written to.`);
  if (volume.freeBytes * 100 < volume.totalBytes * STOP_AT_PERCENT) {
    throw untouched(
      `Less than ${STOP_AT_PERCENT} % of the volume of ${volume.folder} is free: a dump would stop at once. Name another folder.`,
    );
  }
  if (asked.folder === undefined && volume.freeAfterPercent < KEEP_FREE_PERCENT) {
    throw untouched(
      `At worst the dump leaves ${Math.max(0, volume.freeAfterPercent)} % of the member's own volume free; ${KEEP_FREE_PERCENT} % must stay. Name a folder on another volume, or name ${volume.folder} to decide so.`,
    );
  }
}

function notesOf(volume: Volume, asked: { database: string; minutes: number }): string[] {
  return [
    `The file holds everything that ${asked.database} holds, personal data too. It stays in the pod: readable for the database's user only, never copied to Slack or to the bot.`,
    `It stops itself and removes its unfinished file when less than ${STOP_AT_PERCENT} % is free or after ${asked.minutes} minutes.`,
    `While it runs, changes of tables (ALTER, DROP, TRUNCATE) wait for it; reads and writes go on.`,
    ...(volume.freeAfterPercent < KEEP_FREE_PERCENT
      ? [
          `At worst, as big as the whole database, it would leave less than ${KEEP_FREE_PERCENT} % of its volume free.`,
        ]
      : []),
  ];
}
