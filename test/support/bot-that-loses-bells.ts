/** The bot as `src/main.ts` starts it, but every second bell is lost, here and in the queue: the sweep must find the work. */
import { pino } from 'pino';
import { startBot } from '../../src/bot.ts';
import { loadConfig } from '../../src/config/config.ts';
import { formatProblems } from '../../src/config/problem.ts';
import type { Bells } from '../../src/queue/bells.ts';

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
let count = 0;
const losing = (bells: Bells): Bells => ({
  ...bells,
  ring(bell) {
    if (++count % 2 === 0) bells.ring(bell);
  },
});
const bot = await startBot({ config, log, warn, bells: losing, times: { sweepMs: 250, pollMs: 200 } });
process.send?.({ ready: true });
const stop = () => void bot.stop().finally(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('disconnect', stop);
