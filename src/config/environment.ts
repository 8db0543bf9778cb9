/** The environment and --production: what the process may use, or every problem with the name of its variable. */
import { nearest } from '../catalog/nearest.ts';
import { type ConfigProblem, hasErrors, quoted } from './problem.ts';
import { addressProblem, appTokenProblem, botTokenProblem, signingSecretProblem } from './secret-shapes.ts';

export type SlackSettings =
  | { readonly mode: 'none' }
  | {
      readonly mode: 'socket';
      readonly botToken: string;
      readonly appToken: string;
      readonly apiUrl?: string;
    }
  | {
      readonly mode: 'http';
      readonly botToken: string;
      readonly signingSecret: string;
      readonly apiUrl?: string;
    };

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Holds secrets: never log it whole. */
export interface Settings {
  /** With `--production` neither the sandbox nor the embedded database is ever started. */
  readonly production: boolean;
  readonly slack: SlackSettings;
  /** Of the health page, and of Slack's requests in HTTP mode; 0: a free one. */
  readonly port: number;
  /** Undefined: the embedded PostgreSQL under `home`. */
  readonly databaseUrl?: string;
  /** Undefined: the queue lives in PostgreSQL. */
  readonly redisUrl?: string;
  /** As kubectl reads it: one path, or several with the system's separator. Undefined: the client's own default. */
  readonly kubeconfig?: string;
  /** Path of handrail.yaml, relative to the working folder; `given`: named by HANDRAIL_CONFIG. */
  readonly configFile: { readonly path: string; readonly given: boolean };
  /** Folder of the embedded database and of the journal, relative to the working folder. */
  readonly home: string;
  readonly logLevel: LogLevel;
}

export interface ReadEnvironment {
  /** Undefined when one of the problems is an error. */
  readonly settings?: Settings;
  readonly problems: readonly ConfigProblem[];
}

const VARIABLES = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_API_URL',
  'PORT',
  'DATABASE_URL',
  'REDIS_URL',
  'KUBECONFIG',
  'HANDRAIL_CONFIG',
  'HANDRAIL_HOME',
  'LOG_LEVEL',
] as const;
type Variable = (typeof VARIABLES)[number];

/**
 * Reads the environment. A variable that is empty counts as not set (compose files pass empty ones), and white space
 * around a value is dropped (secrets mounted from files end in a line break). Other arguments than `--production` are
 * left to whoever knows them.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): ReadEnvironment {
  const problems: ConfigProblem[] = [];
  const add = (variable: string, what: string, todo: string, severity: ConfigProblem['severity'] = 'error') =>
    problems.push({ severity, where: { variable }, what, todo });
  const value = (variable: Variable): string | undefined => env[variable]?.trim() || undefined;
  const absent = (variable: Variable): string => (env[variable] === undefined ? 'is not set' : 'is empty');
  const check = (variable: Variable, wrong: (text: string) => readonly [string, string] | undefined) => {
    const text = value(variable);
    const problem = text === undefined ? undefined : wrong(text);
    if (problem) add(variable, ...problem);
  };

  const production = args.includes('--production');
  if (production && args.includes('--autopilot')) {
    const where = { option: '--autopilot' };
    const todo = 'leave out one of the two';
    problems.push({
      severity: 'error',
      where,
      what: 'belongs to the sandbox, which --production never starts',
      todo,
    });
  }

  check('SLACK_BOT_TOKEN', botTokenProblem);
  check('SLACK_APP_TOKEN', appTokenProblem);
  check('SLACK_SIGNING_SECRET', signingSecretProblem);
  check('SLACK_API_URL', (text) => addressProblem(text, ['https:', 'http:']));
  check('DATABASE_URL', (text) => addressProblem(text, ['postgres:', 'postgresql:']));
  check('REDIS_URL', (text) => addressProblem(text, ['redis:', 'rediss:']));

  const botToken = value('SLACK_BOT_TOKEN');
  const appToken = value('SLACK_APP_TOKEN');
  const signingSecret = value('SLACK_SIGNING_SECRET');
  if (botToken === undefined && (production || appToken !== undefined || signingSecret !== undefined)) {
    const other = appToken !== undefined ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET';
    const also = appToken === undefined && signingSecret === undefined ? '' : `, and ${other} is set`;
    add(
      'SLACK_BOT_TOKEN',
      absent('SLACK_BOT_TOKEN') + also,
      'set it to the bot token (xoxb-...), OAuth & Permissions',
    );
  }
  if (appToken === undefined && signingSecret === undefined && (production || botToken !== undefined)) {
    const also = botToken === undefined ? '' : ', and SLACK_BOT_TOKEN is set';
    const todo = 'set it to an app-level token (xapp-...), or set SLACK_SIGNING_SECRET for HTTP mode';
    add('SLACK_APP_TOKEN', absent('SLACK_APP_TOKEN') + also, todo);
  }
  if (production && value('DATABASE_URL') === undefined) {
    const todo =
      'set it to a PostgreSQL (postgres://user:password@host:5432/handrail): --production never starts one';
    add('DATABASE_URL', absent('DATABASE_URL'), todo);
  }

  const port = value('PORT') ?? '3000';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    add('PORT', `cannot be ${quoted(port)}`, 'write a number from 1 to 65535 (0 takes a free one)');
  }
  const logLevel = value('LOG_LEVEL') ?? 'info';
  if (!isLogLevel(logLevel)) {
    const near = nearest(logLevel, LOG_LEVELS);
    const todo = near ? `did you mean ${near}?` : `write one of ${LOG_LEVELS.join(', ')}`;
    add('LOG_LEVEL', `cannot be ${quoted(logLevel)}`, todo);
  }
  for (const name of Object.keys(env)) {
    if (!/^(SLACK|HANDRAIL)_/.test(name) || VARIABLES.some((one) => one === name)) continue;
    const meant = nearest(
      name,
      VARIABLES.filter((one) => value(one) === undefined),
    );
    if (meant) add(name, 'is not read', `did you mean ${meant}?`, 'warning');
  }

  if (hasErrors(problems) || !isLogLevel(logLevel)) return { problems };
  const apiUrl = value('SLACK_API_URL');
  const databaseUrl = value('DATABASE_URL');
  const redisUrl = value('REDIS_URL');
  const kubeconfig = value('KUBECONFIG');
  const configFile = value('HANDRAIL_CONFIG');
  const settings: Settings = {
    production,
    slack: slackSettings({ botToken, appToken, signingSecret, apiUrl }),
    port: Number(port),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(redisUrl === undefined ? {} : { redisUrl }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    configFile: { path: configFile ?? 'handrail.yaml', given: configFile !== undefined },
    home: value('HANDRAIL_HOME') ?? '.handrail',
    logLevel,
  };
  return { settings, problems };
}

/** Socket Mode when both are set: it needs no public address. */
function slackSettings(set: {
  readonly botToken: string | undefined;
  readonly appToken: string | undefined;
  readonly signingSecret: string | undefined;
  readonly apiUrl: string | undefined;
}): SlackSettings {
  const { botToken, appToken, signingSecret } = set;
  const apiUrl = set.apiUrl === undefined ? {} : { apiUrl: set.apiUrl };
  if (botToken !== undefined && appToken !== undefined)
    return { mode: 'socket', botToken, appToken, ...apiUrl };
  if (botToken !== undefined && signingSecret !== undefined) {
    return { mode: 'http', botToken, signingSecret, ...apiUrl };
  }
  return { mode: 'none' };
}

function isLogLevel(text: string): text is LogLevel {
  return LOG_LEVELS.some((one) => one === text);
}
