/** Finds the databases that a set of settings (environment variables, lines of a file, arguments) names. */
import { parse } from 'yaml';
import type { Endpoint } from './connection-text.ts';
import { hostAndPort, nameOf, portOf, readConnection } from './connection-text.ts';

/** One setting. `where` says in words where it is written, without its value. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly where: string;
}

export interface Named {
  readonly endpoints: readonly Endpoint[];
  readonly where: string;
  /** False for another kind of database: it is used only when no PostgreSQL is named. */
  readonly postgres: boolean;
}

export interface Findings {
  readonly named: readonly Named[];
  /** Settings that name a database in a way that cannot be read, in words. */
  readonly unclear: readonly string[];
}

/** Names whose value is a host: `DB_HOST`, `PGHOST`, `POSTGRES_SERVER`, `MB_DB_HOST`, `spring.datasource.host`. */
const HOST_NAME =
  /^(?<prefix>(?:[A-Z0-9]+_)*?(?:DB|DATABASE|DATASOURCE|POSTGRES|POSTGRESQL|PG|PSQL|PGSQL|TIMESCALE|CRUNCHY|PATRONI|SQL|RDS|MYSQL|MARIADB)(?:_[A-Z0-9]+)*?)_?(?:HOST|HOSTNAME|HOST_NAME|SERVER|ADDR|ADDRESS|ENDPOINT|SERVICE_NAME|SERVICENAME|HOSTADDR)$/;

/** What Kubernetes itself puts into every container for each Service, and exporters' own listen addresses. */
const NOT_A_SETTING = /_SERVICE_HOST$|^KUBERNETES_|_LISTEN_|_PORT_\d+_TCP/;

const OTHER_DATABASE = /MYSQL|MARIADB|MONGO|ORACLE|MSSQL/;

/** Connection strings first, then hosts given in parts (`DB_HOST`, `DB_PORT`, `DB_NAME`). In the order given. */
export function findDatabases(settings: readonly Setting[]): Findings {
  const named: Named[] = [];
  const unclear: string[] = [];
  for (const setting of settings) {
    const reading = readConnection(setting.value);
    if (reading === 'unclear')
      unclear.push(`${setting.where}: it cannot be told for certain where its host is`);
    else if (reading) named.push({ ...reading, where: setting.where });
  }
  const byName = new Map(settings.map((setting) => [plain(setting.name), setting]));
  for (const setting of settings) {
    const name = plain(setting.name);
    if (NOT_A_SETTING.test(name)) continue;
    const prefix = prefixOf(name, byName);
    if (prefix === undefined || setting.value.trim() === '' || readConnection(setting.value)) continue;
    const endpoints = hostsOf(setting.value, sibling(byName, prefix, PORT)?.value);
    if (!endpoints) {
      unclear.push(`${setting.where}: its value is not a host name`);
      continue;
    }
    const database = nameOf(sibling(byName, prefix, DATABASE)?.value);
    named.push({
      endpoints: endpoints.map((e) => (database ? { ...e, database } : e)),
      where: setting.where,
      postgres: !OTHER_DATABASE.test(name),
    });
  }
  return { named: withoutRepeats(named), unclear };
}

/** A bare `host` is a database's only beside a database's name, as in a libpq service file. */
function prefixOf(name: string, byName: ReadonlyMap<string, Setting>): string | undefined {
  if (name === 'HOST' || name === 'HOSTADDR')
    return byName.has('DBNAME') || byName.has('DATABASE') ? '' : undefined;
  return HOST_NAME.exec(name)?.groups?.['prefix'];
}

const PORT = ['PORT'];
const DATABASE = ['NAME', 'DATABASE', 'DBNAME', 'DB_NAME', 'DATABASE_NAME', 'DB', 'CATALOG'];

function sibling(
  byName: ReadonlyMap<string, Setting>,
  prefix: string,
  endings: readonly string[],
): Setting | undefined {
  for (const ending of endings) {
    const setting =
      byName.get(`${prefix}_${ending}`) ??
      byName.get(`${prefix}${ending}`) ??
      (prefix === '' ? byName.get(ending) : undefined);
    if (setting) return setting;
  }
  return undefined;
}

function hostsOf(value: string, port: string | undefined): Endpoint[] | undefined {
  const ports = (port ?? '').split(',');
  const endpoints = value
    .trim()
    .replace(/^tcp:\/\//, '')
    .split(',')
    .map((part, i) => hostAndPort(part.trim(), portOf(ports[i] ?? ports[0])?.toString()));
  return endpoints.every((e) => e !== undefined) ? endpoints : undefined;
}

/** `spring.datasource.url`, `DbHost` and `db-host` as `SPRING_DATASOURCE_URL`, `DB_HOST`. */
function plain(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

function withoutRepeats(named: readonly Named[]): Named[] {
  const seen = new Set<string>();
  return named.filter((one) => {
    const key = JSON.stringify(one.endpoints);
    return seen.has(key) ? false : seen.add(key);
  });
}

/**
 * Settings written in a file: leaves of JSON and YAML (their path is the name), `key=value` lines; or the whole text,
 * for a file that holds one value. `variable` is the name of the setting that points to it.
 */
export function settingsOfFile(text: string, variable: string, where: string): Setting[] {
  const whole = text.slice(0, 200_000).trim();
  if (!whole.includes('\n') && !/^[[{]/.test(whole)) {
    return [{ name: variable.replace(/_?(FILE|PATH)$/i, ''), value: whole, where }];
  }
  const leaves = leavesOf(whole);
  const pairs = leaves.length > 0 ? leaves : linesOf(whole);
  return pairs.map(([name, value]) => ({
    name,
    value,
    where: /^[\w.-]{1,80}$/.test(name) ? `${where}, setting ${name}` : where,
  }));
}

function leavesOf(text: string): [string, string][] {
  let tree: unknown;
  try {
    tree = parse(text, { maxAliasCount: 20, logLevel: 'silent' });
  } catch {
    return [];
  }
  const leaves: [string, string][] = [];
  const walk = (node: unknown, path: string): void => {
    if (leaves.length >= 2000 || path.length > 300) return;
    if (typeof node === 'object' && node !== null) {
      for (const [key, child] of Object.entries(node)) walk(child, path === '' ? key : `${path}.${key}`);
    } else if (path !== '' && node !== null) {
      leaves.push([path, typeof node === 'string' ? node : JSON.stringify(node)]);
    }
  };
  // A list at the top is YAML by chance (`[section]` of an ini file), unless it is JSON.
  if (!Array.isArray(tree) || text.endsWith(']')) walk(tree, '');
  return leaves;
}

function linesOf(text: string): [string, string][] {
  const pairs: [string, string][] = [];
  for (const line of text.split('\n').slice(0, 2000)) {
    const pair = /^\s*(?:export\s+)?["']?([\w.-]+)["']?\s*[:=]\s*(.*?)\s*[,;]?\s*$/.exec(line);
    if (pair) pairs.push([pair[1] ?? '', (pair[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')]);
  }
  return pairs;
}
