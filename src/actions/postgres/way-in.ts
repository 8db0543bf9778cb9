/** Gets into a server that may take no more connections: the ways in their order, and what each said. */
import { z } from 'zod';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { type FoundServer, findServer } from './find-server.ts';
import { untouched } from './in-pod.ts';
import { REMEDIES, sqlFailed } from './login-problem.ts';
import { mainDatabase, networkWays, type PossibleWay } from './network-ways.ts';
import { psqlSession } from './psql-session.ts';
import { type Session, SqlFailed, type SqlProblem } from './session.ts';
import { type NamedServer, namedServer } from './which-server.ts';

/** One way that did not lead in. */
export interface Tried {
  readonly words: string;
  readonly problem: SqlProblem;
}

/** What the server says of the session and of itself. */
const identity = z.object({
  role: z.string(),
  superuser: z.boolean(),
  /** Sees what other roles' sessions do. Without it PostgreSQL leaves out their state and address without a word. */
  sees_all: z.boolean(),
  version: z.int(),
  in_recovery: z.boolean(),
});
export type Identity = z.output<typeof identity>;

const WHO = `select json_build_object('role', current_user, 'version', current_setting('server_version_num')::int,
  'superuser', (select rolsuper from pg_roles where rolname = current_user),
  'sees_all', pg_has_role(current_user, 'pg_read_all_stats', 'usage'), 'in_recovery', pg_is_in_recovery())`;

export interface WayIn {
  readonly server: NamedServer;
  /** Absent when the cluster could not be asked, which a kept session does not need. */
  readonly found?: FoundServer;
  readonly session?: Session;
  readonly identity?: Identity;
  readonly tried: readonly Tried[];
  readonly unknowns: string[];
}

type Asking = Pick<Call<{ service?: string | undefined }>, 'params' | 'reach' | 'signal' | 'namespace'>;

const CLUSTER_LIMIT_MS = 4000;
const LATE = `it did not answer within ${CLUSTER_LIMIT_MS / 1000} s`;

/**
 * The order: a session kept open since before; the configured role over the network; psql in the pod as that role; psql
 * in the pod as its own role, mostly a superuser, which has slots of its own. The caller ends the session.
 * Throws ActionFailed only when it is not known what to reach, or the cluster itself does not answer.
 */
export async function wayIn(call: Asking, options: { database?: string } = {}): Promise<WayIn> {
  const server = namedServer(call);
  const database = options.database ?? mainDatabase(server);
  const tried: Tried[] = [];
  const unknowns: string[] = [];
  const enough = new AbortController();
  const finding = findServer({ ...call, signal: AbortSignal.any([call.signal, enough.signal]) }, server);
  // Awaited below; the kept session comes first.
  finding.catch(() => undefined);
  const kept = database === mainDatabase(server) ? await keptWay(call, server, tried) : undefined;
  // A kept session needs no cluster: one that is frozen must not cost the whole step.
  const late = kept && setTimeout(() => enough.abort(new ActionFailed(LATE)), CLUSTER_LIMIT_MS);
  const found = await finding.catch((error: unknown) => {
    if (!kept || !(error instanceof ActionFailed)) {
      kept?.session.end();
      throw error;
    }
    unknowns.push(`the cluster could not be asked: ${error.says}`);
    return undefined;
  });
  clearTimeout(late);
  if (kept) {
    const session = inWords(kept.session, server.name);
    return { server, ...(found ? { found } : {}), identity: kept.identity, session, tried, unknowns };
  }
  if (!found) throw untouched(`It is not known where ${server.name} is.`);
  for (const way of waysOf(call, server, found, options.database)) {
    // Two that hang are one hanging server: a third would cost the rest of the step's time.
    if (tried.filter(({ problem }) => problem === 'silent').length >= 2) break;
    if (call.signal.aborted) throw outOfTime(call.signal, tried);
    try {
      const session = await way.open();
      try {
        const identity = await whoIs(session);
        return { server, found, session: inWords(session, server.name), identity, tried, unknowns };
      } catch (error) {
        session.end();
        throw error;
      }
    } catch (error) {
      tried.push(triedWords(way.words, error));
      if (call.signal.aborted) throw outOfTime(call.signal, tried);
    }
  }
  return { server, found, tried, unknowns };
}

