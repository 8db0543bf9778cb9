/** The actions of the family `postgres`. */
import type { Action } from '../action.ts';
import { cancelQuery } from './cancel-query.ts';
import { connections } from './connections.ts';
import { connectionsByClient } from './connections-by-client.ts';
import { dump } from './dump.ts';
import { locks } from './locks.ts';
import { longQueries } from './long-queries.ts';
import { query } from './query.ts';
import { readBack } from './read-back.ts';
import { replication } from './replication.ts';
import { settings } from './settings.ts';
import { sizeVsVolume } from './size-vs-volume.ts';
import { terminate } from './terminate.ts';

export const postgresActions: readonly Action[] = [
  connections,
  connectionsByClient,
  terminate,
  longQueries,
  cancelQuery,
  locks,
  replication,
  settings,
  query,
  sizeVsVolume,
  dump,
  readBack,
];
