/** How big a database is, and how much room the folder has that a copy of it would be written to. */
import { z } from 'zod';
import type { Call } from '../action.ts';
import { complaint, type Inside, Printed, runScript, script, untouched } from './in-pod.ts';
import { askOne } from './psql.ts';

/** What must stay free on the member's own volume after a dump: a full data volume stops PostgreSQL. */
export const KEEP_FREE_PERCENT = 20;
/** Where a running dump stops itself. */
export const STOP_AT_PERCENT = 12;

const facts = z.object({
  bytes: z.int().min(0),
  version: z.int(),
  /** Absent when the role may not see it. */
  data: z.string().nullish(),
});

const FACTS = `select json_build_object('bytes', pg_database_size(current_database()),
  'version', current_setting('server_version_num')::int,
  'data', case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end)`;

/** Free and total of the folder's file system, and where that one and the data directory's are mounted. */
const ROOM = script`
  folder=$1
  [ -d "$folder" ] || [ -z "$3" ] || folder=\${folder%/*}
  [ -d "$folder" ] || { echo missing; exit 0; }
  echo "folder $folder"
  [ -w "$folder" ] && echo writable
  df -Pk "$folder" | { read -r _; read -r _ total _ free _ mount; echo "total $total"; echo "free $free"; echo "mount $mount"; }
  [ -z "$2" ] || df -Pk "$2" | { read -r _; read -r _ _ _ _ _ mount; echo "datamount $mount"; }
  pg_dump --version 2>/dev/null | sed 's/^/dump /'
`;

export interface Volume {
  readonly databaseBytes: number;
  readonly serverMajor: number;
  /** PostgreSQL's data directory; absent when the role may not see it. */
  readonly data?: string;
  readonly folder: string;
  readonly writable: boolean;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Free after a copy as big as the whole database: the worst case. Whole percent, rounded down; may be negative. */
  readonly freeAfterPercent: number;
  /** The folder is on the volume that the data is on; undefined when nobody can tell. */
  readonly onDataVolume?: boolean;
  /** Major version of the pod's pg_dump; absent when it has none. */
  readonly dumpMajor?: number;
}

/**
 * Reads the database's size by psql and the folder's file system by df, both in the pod. Without `folder`: the folder
 * that holds the data directory, which is on the pod's volume in the usual images. With `orParent`, `folder` may be a
 * file. Throws ActionFailed in words.
 */
export async function measure(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  where: Inside,
  wanted: { database: string; folder?: string; orParent?: boolean },
): Promise<Volume> {
  const { database } = wanted;
  const known = await askOne(call, where, { database, sql: FACTS, schema: facts });
  if (!known) throw untouched(`PostgreSQL in pod ${where.pod} gave no answer.`);
  const data = known.data ?? undefined;
  const folder = wanted.folder ?? (data === undefined ? undefined : parentOf(data));
  if (folder === undefined) {
    throw untouched(
      `The role that reads ${database} may not see where its data directory is. Name a folder, or grant it pg_read_all_settings.`,
    );
  }
  const ran = await runScript(call, where, ROOM, [folder, data ?? '', wanted.orParent ? 'yes' : '']);
  const printed = new Printed(ran.stdout);
  const total = printed.int('total');
  const free = printed.int('free');
  if (printed.all('missing').length > 0) {
    throw untouched(`There is no folder ${folder} in container ${where.container} of pod ${where.pod}.`);
  }
  if (!total || free === undefined) {
    throw untouched(`The room in ${folder} of pod ${where.pod} cannot be read: ${complaint(ran.stderr)}`);
  }
  const [mount, dataMount] = [printed.text('mount'), printed.text('datamount')];
  const dumpMajor = /\b(\d+)(?:\.\d+|devel|beta|rc)/.exec(printed.text('dump') ?? '')?.[1];
  return {
    databaseBytes: known.bytes,
    serverMajor: Math.floor(known.version / 10_000),
    ...(data === undefined ? {} : { data }),
    folder: printed.text('folder') ?? folder,
    writable: printed.all('writable').length > 0,
    freeBytes: free * 1024,
    totalBytes: total * 1024,
    freeAfterPercent: Math.floor(((free * 1024 - known.bytes) * 100) / (total * 1024)),
    ...(mount === undefined || dataMount === undefined ? {} : { onDataVolume: mount === dataMount }),
    ...(dumpMajor === undefined ? {} : { dumpMajor: Number(dumpMajor) }),
  };
}

function parentOf(path: string): string {
  return path.replace(/\/+$/, '').replace(/\/[^/]*$/, '') || '/';
}
