/** What a terminal command works with: configuration, store, runbooks and a worker of its own. */
import { randomUUID } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { actions, register } from '../actions/index.ts';
import { assemble, type Handrail, type Offered } from '../assemble.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { formatProblems, hasErrors } from '../config/problem.ts';
import { readRunbookFolder } from '../config/runbook-folder.ts';
import { kubernetesFrom } from '../open-cluster.ts';
import { openStore } from '../open-store.ts';
import { type Bells, bellsHere } from '../queue/bells.ts';
import { formatProblem, loadLibrary } from '../runbooks/library.ts';
import { terminalPerson } from './terminal-person.ts';
import { WrongInput } from './wrong-input.ts';

export interface Session {
  readonly handrail: Handrail;
  readonly config: Config;
  readonly bells: Bells;
  readonly log: Logger;
  readonly me: { id: string; name: string };
  newId(): string;
  close(): Promise<void>;
}

/** Reads the configuration and prints every problem. Throws WrongInput when one of them is an error. */
export async function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  warn: (line: string) => void,
): Promise<Config> {
  const { config, problems } = await loadConfig({ env, args: [], folder: process.cwd() });
  if (problems.length > 0) warn(formatProblems(problems));
  if (!config || hasErrors(problems)) throw new WrongInput('Nothing was done. Mend the above and try again.');
  return config;
}

/** Opens everything a run needs. Close it whatever happens. */
export async function openSession(options: {
  config: Config;
  warn: (line: string) => void;
  times?: { leaseMs?: number; pollMs?: number };
}): Promise<Session> {
  const { config, warn, times } = options;
  const log = pino(
    { level: config.settings.logLevel === 'info' ? 'error' : config.settings.logLevel },
    pino.destination(2),
  );
  const library = await readRunbooks(config, warn);
  const store = await openStore({
    ...(config.settings.databaseUrl ? { databaseUrl: config.settings.databaseUrl } : {}),
    home: config.home,
    log,
  });
  const bells = bellsHere();
  const handrail = assemble({
    pool: store.pool,
    bells,
    config,
    actions,
    runbooks: () => library,
    kubernetes: kubernetesFrom(config),
    log,
    ...(times ? { times } : {}),
  });
  return {
    handrail,
    config,
    bells,
    log,
    me: terminalPerson(),
    newId: () => `terminal:${randomUUID()}`,
    async close() {
      await bells.close();
      await store.close();
    },
  };
}

/** Every runbook that loads; the broken ones are told and do not stop the others. */
export async function readRunbooks(
  config: Config,
  warn: (line: string) => void,
): Promise<ReadonlyMap<string, Offered>> {
  const { files, problems } = await readRunbookFolder(config.runbooksFolder);
  const library = loadLibrary(files, register, new Date().toISOString().slice(0, 10));
  for (const problem of [...problems, ...library.problems]) warn(formatProblem(problem));
  return library.runbooks;
}
