/** `handrail runbook run` and `plan`: from what was typed to a session, and the runbook run in it. */
import { nearest } from '../catalog/nearest.ts';
import type { Config } from '../config/config.ts';
import { kubernetesFrom } from '../open-cluster.ts';
import type { Terminal } from './command.ts';
import { incidentNumber } from './incident-number.ts';
import { personAt, Unanswered } from './person.ts';
import { joinIncident } from './runbook-join.ts';
import { runRunbook } from './runbook-run.ts';
import { openSession, readConfig } from './session.ts';
import { WrongInput } from './wrong-input.ts';

interface Typed extends Terminal {
  readonly names: readonly string[];
  readonly values: {
    readonly param?: readonly string[];
    readonly namespace?: string;
    readonly system?: string;
    readonly incident?: string;
    readonly yes?: boolean;
    readonly json?: boolean;
  };
}

/** Gives the exit code. Throws WrongInput. */
export async function runHere(given: Typed, planOnly = false): Promise<number> {
  const { env, names, values, print, warn, keyboard } = given;
  const { json = false, yes = false } = values;
  const params = paramsFrom(values.param ?? []);
  const [id] = names;
  const incident = incidentOf(id, values);
  const config = await readConfig(env, warn);
  const system = systemOf(config, values.system);
  const session = await openSession({ config, warn, ...(id === undefined ? {} : { runbook: id }) });
  const person = keyboard && !json ? personAt(keyboard()) : undefined;
  try {
    if (incident !== undefined)
      return await joinIncident(
        session,
        { incident, ...(id === undefined ? {} : { id }), params, json, yes, ...(person ? { person } : {}) },
        print,
        warn,
      );
    const here = await namespaceOf(config).catch(() => undefined);
    return await runRunbook(
      session,
      {
        id: id ?? '',
        params,
        namespace: values.namespace ?? system?.namespace ?? here ?? 'default',
        ...(system ? { system: system.id } : {}),
        json,
        yes,
        planOnly,
        ...(person ? { person } : {}),
      },
      print,
      warn,
    );
  } catch (error) {
    // Ctrl-C, or nobody to type, before anything was started.
    if (error instanceof Unanswered) throw new WrongInput('Nothing was done.');
    throw error;
  } finally {
    person?.close();
    await session.close();
  }
}

/** Undefined for a run of its own. Throws WrongInput for what does not go together. */
function incidentOf(id: string | undefined, values: Typed['values']): number | undefined {
  if (values.incident === undefined) {
    if (id === undefined)
      throw new WrongInput(
        'Name a runbook, or an incident to go on with: handrail runbook run --incident INC-7',
      );
    return undefined;
  }
  if (values.namespace !== undefined || values.system !== undefined)
    throw new WrongInput(
      'Leave --namespace and --system out with --incident: they are those of the incident.',
    );
  if (id === undefined && values.param !== undefined)
    throw new WrongInput(
      '--param belongs to a runbook: name it, or leave --param out to go on with what was left.',
    );
  return incidentNumber(values.incident);
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
