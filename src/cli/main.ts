/** `handrail`: the same verbs at a terminal as in Slack. */
import { parseArgs } from 'node:util';
import { nearest } from '../catalog/nearest.ts';
import { kubernetesFrom } from '../open-cluster.ts';
import { DatabaseCannotStart } from '../store/embedded/cannot-start.ts';
import { EXIT } from './exit-codes.ts';
import { printReport } from './report.ts';
import { runRunbook } from './runbook-run.ts';
import { openSession, readConfig } from './session.ts';
import { WrongInput } from './wrong-input.ts';

const HELP = `handrail runbook run ID [--param name=value]... [--namespace NAME] [--system ID] [--yes] [--json]
    Run a runbook at this terminal. --yes confirms steps that need one click.
handrail report INC-7 [--profile default] [--people names|roles|initials] [--out FILE]
    Print the post-incident report in Markdown.

Exit codes: ${EXIT.ok} done and well, ${EXIT.notOk} done and something is not well, ${EXIT.wrongInput} wrong input, ${EXIT.waits} waits for a person.`;

const print = (line: string) => process.stdout.write(`${line}\n`);
const warn = (line: string) => process.stderr.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = read(args);
  if (values.help || positionals.length === 0) {
    print(HELP);
    return EXIT.ok;
  }
  const [verb, second, third] = positionals;
  if (verb === 'runbook' && second === 'run' && third) {
    const config = await readConfig(process.env, warn);
    const system = values.system ? config.catalog.systems.find((one) => one.id === values.system) : undefined;
    if (values.system && !system) {
      const ids = config.catalog.systems.map((one) => one.id);
      const near = nearest(values.system, ids);
      throw new WrongInput(
        `There is no system ${values.system} in handrail.yaml.${near ? ` Did you mean ${near}?` : ''}`,
      );
    }
    const kube = async () => {
      const cluster = await kubernetesFrom(config)();
      return cluster.getContextObject(cluster.currentContext)?.namespace;
    };
    const namespace =
      values.namespace ?? system?.namespace ?? (await kube().catch(() => undefined)) ?? 'default';
    const session = await openSession({ config, warn });
    try {
      return await runRunbook(
        session,
        {
          id: third,
          params: paramsFrom(values.param ?? []),
          namespace,
          ...(system ? { system: system.id } : {}),
          json: values.json ?? false,
          yes: values.yes ?? false,
          interactive: process.stdin.isTTY && !values.json,
        },
        print,
      );
    } finally {
      await session.close();
    }
  }
  if (verb === 'report' && second) {
    const config = await readConfig(process.env, warn);
    return printReport({ config, incident: numberFrom(second), values, print, warn });
  }
  const near = nearest(positionals.slice(0, 2).join(' '), ['runbook run', 'report']);
  throw new WrongInput(
    `handrail ${positionals.join(' ')} is not a command.${near ? ` Did you mean: handrail ${near}?` : ''}\n\n${HELP}`,
  );
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        param: { type: 'string', multiple: true, short: 'p' },
        namespace: { type: 'string', short: 'n' },
        system: { type: 'string' },
        json: { type: 'boolean' },
        yes: { type: 'boolean', short: 'y' },
        profile: { type: 'string' },
        people: { type: 'string' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new WrongInput(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function paramsFrom(given: readonly string[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1) throw new WrongInput(`--param ${one}: write it as name=value`);
    out[one.slice(0, at)] = one.slice(at + 1);
  }
  return out;
}

function numberFrom(text: string): number {
  const match = /^(?:INC-)?(\d{1,9})$/i.exec(text);
  if (!match) throw new WrongInput(`${text} is not an incident: write it as INC-7`);
  return Number(match[1]);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WrongInput || error instanceof DatabaseCannotStart)) throw error;
  warn(error.message);
  process.exitCode = EXIT.wrongInput;
}
