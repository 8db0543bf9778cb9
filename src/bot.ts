/** The whole bot: store, queue, runbooks, cluster, Slack, started in order and stopped in the other one. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { actions } from './actions/index.ts';
import { keepSessions } from './actions/postgres/kept-sessions.ts';
import { assemble, type Handrail } from './assemble.ts';
import type { Config } from './config/config.ts';
import { kubernetesFrom } from './open-cluster.ts';
import { openStore } from './open-store.ts';
import { type Away, awayWatcher } from './perform/away.ts';
import { type CurrentRunbooks, openRunbooks } from './perform/current-runbooks.ts';
import { differencesOf } from './perform/difference.ts';
import { drain, drawProgress, type Showing } from './perform/effects.ts';
import { filesOf } from './perform/files.ts';
import { type Loop, startLoop } from './perform/loop.ts';
import { nightlyOf } from './perform/nightly.ts';
import { tellChanged } from './perform/runbook-news.ts';
import { runbookSource } from './perform/runbook-source.ts';
import { snapshotsOf } from './perform/snapshots.ts';
import { type Bells, bellsHere } from './queue/bells.ts';
import { profileNamed } from './report/profiles.ts';
import { formatProblem } from './runbooks/library.ts';
import { connectSlack, type SlackConnection } from './slack/connect.ts';
import { approversOf, doorOf, usergroupsIn } from './slack-door.ts';
import { type Journal, noJournal, openJournal } from './store/journal.ts';
import { type StoreWatch, watchStore } from './store/watch.ts';
import { version } from './version.ts';
import { startHealth } from './web/health.ts';

export interface Bot {
  readonly handrail: Handrail;
  readonly slack: SlackConnection;
  /** Finishes what runs, at most 8 s, then closes everything. */
  stop(): Promise<void>;
}

export interface BotOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly warn: (line: string) => void;
  /** Puts something between this process and its bells; tests lose some of them. */
  readonly bells?: (bells: Bells) => Bells;
  /** ms; tests shorten them. */
  readonly times?: {
    leaseMs?: number;
    pollMs?: number;
    aloneAfterMs?: number;
    executeWithinMs?: number;
    sweepMs?: number;
    /** Between two looks at the folder of runbooks. */
    runbooksMs?: number;
  };
}

