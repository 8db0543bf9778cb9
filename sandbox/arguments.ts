/** What was typed after `npm start --`. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface SandboxArguments {
  readonly autopilot: boolean;
  readonly scenario: string;
  readonly seed: number;
  readonly profile: string;
  readonly out?: string;
  readonly port: number;
}

export const HELP = `npm start                              the sandbox: a local page that behaves like Slack
npm start -- --autopilot [--out FILE]  a scripted responder works through it and prints the report
  --scenario NAME   pidp-patroni (default) or postgres-connections
  --seed N          another world of the same kind (default 1)
  --profile NAME    form of the report (default: default)
  --port N          port of the page (default 4700; 0 takes a free one)
With SLACK_BOT_TOKEN and SLACK_APP_TOKEN in the environment npm start connects to Slack instead.`;

/** Gives the arguments, or what is wrong with them, one line each. */
export function readArguments(
  args: readonly string[],
  known: { scenarios: readonly string[]; profiles: readonly string[] },
): SandboxArguments | { readonly problems: readonly string[] } | { readonly help: true } {
  let values: ReturnType<typeof parse>['values'];
  try {
    ({ values } = parse(args));
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  if (values.help) return { help: true };
  const problems: string[] = [];
  const whole = (name: string, text: string, most: number): number => {
    const number = Number(text);
    if (!Number.isSafeInteger(number) || number < 0 || number > most)
      problems.push(`--${name} ${text}: write a whole number from 0 to ${most}`);
    return number;
  };
  const seed = whole('seed', values.seed, 2 ** 31);
  const port = whole('port', values.port, 65_535);
  if (!known.scenarios.includes(values.scenario))
    problems.push(`--scenario ${values.scenario}: there is ${known.scenarios.join(', ')}`);
  if (!known.profiles.includes(values.profile))
    problems.push(`--profile ${values.profile}: there is ${known.profiles.join(', ')}`);
  if (values.out !== undefined && !values.autopilot) problems.push('--out FILE goes with --autopilot');
  // Better known now than after the night was played.
  const blocked = values.out === undefined ? undefined : whyNotWritten(values.out);
  if (blocked) problems.push(`--out ${values.out}: ${blocked}`);
  if (problems.length > 0) return { problems };
  const { autopilot, scenario, profile, out } = values;
  return { autopilot, scenario, profile, seed, port, ...(out === undefined ? {} : { out }) };
}

function whyNotWritten(file: string): string | undefined {
  const folder = dirname(resolve(file));
  if (!existsSync(folder)) return `there is no folder ${folder}; make it first`;
  if (existsSync(file) && statSync(file).isDirectory()) return 'that is a folder; write the name of a file';
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
    return undefined;
  } catch {
    return 'this user may not write there';
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      autopilot: { type: 'boolean', default: false },
      scenario: { type: 'string', default: 'pidp-patroni' },
      seed: { type: 'string', default: '1' },
      profile: { type: 'string', default: 'default' },
      out: { type: 'string' },
      port: { type: 'string', default: '4700' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}
