/** `npm start` without tokens: the sandbox, with its page for people or with the scripted responder. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { profileNames } from '../src/report/profiles.ts';
import { DatabaseCannotStart } from '../src/store/embedded/cannot-start.ts';
import { HELP, readArguments } from './arguments.ts';
import { autopilot } from './autopilot.ts';
import { openSandbox } from './sandbox.ts';
import { SCENARIOS, scenarioOf } from './scenarios/scenarios.ts';

/** Wrong input: nothing was started. */
const WRONG = 2;
const project = fileURLToPath(new URL('..', import.meta.url));
const home = join(resolve(process.env.HANDRAIL_HOME || join(project, '.handrail')), 'sandbox');
const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const known = { scenarios: SCENARIOS.map(({ name }) => name), profiles: profileNames };
  const args = readArguments(process.argv.slice(2), known);
  if ('help' in args) {
    say(HELP);
    return 0;
  }
  if ('problems' in args) {
    say(`${args.problems.join('\n')}\n\n${HELP}`);
    return WRONG;
  }
  const { seed, profile, out } = args;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  say(args.autopilot ? `Playing ${args.scenario}, seed ${seed} …` : 'Starting the sandbox …');
  const port = args.autopilot ? 0 : args.port;
  const scenario = scenarioOf(args.scenario);
  const opening = openSandbox({ scenario, seed, profile, port, home, zone, say });
  let closing: Promise<void> | undefined;
  // Also while it is still opening: what was started is stopped.
  const close = () =>
    (closing ??= opening.then(
      (sandbox) => sandbox.close(),
      () => undefined,
    ));
  const stop = () => {
    if (closing) return;
    say('Stopping …');
    void close().finally(() => process.exit(args.autopilot ? 1 : 0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const sandbox = await opening;

  if (!args.autopilot) {
    const { watchPlatformPerson } = await import('./responder/platform-person.ts');
    const { platformPerson } = scenario;
    if (platformPerson)
      watchPlatformPerson(sandbox.slack, platformPerson, () => platformPerson.repair(sandbox.world));
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
    if (closing) return await stopped(closing);
    say(`The bot has ended by itself. Its log: ${sandbox.logFile}`);
    await close();
    return 1;
  }
  try {
    const report = await autopilot(scenario, sandbox, say, zone);
    if (out === undefined) process.stdout.write(report);
    else await writeFile(out, report);
    return 0;
  } catch (error) {
    // Ended by a signal: what failed because of that is no news.
    if (closing) return await stopped(closing, 1);
    throw error;
  } finally {
    await close();
  }
}

async function stopped(closing: Promise<void>, code = 0): Promise<number> {
  await closing;
  return code;
}

main().then(
  (code) => {
    // What was written to a pipe is read first.
    process.stdout.write('', () => process.exit(code));
  },
  (error: unknown) => {
    const isPort = (error as { code?: string }).code === 'EADDRINUSE';
    const told = error instanceof DatabaseCannotStart || isPort;
    const port = isPort ? ' Stop the other program, or choose another port with --port N.' : '';
    say(`${error instanceof Error ? error.message : String(error)}${port}`);
    process.exit(told ? WRONG : 1);
  },
);
