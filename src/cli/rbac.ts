/** `handrail rbac`: the smallest Kubernetes roles and SQL grants that the runbooks need, to be applied as they are. */
import { actionNamed, register } from '../actions/index.ts';
import { neededRights } from '../actions/needed-rights.ts';
import { nearest } from '../catalog/nearest.ts';
import type { Config } from '../config/config.ts';
import { readRunbookFolder } from '../config/runbook-folder.ts';
import { formatProblem, type Library, loadLibrary } from '../runbooks/library.ts';
import { nestedIn, offeredBy, type Reached, reachedFrom } from '../runbooks/rights.ts';
import { EXIT } from './exit-codes.ts';
import type { Print } from './printer.ts';
import { type Account, grantStatements, type InNamespace, rbacManifest } from './rbac-manifest.ts';
import { readConfig } from './read-config.ts';
import { WrongInput } from './wrong-input.ts';

interface Values {
  readonly runbook?: readonly string[];
  readonly namespace?: string;
  readonly system?: string;
  readonly 'service-account'?: string;
  readonly sql?: boolean;
}

/** From what was typed. Gives the exit code. Throws WrongInput. */
export async function rightsHere(given: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly values: Values;
  readonly print: Print;
  readonly warn: Print;
}): Promise<number> {
  const { env, values, print, warn } = given;
  return printRights({ config: await readConfig(env, warn), values, print, warn });
}

/**
 * YAML to `print`, notes to `warn`. Gives 1 when a runbook that it should have covered is broken or absent: what is
 * printed is then right for the others, and too little for that one. Throws WrongInput for a name that is not there.
 */
export async function printRights(given: {
  readonly config: Pick<Config, 'catalog' | 'runbooksFolder'>;
  readonly values: Values;
  readonly print: Print;
  readonly warn: Print;
}): Promise<number> {
  const { config, values, print, warn } = given;
  const namespaces = namespacesOf(config, values);
  const account = accountOf(values['service-account'], namespaces);
  const { library, complete } = await covered(config, values, warn);
  const ids = [...library.runbooks.keys()];
  const asked = values.runbook?.length ? values.runbook : ids;
  const chosen = chosenOf(asked, library);
  const reached = values.runbook?.length ? chosen.reached : [...chosen.reached, AT_THE_START];
  const found = namespaces.map((namespace): InNamespace => {
    const databases = config.catalog.systems
      .filter((system) => system.namespace === namespace)
      .flatMap((system) => system.databases);
    return {
      namespace,
      rights: neededRights(reached, actionNamed, databases, config.catalog.neverGive),
    };
  });
  for (const note of notes(chosen, library, account, values)) warn(note);
  for (const id of chosen.missing) {
    warn(
      `The runbook ${id}, which one of these runs inside itself, is not there or broken: its rights are left out.`,
    );
  }
  if (values.sql) for (const line of grantStatements(found)) print(line);
  else print(rbacManifest(account, found, chosen.ids).trimEnd());
  return complete && chosen.missing.length === 0 ? EXIT.ok : EXIT.notOk;
}

/** What the bot looks at by itself when an incident is declared, whatever is run in it later. */
const AT_THE_START: Reached = {
  kind: 'call',
  at: { runbook: 'every incident', where: 'the snapshot of the namespace at its start' },
  uses: 'k8s.compare-baseline',
  with: {},
};

/** The runbooks that load. `complete`: none that was asked for is broken. */
async function covered(
  config: Pick<Config, 'runbooksFolder'>,
  values: Values,
  warn: Print,
): Promise<{ library: Library; complete: boolean }> {
  const { files, problems } = await readRunbookFolder(config.runbooksFolder);
  // Whether a runbook was reviewed lately is not asked here.
  const library = loadLibrary(files, register, '1970-01-01');
  const broken = library.broken;
  const asked = values.runbook ?? [];
  for (const id of asked) {
    if (library.runbooks.has(id)) continue;
    const own = broken.find((one) => one.id === id);
    if (own) {
      const told = own.problems.map(formatProblem).join('\n');
      throw new WrongInput(`The runbook ${id} is broken, so what it needs is not known.\n${told}`);
    }
    const near = nearest(id, library.runbooks.keys());
    const all = [...library.runbooks.keys()].join(', ') || 'none';
    throw new WrongInput(
      `There is no runbook ${id}. ${near ? `Did you mean ${near}?` : `There is: ${all}.`}`,
    );
  }
  for (const problem of problems) warn(formatProblem(problem));
  if (library.runbooks.size === 0) {
    throw new WrongInput(
      `There is no runbook in ${config.runbooksFolder} that loads: nothing needs a right.`,
    );
  }
  if (asked.length > 0) return { library, complete: true };
  for (const { file, id, problems: own } of broken) {
    for (const problem of own) warn(formatProblem(problem));
    warn(`${id ?? file} is broken, so the rights that it needs are left out.`);
  }
  return { library, complete: broken.length === 0 && problems.length === 0 };
}

