/** `handrail runbook run`: from what was typed to a session, and the runbook run in it. */
import { nearest } from '../catalog/nearest.ts';
import type { Config } from '../config/config.ts';
import { kubernetesFrom } from '../open-cluster.ts';
import type { Terminal } from './command.ts';
import { runRunbook } from './runbook-run.ts';
import { openSession, readConfig } from './session.ts';
import { WrongInput } from './wrong-input.ts';

interface Typed extends Terminal {
  readonly names: readonly string[];
  readonly values: {
    readonly param?: readonly string[];
    readonly namespace?: string;
    readonly system?: string;
    readonly yes?: boolean;
    readonly json?: boolean;
  };
}

/** Gives the exit code. Throws WrongInput. */
export async function runHere(given: Typed): Promise<number> {
  const { env, names, values, print, warn } = given;
  const params = paramsFrom(values.param ?? []);
  const config = await readConfig(env, warn);
  const system = systemOf(config, values.system);
  const namespace =
    values.namespace ?? system?.namespace ?? (await namespaceOf(config).catch(() => undefined)) ?? 'default';
  const session = await openSession({ config, warn });
  try {
    return await runRunbook(
      session,
      {
        id: names[0] ?? '',
        params,
        namespace,
        ...(system ? { system: system.id } : {}),
        json: values.json ?? false,
        yes: values.yes ?? false,
        interactive: given.interactive && !values.json,
      },
      print,
    );
  } finally {
    await session.close();
  }
}

function systemOf({ catalog }: Config, id: string | undefined) {
  if (id === undefined) return undefined;
  const found = catalog.systems.find((one) => one.id === id);
  if (found) return found;
  const near = nearest(
    id,
    catalog.systems.map((one) => one.id),
  );
  const remedy = near ? ` Did you mean ${near}?` : '';
  throw new WrongInput(`There is no system ${id} in handrail.yaml.${remedy}`);
}

/** The namespace of the current context, as kubectl would take it. */
async function namespaceOf(config: Config): Promise<string | undefined> {
  const cluster = await kubernetesFrom(config)();
  return cluster.getContextObject(cluster.currentContext)?.namespace;
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
