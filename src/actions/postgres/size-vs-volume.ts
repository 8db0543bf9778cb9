/** `postgres.size-vs-volume`: would a copy of the database fit where a dump would be written? */
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectlExec, word } from '../kubernetes/by-hand.ts';
import { EXEC, GET_POD } from '../kubernetes/rights.ts';
import { inside } from './in-pod.ts';
import { absolutePath, databaseName, podName } from './names.ts';
import { KEEP_FREE_PERCENT, measure } from './volume.ts';

const bytes = () => z.int().meta({ format: 'bytes' });

/**
 * `fits` compares with the whole database, the worst case: a compressed dump is usually several times smaller, but
 * rows of bytes double as text (facts: pg_dump). 20 % must stay free on the member's own volume.
 */
export const sizeVsVolume = reading({
  name: 'postgres.size-vs-volume',
  version: 1,
  params: z.object({
    pod: podName,
    database: databaseName,
    /** Folder or file that would be written; default: beside the data directory. */
    path: absolutePath.optional(),
  }),
  output: z.object({
    database_bytes: bytes(),
    free_bytes: bytes(),
    total_bytes: bytes(),
    free_after_percent: z.int(),
    fits: z.boolean(),
  }),
  rights: {
    kubernetes: [GET_POD, EXEC],
    postgres: [
      { grant: 'CONNECT', why: 'to ask how big it is' },
      { grant: 'pg_read_all_settings', why: 'to see where its data directory is' },
    ],
  },
  byHand: (p, namespace) => [
    kubectlExec(namespace, p, [
      'psql -XAt -d',
      word(p.database, '<database>'),
      '-c',
      `"select pg_size_pretty(pg_database_size(current_database())), current_setting('data_directory')"`,
    ]),
    kubectlExec(namespace, p, ['df -h', word(p.path, '<folder>')]),
  ],
  async run(call) {
    const { pod, database, path } = call.params;
    const where = await inside(call, pod);
    const volume = await measure(call, where, {
      database,
      ...(path === undefined ? {} : { folder: path, orParent: true }),
    });
    return {
      database_bytes: volume.databaseBytes,
      free_bytes: volume.freeBytes,
      total_bytes: volume.totalBytes,
      free_after_percent: volume.freeAfterPercent,
      fits: volume.freeAfterPercent >= KEEP_FREE_PERCENT,
    };
  },
});
