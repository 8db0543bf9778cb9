/** `backup.latest`: the newest copy of a database in the places that handrail.yaml names, and where it looked. */
import { z } from 'zod';
import type { BackupPlace } from '../../catalog/catalog.ts';
import type { Call, Foreseen, Needed } from '../action.ts';
import { reading } from '../define.ts';
import { anyOf, together } from '../foreseen.ts';
import { kubectl, kubectlExec } from '../kubernetes/by-hand.ts';
import { EXEC, GET_POD, of, right } from '../kubernetes/rights.ts';
import { databasesNamed } from '../postgres/catalog-database.ts';
import { databaseName } from '../postgres/names.ts';
import { lookAtCronJob } from './cronjob.ts';
import { lookAtCrunchy } from './crunchy.ts';
import { lookInFolder } from './files.ts';
import type { Looked } from './looked.ts';
import { lookAtPgBackRest } from './pgbackrest.ts';
import { lookAtWalG } from './wal-g.ts';

const CRUNCHY = 'postgres-operator.crunchydata.com';

/** The places of the catalogue where the call will look. */
function placesOf(call: Foreseen): readonly BackupPlace[] {
  const name = call.args['database'];
  return call.databases
    .filter((one) => typeof name !== 'object' || one.name === name.is || one.databases.includes(name.is))
    .flatMap((one) => one.backups);
}

/** Pods in whose folders it looks; those of CronJobs only where a folder is named too. */
function folders(call: Foreseen): { pod: string; container?: string | undefined }[] {
  return placesOf(call).flatMap((place) => {
    switch (place.kind) {
      case 'files':
      case 'pgbackrest':
      case 'wal-g':
        return [{ pod: place.pod, container: place.container }];
      case 'cronjob':
        return place.pod !== undefined && place.path !== undefined ? [{ pod: place.pod }] : [];
      case 'crunchy':
        return [];
    }
  });
}

const podsEntered = (call: Foreseen): Needed => together(folders(call).map(({ pod }) => pod));
/** Where no container is named, the pod tells which one PostgreSQL is in. */
const podsLookedUp = (call: Foreseen): Needed =>
  together(folders(call).flatMap(({ pod, container }) => (container === undefined ? [pod] : [])));
const cronJobs = (call: Foreseen): Needed =>
  together(placesOf(call).flatMap((place) => (place.kind === 'cronjob' ? [place.name] : [])));

const clusters = (call: Foreseen): Needed =>
  together(placesOf(call).flatMap((place) => (place.kind === 'crunchy' ? [place.cluster] : [])));

/** "Exists" is not "restorable": `verified` is true only when a file's bytes are those that were written. */
export const latest = reading({
  name: 'backup.latest',
  version: 1,
  params: z.object({ database: databaseName }),
  output: z.object({
    found: z.boolean(),
    path: z.string().optional(),
    /** ISO 8601, UTC. */
    at: z.string().optional(),
    age_seconds: z.int().meta({ format: 'seconds' }).optional(),
    verified: z.boolean(),
    /** Every place, with what was there. */
    searched: z.array(z.string()),
    unknowns: z.array(z.string()),
  }),
  rights: {
    kubernetes: [
      { ...of(GET_POD, podsLookedUp), optional: true },
      { ...of(EXEC, podsEntered), optional: true },
      of(right('batch', 'cronjobs', ['get'], { optional: true }), cronJobs),
      of(right('batch', 'jobs', ['list'], { optional: true }), (call) => anyOf(cronJobs(call))),
      of(right(CRUNCHY, 'postgresclusters', ['get'], { optional: true }), clusters),
    ],
    postgres: [],
  },
  byHand: (_params, namespace) => [
    kubectl(namespace, 'get cronjobs,jobs,persistentvolumeclaims'),
    kubectlExec(namespace, { pod: undefined }, ['ls -lt', '<folder of the backups>']),
  ],
  async run(call) {
    const { database } = call.params;
    const places = databasesNamed(call, database).flatMap((entry) => entry.backups);
    if (places.length === 0) {
      return {
        found: false,
        verified: false,
        searched: ['no backup place is named in handrail.yaml'],
        unknowns: [],
      };
    }
    const looked = (await Promise.all(places.map((place) => look(call, place, database)))).flat();
    const newest = looked
      .flatMap((one) => (one.found ? [one.found] : []))
      .sort((a, b) => b.at.getTime() - a.at.getTime())[0];
    const ageMs = newest ? call.now().getTime() - newest.at.getTime() : 0;
    return {
      found: newest !== undefined,
      ...(newest?.path === undefined ? {} : { path: newest.path }),
      ...(newest ? { at: newest.at.toISOString(), age_seconds: Math.max(0, Math.floor(ageMs / 1000)) } : {}),
      verified: newest?.verified ?? false,
      searched: looked.map((one) => one.searched),
      unknowns: [...looked.flatMap((one) => one.unknowns), ...fromTheFuture(ageMs)],
    };
  },
});

/** A copy cannot be made later than now: its age means nothing then. */
function fromTheFuture(ageMs: number): string[] {
  const minutes = Math.round(-ageMs / 60_000);
  return minutes < 1
    ? []
    : [`the newest copy is dated ${minutes} min from now: clocks differ, so how old it is is not known`];
}

async function look(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  place: BackupPlace,
  database: string,
): Promise<Looked[]> {
  switch (place.kind) {
    case 'files':
      return [await lookInFolder(call, place, database)];
    case 'cronjob': {
      const { pod, path } = place;
      const folder =
        pod !== undefined && path !== undefined ? [lookInFolder(call, { pod, path }, database)] : [];
      return await Promise.all([lookAtCronJob(call, place), ...folder]);
    }
    case 'pgbackrest':
      return [await lookAtPgBackRest(call, place)];
    case 'wal-g':
      return [await lookAtWalG(call, place)];
    case 'crunchy':
      return [await lookAtCrunchy(call, place)];
  }
}
