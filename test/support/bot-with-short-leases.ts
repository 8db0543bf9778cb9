/** The bot as `src/main.ts` starts it, but a worker that was killed is noticed after 2 s, for tests that kill it. */
import { pino } from 'pino';
import { startBot } from '../../src/bot.ts';
import { loadConfig } from '../../src/config/config.ts';
import { formatProblems } from '../../src/config/problem.ts';

const warn = (line: string) => process.stderr.write(`${line}\n`);
const { config, problems } = await loadConfig({
  env: process.env,
  args: process.argv.slice(2),
  folder: process.cwd(),
  known: { profiles: ['default'] },
});
if (!config) throw new Error(formatProblems(problems));
const log = pino({ level: config.settings.logLevel }, pino.destination(2));
process.on('unhandledRejection', (error) =>
  log.error({ err: error }, 'a promise was rejected and nobody listened'),
);
const bot = await startBot({ config, log, warn, times: { leaseMs: 2000, pollMs: 200, sweepMs: 250 } });
process.send?.({ ready: true });
const stop = () => void bot.stop().finally(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('disconnect', stop);
