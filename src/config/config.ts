/** Everything that is configured: the environment and handrail.yaml, read together and checked against each other. */
import { access, readFile } from 'node:fs/promises';
import { delimiter, dirname, resolve } from 'node:path';
import type { Catalog } from '../catalog/catalog.ts';
import type { ReportTemplate } from '../report/template.ts';
import { readEnvironment, type Settings } from './environment.ts';
import { parseHandrailYaml } from './handrail-yaml.ts';
import { type ConfigProblem, hasErrors, quoted } from './problem.ts';
import type { Known } from './references.ts';
import { readTemplate } from './report-template.ts';
import type { HandrailYaml } from './schema.ts';

export interface Config {
  readonly settings: Settings;
  readonly handrail: HandrailYaml;
  readonly catalog: Catalog;
  /** Absolute; undefined when there is no handrail.yaml and none is needed (sandbox, linting). */
  readonly file?: string;
  /** The form of reports that `report.template` names. */
  readonly template?: ReportTemplate;
  /** Absolute path of the folder of runbooks. */
  readonly runbooksFolder: string;
  /** Absolute path of the folder of the embedded database and of the journal. */
  readonly home: string;
  /** The value of a variable that handrail.yaml names (`password_from`, `key_from`, `url_from`), and of no other. */
  readonly secret: (name: string) => string | undefined;
}

export interface LoadedConfig {
  /** Undefined when one of the problems is an error. */
  readonly config?: Config;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads the environment, then handrail.yaml, and joins them; every problem of both at once. `folder` is the working
 * folder, absolute. Without handrail.yaml the defaults hold, unless Slack or HANDRAIL_CONFIG is set, or
 * `--production`: then its absence is an error.
 */
export async function loadConfig(from: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly args: readonly string[];
  readonly folder: string;
  readonly known?: Known;
}): Promise<LoadedConfig> {
  const { env, args, folder, known = {} } = from;
  const environment = readEnvironment(env, args);
  const problems = [...environment.problems];

  // Read even when the environment is wrong, so that the person gets one list.
  const given = env.HANDRAIL_CONFIG?.trim() || undefined;
  const shown = given ?? 'handrail.yaml';
  const file = resolve(folder, shown);
  const slack = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'].some((name) =>
    env[name]?.trim(),
  );
  const needed = given !== undefined || slack || args.includes('--production');
  const text = await textOf(file);
  if ('missing' in text && needed) {
    const todo =
      'copy handrail.example.yaml to handrail.yaml and fill it in, or name the file in HANDRAIL_CONFIG';
    problems.push({
      severity: 'error',
      where: { variable: 'HANDRAIL_CONFIG' },
      what: `there is no ${shown}`,
      todo,
    });
  }
  if ('unreadable' in text) {
    const what = `${shown} cannot be read (${text.unreadable})`;
    const todo = 'check that it is a file and who may read it';
    problems.push({ severity: 'error', where: { variable: 'HANDRAIL_CONFIG' }, what, todo });
  }
  const found = 'text' in text;
  // Without a file the warnings about what it lacks would only confuse.
  const parsed = found
    ? parseHandrailYaml(text.text, shown, known)
    : { ...parseHandrailYaml('', shown), problems: [] };
  problems.push(...parsed.problems, ...(await kubeconfigProblems(env.KUBECONFIG, folder)));

  const handrail = parsed.config;
  const template = await readTemplate(handrail?.report.template, dirname(file), shown);
  problems.push(...template.problems);
  if (handrail) problems.push(...missingPasswords(handrail, env), ...missingKeys(handrail, env));
  if (!handrail || !environment.settings || hasErrors(problems)) return { problems };

  const names = new Set([...passwordNames(handrail), ...keyNames(handrail)]);
  const config: Config = {
    settings: environment.settings,
    handrail,
    catalog: { systems: handrail.systems, neverGive: handrail.neverGive },
    ...(found ? { file } : {}),
    ...(template.template ? { template: template.template } : {}),
    runbooksFolder: resolve(dirname(file), handrail.runbooks.folder),
    home: resolve(folder, environment.settings.home),
    secret: (name) => (names.has(name) ? env[name]?.trim() || undefined : undefined),
  };
  return { config, problems };
}

type FileText = { readonly text: string } | { readonly missing: true } | { readonly unreadable: string };

async function textOf(file: string): Promise<FileText> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return code === 'ENOENT' ? { missing: true } : { unreadable: code };
  }
}

async function kubeconfigProblems(value: string | undefined, folder: string): Promise<ConfigProblem[]> {
  const paths = (value ?? '').trim().split(delimiter).filter(Boolean);
  const readable = await Promise.all(
    paths.map((path) =>
      access(resolve(folder, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  const todo = 'correct the path, or unset it to use the in-cluster account or ~/.kube/config';
  const where = { variable: 'KUBECONFIG' };
  // The Kubernetes client stops at the first file of the list that is not there; kubectl would pass over it.
  return paths
    .filter((_, index) => !readable[index])
    .map((path) => ({ severity: 'error', where, what: `${quoted(path)} cannot be read`, todo }));
}

function passwordNames(handrail: HandrailYaml): ReadonlySet<string> {
  const databases = handrail.systems.flatMap((system) => system.databases);
  return new Set(databases.flatMap((database) => database.passwordFrom ?? []));
}

/** A warning: the database may still be reached by `psql` inside its pod. */
function missingPasswords(
  handrail: HandrailYaml,
  env: Readonly<Record<string, string | undefined>>,
): ConfigProblem[] {
  return [...passwordNames(handrail)]
    .filter((name) => !env[name]?.trim())
    .map((variable) => ({
      severity: 'warning',
      where: { variable },
      what: 'is not set, and handrail.yaml reads a database password from it',
      todo: 'set it; until then that database is reached only from inside its pod',
    }));
}

/** Keys and addresses by which contacts are told. */
function keyNames(handrail: HandrailYaml): ReadonlySet<string> {
  const contacts = handrail.systems.flatMap((system) => system.contacts);
  return new Set(
    contacts.flatMap(({ escalate }) => {
      switch (escalate?.by) {
        case undefined:
        case 'slack':
          return [];
        case 'webhook':
          return [escalate.urlFrom];
        case 'pagerduty':
        case 'opsgenie':
          return [escalate.keyFrom];
      }
    }),
  );
}

/** A warning: the contact may still be told by phone. */
function missingKeys(
  handrail: HandrailYaml,
  env: Readonly<Record<string, string | undefined>>,
): ConfigProblem[] {
  return [...keyNames(handrail)]
    .filter((name) => !env[name]?.trim())
    .map((variable) => ({
      severity: 'warning',
      where: { variable },
      what: 'is not set, and handrail.yaml tells a contact by it',
      todo: 'set it; until then nobody is told that way',
    }));
}
