/** Starts the bot with what the environment and handrail.yaml say; the only file that listens to signals. */
import { pino } from 'pino';
import { cleanLine } from './actions/redact/log-line.ts';
import { startBot } from './bot.ts';
import { loadConfig } from './config/config.ts';
import { formatProblems, hasErrors } from './config/problem.ts';
import { profileNames } from './report/profiles.ts';
import { CannotConnect } from './slack/connect.ts';
import { DatabaseCannotStart } from './store/embedded/cannot-start.ts';

const warn = (line: string) => process.stderr.write(`${line}\n`);
/** Wrong input or configuration: nothing was started. */
const WRONG = 2;

async function main(): Promise<void> {
  const { config, problems } = await loadConfig({
    env: process.env,
    args: process.argv.slice(2),
    folder: process.cwd(),
    known: { profiles: profileNames },
  });
  if (problems.length > 0) warn(formatProblems(problems));
  if (!config || hasErrors(problems)) {
    process.exitCode = WRONG;
    return;
  }
  const log = pino(
    { level: config.settings.logLevel, hooks: { streamWrite: cleanLine } },
    pino.destination(2),
  );
  // A defect in a library's reconnecting must not end the night (facts/slack.md): it is logged, work goes on.
  process.on('unhandledRejection', (error) =>
    log.error({ err: error }, 'a promise was rejected and nobody listened'),
  );
  const bot = await startBot({ config, log, warn });
  log.info({ mode: config.settings.slack.mode }, 'Handrail is ready');
  process.send?.({ ready: true });
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping: finishing what runs');
    void bot.stop().finally(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', stop);
  // Started by another program of ours: when that one is gone nobody would stop us.
  process.on('disconnect', () => stop('SIGTERM'));
}

main().catch((error: unknown) => {
  const { code } = error as { code?: string };
  const told =
    error instanceof DatabaseCannotStart || code === 'EADDRINUSE' || error instanceof CannotConnect;
  if (!told) throw error;
  const port =
    code === 'EADDRINUSE' ? ` Another program uses this port: stop it, or set PORT to another one.` : '';
  warn(`${(error as Error).message}${port}`);
  process.exit(WRONG);
});
