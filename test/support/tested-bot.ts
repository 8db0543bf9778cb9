/** The bot as `src/main.ts` starts it, in a process of its own, with what a test changes in it. */
import { pino } from 'pino';
import { type BotOptions, startBot } from '../../src/bot.ts';
import { loadConfig } from '../../src/config/config.ts';
import { formatProblems } from '../../src/config/problem.ts';

export async function runBot(changed: Pick<BotOptions, 'bells' | 'times'>): Promise<void> {
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
  const bot = await startBot({ config, log, warn, ...changed });
  process.send?.({ ready: true });
  const stop = () => void bot.stop().finally(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
}
