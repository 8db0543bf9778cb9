/** Keeps one session open with each database that handrail.yaml has a password for: the way in when no new one is let in. */
import type { Database } from '../../catalog/catalog.ts';
import type { Reach } from '../reach.ts';
import { findServer } from './find-server.ts';
import { networkWays } from './network-ways.ts';
import type { Session } from './session.ts';
import { whoIs } from './way-in.ts';
import { namedServer } from './which-server.ts';

export interface KeptSessions {
  /**
   * The session of the entry of this name, for one question after the other: `end` gives it back. Undefined when none is
   * open now, or somebody else does not give it back within 2 s.
   */
  take(namespace: string, name: string): Promise<Session | undefined>;
  /** Opens what is not open; resolves when each was tried. */
  refresh(): Promise<void>;
  close(): void;
}

interface Kept {
  readonly namespace: string;
  readonly entry: Database;
  session?: Session;
  /** Settles when the one who has it now gives it back. */
  free: Promise<void>;
  opening?: Promise<void>;
}

const WAIT_FOR_OTHERS_MS = 2000;

/**
 * One connection for each entry with a role and a password; each counts in that server's limit, under the application
 * name `handrail`. One that was lost is opened again at the next refresh.
 * `failed` is told what could not be opened and why, for a log.
 */
export function keepSessions(options: {
  reach: Omit<Reach, 'sessions'>;
  everyMs: number;
  failed: (name: string, error: unknown) => void;
}): KeptSessions {
  const { reach, everyMs, failed } = options;
  const all: Kept[] = reach.catalog.systems.flatMap((system) =>
    system.databases
      .filter((entry) => entry.user && entry.passwordFrom)
      .map((entry) => ({ namespace: system.namespace, entry, free: Promise.resolve() })),
  );
  const closing = new AbortController();

  const open = async (kept: Kept): Promise<void> => {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(20_000)]);
    const { namespace, entry } = kept;
    const call = { reach, signal, namespace, params: { service: entry.name } };
    const named = namedServer(call);
    const found = await findServer(call, named);
    // Questions come long after this: they must not end with the limit of opening.
    const lasting = { reach, signal: closing.signal, namespace };
    let last: unknown = new Error('no way leads there');
    for (const way of networkWays(lasting, named, found)) {
      try {
        const session = await way.open();
        await whoIs(session);
        session.onLost?.(() => {
          if (kept.session === session) delete kept.session;
        });
        if (closing.signal.aborted) session.end();
        else kept.session = session;
        return;
      } catch (error) {
        last = error;
      }
    }
    throw last;
  };

  const refresh = async (): Promise<void> => {
    await Promise.all(
      all.map(async (kept) => {
        if (kept.session || closing.signal.aborted) return;
        kept.opening ??= open(kept)
          .catch((error: unknown) => {
            if (!closing.signal.aborted) failed(kept.entry.name, error);
          })
          .finally(() => {
            delete kept.opening;
          });
        await kept.opening;
      }),
    );
  };
  const timer = setInterval(() => void refresh(), everyMs);
  timer.unref();

  return {
    refresh,
    async take(namespace, name) {
      const kept = all.find((one) => one.namespace === namespace && one.entry.name === name);
      if (!kept?.session) return undefined;
      const before = kept.free;
      let release: () => void = () => undefined;
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      kept.free = before.then(() => mine);
      if (!(await within(before, WAIT_FOR_OTHERS_MS)) || !kept.session) {
        release();
        return undefined;
      }
      const { session } = kept;
      return {
        way: 'kept session',
        ask: async (question) => {
          try {
            return await session.ask(question);
          } catch (error) {
            if (error instanceof Error && 'lost' in error && error.lost && kept.session === session)
              delete kept.session;
            throw error;
          }
        },
        end: release,
      };
    },
    close() {
      closing.abort();
      clearInterval(timer);
      for (const kept of all) {
        kept.session?.end();
        delete kept.session;
      }
    },
  };
}

async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return await Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