/** As wayIn, for what cannot do without: throws ActionFailed that says what each way said. */
export async function mustGetIn(call: Asking, options: { database?: string } = {}): Promise<GotIn> {
  return mustBeIn(await wayIn(call, options));
}

export type GotIn = WayIn & { readonly session: Session; readonly identity: Identity };

export function mustBeIn(got: WayIn): GotIn {
  const { session, identity: who } = got;
  if (session && who) return { ...got, session, identity: who };
  // The last way is the one that needs the least.
  const last = got.tried.at(-1);
  throw untouched(
    `${got.server.name} lets nobody in. ${notIn(got)}${last ? ` ${REMEDIES[last.problem]}` : ''}`,
  );
}

/**
 * A question that fails, fails in words. What was refused has changed nothing; after a lost connection, or no answer in
 * time, nobody knows.
 */
function inWords(session: Session, name: string): Session {
  return {
    ...session,
    ask: async (question) => {
      try {
        return await session.ask(question);
      } catch (error) {
        if (!(error instanceof SqlFailed)) throw error;
        // Somebody pressed Stop, or the step's time is up: that has words of its own.
        if (error.cause instanceof ActionFailed) throw error.cause;
        const refused = !error.lost && error.problem !== 'silent';
        throw new ActionFailed(`${name} did not answer (${session.way}): ${error.message}.`, {
          nothingHappened: refused,
          cause: error,
        });
      }
    },
  };
}

/** Before anything was asked; a reason that has words of its own stays. */
function outOfTime(signal: AbortSignal, tried: readonly Tried[]): ActionFailed {
  if (signal.reason instanceof ActionFailed) return signal.reason;
  return untouched(
    `Out of time before anybody got in. Tried: ${tried.map(({ words }) => words).join('; ')}.`,
  );
}

/** Why nobody got in, and what to do about it. */
export function notIn(got: Pick<WayIn, 'tried' | 'found'>): string {
  const said = got.tried.map(({ words }) => words);
  if (said.length === 0) {
    return 'There is no way to it: no pod runs behind it, and handrail.yaml names no role with a password for it.';
  }
  return `Tried: ${said.join('; ')}.`;
}

export async function whoIs(session: Session): Promise<Identity> {
  return await session.ask({ sql: WHO, schema: identity, limitMs: 3000 });
}

async function keptWay(
  call: Asking,
  server: NamedServer,
  tried: Tried[],
): Promise<{ session: Session; identity: Identity } | undefined> {
  if (!server.entry) return undefined;
  const session = await call.reach.sessions?.take(call.namespace, server.entry.name);
  if (!session) return undefined;
  try {
    const who = await whoIs(session);
    // The leader of a cluster may be another one now: what this session reaches then is no answer about it.
    if (server.entry.kind === 'patroni' && who.in_recovery) {
      throw new SqlFailed('it leads to a replica now', { problem: 'other', lost: true });
    }
    return { session, identity: who };
  } catch (error) {
    session.end();
    tried.push(triedWords('the session kept open', error));
    return undefined;
  }
}

function waysOf(
  call: Asking,
  server: NamedServer,
  found: FoundServer,
  named: string | undefined,
): PossibleWay[] {
  const { entry } = server;
  const { pod } = found;
  const database = named ?? mainDatabase(server);
  const ways = networkWays(call, server, found, database);
  if (pod) {
    const at = { pod: pod.name, container: pod.container };
    const asRole = (role: string | undefined): PossibleWay => ({
      words: `psql in pod ${pod.name} as ${role ?? 'its own role'}`,
      open: async () => psqlSession(call, at, { role, database: role ? database : (named ?? 'postgres') }),
    });
    if (entry?.user) ways.push(asRole(entry.user));
    ways.push(asRole(undefined));
  }
  return ways;
}

function triedWords(way: string, error: unknown): Tried {
  if (error instanceof SqlFailed) return { words: `${way}: ${error.message}`, problem: error.problem };
  if (error instanceof ActionFailed) return { words: `${way}: ${error.says}`, problem: 'unreachable' };
  const failed = sqlFailed(error, true);
  return { words: `${way}: ${failed.message}`, problem: failed.problem };
}
