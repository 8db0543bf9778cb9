/** What a terminal command works with: configuration, store, runbooks and a worker of its own. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { actions } from '../actions/index.ts';
import { cleanLine } from '../actions/redact/log-line.ts';
import { assemble, type Handrail } from '../assemble.ts';
import type { Config } from '../config/config.ts';
import { kubernetesFrom } from '../open-cluster.ts';
import { openStore } from '../open-store.ts';
import { openRunbooks } from '../perform/current-runbooks.ts';
import { runbookSource } from '../perform/runbook-source.ts';
import { type Bells, bellsHere } from '../queue/bells.ts';
import { formatProblem, type Library } from '../runbooks/library.ts';
import { terminalPerson } from './terminal-person.ts';

export { readConfig } from './read-config.ts';

export interface Session {
  readonly handrail: Handrail;
  readonly config: Config;
  readonly bells: Bells;
  readonly log: Logger;
  readonly me: { id: string; name: string };
  /** There is a file for this runbook, and it does not load. */
  broken(id: string): boolean;
  newId(): string;
  close(): Promise<void>;
}

/** Opens everything a run needs. Close it whatever happens. */
export async function openSession(options: {
  config: Config;
  /** The runbook that is wanted: what is wrong with others holds nothing up and is told in a line. */
  runbook?: string;
  warn: (line: string) => void;
  times?: { leaseMs?: number; pollMs?: number };
}): Promise<Session> {
  const { config, warn, times } = options;
  const log = pino(
    {
      level: config.settings.logLevel === 'info' ? 'error' : config.settings.logLevel,
      hooks: { streamWrite: cleanLine },
    },
    pino.destination(2),
  );
  const runbooks = await openRunbooks(runbookSource(config, log));
  tellProblems(runbooks.library(), options.runbook, warn);
  const store = await openStore({
    ...(config.settings.databaseUrl ? { databaseUrl: config.settings.databaseUrl } : {}),
    home: config.home,
    log,
  });
  // Known by now, or git hangs: a run is then pinned to the file's hash alone.
  await Promise.race([runbooks.revised, wait(1000, undefined, { ref: false })]);
  const bells = bellsHere();
  const handrail = assemble({
    pool: store.pool,
    bells,
    config,
    actions,
    runbooks: () => runbooks.library().runbooks,
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
    broken: (id) => runbooks.library().broken.some((one) => one.id === id),
    newId: () => `terminal:${randomUUID()}`,
    async close() {
      await bells.close();
      await store.close();
    },
  };
}

function tellProblems(
  { runbooks, broken, problems }: Library,
  id: string | undefined,
  warn: (line: string) => void,
) {
  const ofId = broken.find((one) => one.id === id) ?? (id === undefined ? undefined : runbooks.get(id));
  for (const problem of problems) if (problem.file === ofId?.file) warn(formatProblem(problem));
  const others = broken.filter(({ file }) => file !== ofId?.file);
  if (others.length === 0) return;
  const names = others.map((one) => one.id ?? one.file).join(', ');
  warn(`Not loaded, see handrail runbook lint: ${names}`);
}