interface Chosen {
  /** Ids, sorted, those that are run inside others included. */
  readonly ids: readonly string[];
  /** Run inside others, and not there. */
  readonly missing: readonly string[];
  readonly reached: ReturnType<typeof reachedFrom>;
}

function chosenOf(asked: readonly string[], library: Library): Chosen {
  const runbookOf = (id: string) => library.runbooks.get(id)?.runbook;
  const nested = nestedIn(asked, runbookOf);
  const started = new Set(asked);
  const ids = [...new Set([...asked, ...nested])].filter((id) => library.runbooks.has(id)).toSorted();
  return {
    ids,
    missing: nested.filter((id) => !library.runbooks.has(id)),
    reached: ids.flatMap((id) => {
      const runbook = runbookOf(id);
      if (!runbook) return [];
      // One that is only run inside another is given its parameters: nobody chooses them.
      return reachedFrom(runbook).filter(({ kind }) => kind === 'call' || started.has(id));
    }),
  };
}

function namespacesOf(config: Pick<Config, 'catalog'>, values: Values): string[] {
  const { systems } = config.catalog;
  if (values.system !== undefined) {
    const system = systems.find(({ id }) => id === values.system);
    if (!system) {
      const near = nearest(
        values.system,
        systems.map(({ id }) => id),
      );
      throw new WrongInput(
        `There is no system ${values.system} in handrail.yaml.${near ? ` Did you mean ${near}?` : ''}`,
      );
    }
    if (values.namespace === undefined) return [system.namespace];
  }
  if (values.namespace !== undefined) return [named(values.namespace, '--namespace')];
  const all = [...new Set(systems.map(({ namespace }) => namespace))].toSorted();
  if (all.length === 0) {
    throw new WrongInput('handrail.yaml names no system. Say which namespace is meant: --namespace NAME.');
  }
  return all;
}

/** Without a wish: `handrail` in the first namespace, which is there for certain. */
function accountOf(wish: string | undefined, namespaces: readonly string[]): Account {
  if (wish === undefined) return { namespace: namespaces[0] ?? '', name: 'handrail' };
  const [namespace = '', name, ...more] = wish.split('/');
  if (name === undefined || more.length > 0) {
    throw new WrongInput(
      `--service-account ${wish}: write it as NAMESPACE/NAME, for example tools/handrail.`,
    );
  }
  return { namespace: named(namespace, '--service-account'), name: named(name, '--service-account') };
}

/** Names of namespaces and accounts are DNS labels (kubernetes.io: "Object Names and IDs"). */
function named(text: string, option: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new WrongInput(`${option} ${text}: a name has lower-case letters, digits and - only.`);
}

function notes(chosen: Chosen, library: Library, account: Account, values: Values): string[] {
  const offered = chosen.ids
    .flatMap((id) => offeredBy(library.runbooks.get(id)?.runbook ?? NOTHING))
    .filter((id) => !chosen.ids.includes(id) && library.runbooks.has(id));
  return [
    ...(values['service-account'] === undefined && !values.sql
      ? [
          `The account is ${account.name} in ${account.namespace}: for another one say --service-account NAMESPACE/NAME.`,
        ]
      : []),
    ...[...new Set(offered)]
      .toSorted()
      .map(
        (id) => `${id} may be offered as the next runbook; its rights are not in this: add --runbook ${id}.`,
      ),
  ];
}

const NOTHING = { steps: [] };
