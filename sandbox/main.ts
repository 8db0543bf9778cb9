/** `npm start` without tokens: the sandbox, with its page for people or with the scripted responder. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseCannotStart } from '../src/store/embedded/cannot-start.ts';
import { HELP, readArguments } from './arguments.ts';
import { playPidpPatroni } from './responder/pidp-patroni.ts';
import { openSandbox } from './sandbox.ts';
import { pidpPatroni } from './scenarios/pidp-patroni.ts';
import { SCENARIOS } from './scenarios/scenarios.ts';

/** Wrong input: nothing was started. */
const WRONG = 2;
const home = join(fileURLToPath(new URL('..', import.meta.url)), '.handrail', 'sandbox');
const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const known = { scenarios: SCENARIOS.map(({ name }) => name), profiles: ['default'] };
  const args = readArguments(process.argv.slice(2), known);
  if ('help' in args) {
    say(HELP);
    return 0;
  }
  if ('problems' in args) {
    say(`${args.problems.join('\n')}\n\n${HELP}`);
    return WRONG;
  }
  const { autopilot, seed, profile } = args;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  say(autopilot ? `Playing ${args.scenario}, seed ${seed} …` : 'Starting the sandbox …');
  const port = autopilot ? 0 : args.port;
  const sandbox = await openSandbox({ scenario: pidpPatroni, seed, profile, port, home, zone, say });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= sandbox.close());
  const stop = () => {
    say('Stopping …');
    void close().finally(() => process.exit(autopilot ? 1 : 0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  const repair = () => pidpPatroni.platformPerson.repair(sandbox.world);

  if (!autopilot) {
    const { watchPlatformPerson } = await import('./responder/platform-person.ts');
    watchPlatformPerson(sandbox.slack, repair);
    process.stdout.write(
      [
        '',
        `  The local Slack is at  ${sandbox.slack.url}`,
        '',
        '  It is a sandbox: a stand-in for Slack and for a cluster in trouble; the bot in it is the real one.',
        `  Type  /incident start  in #general. Stop with Ctrl-C. The bot's log: ${sandbox.logFile}`,
        '',
      ].join('\n'),
    );
    await sandbox.bot.ended;
    if (closing) {
      await closing;
      return 0;
    }
    say(`The bot has ended by itself. Its log: ${sandbox.logFile}`);
    await close();
    return 1;
  }
  try {
    const report = await playPidpPatroni({
      plan: sandbox.plan,
      slack: sandbox.slack,
      say: (line) => say(`- ${line}`),
      repair,
      patienceMs: 60_000,
    });
    for (const end of pidpPatroni.ends) {
      const why = await end.fails({ world: sandbox.world, report, left: [] });
      if (why) throw new Error(`at the end it must be true that ${end.says}: ${why}`);
    }
    if (args.out === undefined) process.stdout.write(report);
    else await writeFile(args.out, report);
    return 0;
  } finally {
    await close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const told = error instanceof DatabaseCannotStart || (error as { code?: string }).code === 'EADDRINUSE';
    const port = (error as { code?: string }).code === 'EADDRINUSE' ? ' Stop the other program, or choose another port with --port N.' : '';
    say(`${error instanceof Error ? error.message : String(error)}${port}`);
    process.exit(told ? WRONG : 1);
  },
);