/** Throws what a person should read (a database that cannot start, Slack that refuses) before anything runs. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { config, log, warn, times = {} } = options;
  const closers: (() => Promise<unknown>)[] = [];
  const stopAll = async () => {
    for (const close of closers.toReversed())
      await close().catch((error: unknown) => log.warn({ err: error }, 'something did not close cleanly'));
  };
  try {
    const runbooks = await runbooksOf(config, log, warn);
    closers.push(() => runbooks.stop());
    const journal = journalIn(join(config.home, 'journal'), log, warn);
    const store = await openStore({
      ...(config.settings.databaseUrl ? { databaseUrl: config.settings.databaseUrl } : {}),
      home: config.home,
      log,
    });
    closers.push(() => store.close());
    closers.push(() => journal.close());
    const all = await bellsFor(config, store, log);
    const bells = options.bells?.(all) ?? all;
    closers.push(() => bells.close());
    const progress = throttled(3000, (incident, run) => redraw(incident, run));
    let redraw: (incident: number, run: number) => void = () => undefined;
    const link: { slack?: SlackConnection; watch?: StoreWatch; draw?: Away } = {};
    const awaySince = () => link.watch?.awaySince();
    const named = usergroupsIn(config);
    const usergroupsOf = async (personId: string): Promise<string[]> => {
      const user = personId.replace(/^slack:/, '');
      const found = await Promise.all(
        named.map(async (group) => {
          const members = await link.slack?.groupMembers(group).catch((): readonly string[] => []);
          return members?.includes(user) ? [group] : [];
        }),
      );
      return found.flat();
    };
    const kubernetes = kubernetesFrom(config);
    const sessions = keepSessions({
      reach: { kubernetes, catalog: config.catalog, podAddress: () => undefined, secret: config.secret },
      everyMs: 30_000,
      failed: (name, error) => log.debug({ err: error, database: name }, 'no session could be kept open'),
    });
    closers.push(async () => sessions.close());
    const handrail = assemble({
      usergroupsOf,
      pool: store.pool,
      bells,
      config,
      actions,
      runbooks: () => runbooks.library().runbooks,
      kubernetes,
      sessions,
      slack: {
        post: async (message) =>
          (await link.slack?.messages.post(message)) ?? {
            ok: false,
            says: 'Slack is not connected yet',
            never: true,
          },
        find: async (channel, key) => link.slack?.messages.find(channel, key),
      },
      log,
      times,
      progressed: (incident, run) => progress.touch(incident, run),
      keeping: { journal, awaySince, suspect: () => link.watch?.suspect() },
    });
    // Beside the rest of the start: a database that does not answer must not hold it up.
    void sessions.refresh();
    const adopted = await journal.adopt();
    if (adopted > 0) log.info({ adopted }, 'what an earlier process kept on disk is brought now');
    link.watch = watchStore({
      url: store.url,
      now: () => handrail.now().getTime(),
      clock: (ahead) => {
        handrail.store.clockAhead = ahead;
      },
      seen: (since) => link.draw?.(since),
    });
    const { watch } = { watch: link.watch };
    closers.push(() => watch.stop());
    const door = doorOf(config, handrail, () => runbooks.library(), log, usergroupsOf, awaySince);
    const problems = async () => {
      const found: string[] = [];
      await store.pool.query('select 1').catch(() => found.push('the database does not answer'));
      if (link.slack && !link.slack.ready) found.push('Slack is not connected');
      return found;
    };
    const connected = await connectSlack({ settings: slackSettings(config), door, log, problems });
    link.slack = connected;
    closers.push(() => connected.close());
    const showing: Showing = {
      publish: (effect, shown) => connected.publish(effect, shown),
      // A name that is none was refused when the configuration was read.
      profile: profileNamed(config.handrail.report.profile) ?? 'default',
      people: config.handrail.report.people,
      ...(config.template ? { template: config.template } : {}),
      version,
      approvers: async (from, systemId) => approversOf(config, from, systemId),
    };
    const snapshots = snapshotsOf(handrail.worker);
    const differences = differencesOf(handrail.worker);
    const files = filesOf(handrail.worker, (file, most, signal) => connected.fetchFile(file, most, signal));
    const nightly = nightlyOf(handrail.worker, config.handrail.zone);
    const loop: Loop = startLoop(handrail.worker, bells, {
      sweepMs: times.sweepMs ?? 2000,
      concurrency: 8,
      drain: (incident) => drain(handrail.worker, showing, incident),
      beside: {
        snapshots: () => snapshots.take(),
        differences: () => differences.compare(),
        files: () => files.keep(),
        ...(config.handrail.snapshots === 'nightly' ? { nightly: () => nightly.take() } : {}),
      },
    });
    closers.push(() => loop.stop(8000));
    closers.push(async () => {
      for (const one of [snapshots, differences, files, nightly]) one.stop();
    });
    runbooks.watch(times.runbooksMs ?? 5000, (changed) =>
      tellChanged(handrail.worker, runbooks.library().runbooks, changed),
    );
    closers.push(() => runbooks.stop());
    link.draw = awayWatcher(handrail.worker, showing, loop, log);
    redraw = (incident, run) => {
      drawProgress(handrail.worker, showing, incident, run).catch((error: unknown) =>
        log.debug({ err: error }, 'progress was not drawn; the next event draws it'),
      );
    };
    if (config.settings.slack.mode === 'socket') {
      const health = await startHealth({ port: config.settings.port, problems });
      closers.push(() => health.close());
    }
    return { handrail, slack: connected, stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function journalIn(folder: string, log: Logger, warn: (line: string) => void): Journal {
  try {
    return openJournal(folder, log);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    warn(
      `Nothing can be kept in ${folder} while the database is away: ${why}. Give HANDRAIL_HOME a folder that can be written.`,
    );
    return noJournal(error);
  }
}

function slackSettings(config: Config) {
  const { slack, port } = config.settings;
  switch (slack.mode) {
    case 'none':
      throw new Error('Slack is not configured; the sandbox starts without it');
    case 'socket':
      return slack;
    case 'http':
      return { ...slack, port };
  }
}

async function runbooksOf(
  config: Config,
  log: Logger,
  warn: (line: string) => void,
): Promise<CurrentRunbooks> {
  const runbooks = await openRunbooks(runbookSource(config, log));
  for (const problem of runbooks.library().problems) warn(formatProblem(problem));
  return runbooks;
}

async function bellsFor(
  config: Config,
  store: { pool: import('pg').Pool; url: string },
  log: Logger,
): Promise<Bells> {
  const here = bellsHere();
  const { bellsOnPostgres, bellsOnRedis } = await import('./queue/bullmq.ts');
  const far = config.settings.redisUrl
    ? bellsOnRedis(config.settings.redisUrl, log)
    : await bellsOnPostgres(store.pool, store.url, log);
  // This process hears itself at once; the queue reaches the others.
  return {
    ring(bell) {
      here.ring(bell);
      // What is to be shown, this process shows itself; calls are shared with the others.
      if (bell.look === 'attempt') far.ring(bell);
    },
    listen(heard) {
      here.listen(heard);
      far.listen(heard);
    },
    async close() {
      await here.close();
      await far.close();
    },
  };
}

/** Calls at most once in `ms` for each run: progress is drawn, never an event. */
function throttled(
  ms: number,
  call: (incident: number, run: number) => void,
): { touch(incident: number, run: number): void } {
  const waiting = new Set<string>();
  return {
    touch(incident, run) {
      const key = `${incident}.${run}`;
      if (waiting.has(key)) return;
      waiting.add(key);
      const timer = setTimeout(() => {
        waiting.delete(key);
        call(incident, run);
      }, ms);
      timer.unref();
    },
  };
}
