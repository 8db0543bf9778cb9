/** Reads host, port and database name out of connection strings; everything else in them stays here. */

/** A place where a database listens. Never holds a user or a password. */
export interface Endpoint {
  readonly host: string;
  readonly port?: number;
  readonly database?: string;
}

export type Reading =
  | { readonly endpoints: readonly Endpoint[]; readonly postgres: boolean }
  /** It is a connection string, and where its host begins cannot be told for certain. */
  | 'unclear';

const SCHEME =
  /^\s*(?:jdbc:)?(?<scheme>(?:postgres|postgresql|postgis|pgsql|timescale(?:db)?|cockroach(?:db)?|psql|r2dbc:(?:pool:)?postgres(?:ql)?|mysql|mariadb|mongodb|sqlserver|mssql|oracle)(?:\+[a-z0-9]+)?)(?::\/\/|:(?=[\w/]))/i;

/**
 * URLs of libpq, JDBC (also with several hosts), R2DBC, SQLAlchemy (`postgresql+psycopg2://`) and Django
 * (`postgis://`); libpq's `host=… dbname=…`; .NET's `Host=…;Database=…`. Undefined for anything else.
 * A password may hold any character, raw: where that leaves two readings, the answer is 'unclear' rather than a guess
 * that could put a part of the password into the host's place.
 */
export function readConnection(text: string): Reading | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 4096 || /[\0\r\n]/.test(trimmed)) return undefined;
  const scheme = SCHEME.exec(trimmed);
  if (scheme) {
    const rest = trimmed.slice(scheme[0].length);
    if (scheme[0].endsWith('//')) return readUrl(rest, scheme.groups?.['scheme'] ?? '');
    // JDBC without slashes names a database on the machine itself; anything else without them is not a URL.
    const database = /^\s*jdbc:/i.test(trimmed) ? nameOf(rest.split('?')[0]) : undefined;
    return database ? found([{ host: 'localhost' }], database, true) : undefined;
  }
  if (trimmed.includes(';') && trimmed.includes('=')) return readSemicolons(trimmed);
  return readKeywords(trimmed);
}

const QUERY = /^(?:[A-Za-z][\w.-]*=[^&]*)(?:&[A-Za-z][\w.-]*=[^&]*)*$/;
const QUERY_STARTS =
  /^(?:user|username|password|sslmode|ssl|sslrootcert|host|port|dbname|application_name|ApplicationName|options|schema|currentSchema|search_path|connect_timeout|connectTimeout|target_session_attrs|targetServerType|connection_limit|pool\w*|charset|encoding|sslcert|sslkey|sslfactory|pgbouncer|authSource|replicaSet|retryWrites|socketTimeout|loginTimeout|prepareThreshold|tcpKeepAlive|stringtype|loadBalanceHosts)=/i;

function readUrl(rest: string, scheme: string): Reading {
  const postgres = /postg|pgsql|psql|timescale|cockroach/i.test(scheme);
  const mark = rest.indexOf('?');
  const before = mark < 0 ? rest : rest.slice(0, mark);
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  // A question mark inside a raw password looks like the start of the query.
  if (query.includes('@') && !(QUERY.test(query) && QUERY_STARTS.test(query))) return 'unclear';
  const at = before.lastIndexOf('@');
  const place = before.slice(at + 1);
  const slash = place.indexOf('/');
  const authority = slash < 0 ? place : place.slice(0, slash);
  const path = slash < 0 ? '' : place.slice(slash + 1);
  const wanted = new URLSearchParams(query);
  const database = nameOf(decode(path) || wanted.get('dbname') || '');
  const ports = (wanted.get('port') ?? '').split(',');
  const listed = authority || wanted.get('host') || wanted.get('hostaddr') || '';
  if (listed === '') {
    // JDBC without a host, and libpq's "postgresql:///db": the machine itself.
    return listed === '' && mark < 0 && at < 0
      ? found([{ host: 'localhost' }], database, postgres)
      : 'unclear';
  }
  const endpoints: Endpoint[] = [];
  for (const [i, part] of splitHosts(decode(listed)).entries()) {
    const endpoint = hostAndPort(part, ports[i] ?? ports[0]);
    if (!endpoint) return 'unclear';
    endpoints.push(endpoint);
  }
  return found(endpoints, database, postgres);
}

function found(endpoints: readonly Endpoint[], database: string | undefined, postgres: boolean): Reading {
  return { endpoints: endpoints.map((e) => (database ? { ...e, database } : e)), postgres };
}

function splitHosts(list: string): string[] {
  return list.split(',').map((part) => part.trim());
}

const HOST = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*\.?$/i;
const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;

/** `host`, `host:port`, `[v6]:port`, `tcp:host,port`; undefined for what cannot be a host. */
export function hostAndPort(text: string, otherPort?: string): Endpoint | undefined {
  const bracket = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text);
  const plain = /^([^:]*)(?::(\d{1,5}))?$/.exec(text);
  const host = bracket?.[1] ?? plain?.[1] ?? (IPV6.test(text) ? text : undefined);
  if (!host || !(HOST.test(host) || IPV6.test(host) || /^\/[\w./-]+$/.test(host))) return undefined;
  const port = portOf(bracket?.[2] ?? plain?.[2] ?? otherPort);
  return { host: host.replace(/\.$/, ''), ...(port === undefined ? {} : { port }) };
}

export function portOf(text: string | undefined): number | undefined {
  const port = text && /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return port > 0 && port < 65_536 ? port : undefined;
}

/** A name that PostgreSQL takes without quotes, or nearly: anything stranger stays here. */
export function nameOf(text: string | undefined): string | undefined {
  const name = text?.trim();
  return name && /^[\w$-][\w$.-]{0,62}$/.test(name) ? name : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const SEMICOLON_HOST = new Set([
  'host',
  'server',
  'data source',
  'datasource',
  'addr',
  'address',
  'network address',
]);
const SEMICOLON_DATABASE = new Set(['database', 'initial catalog', 'db']);

function readSemicolons(text: string): Reading | undefined {
  const settings = new Map<string, string>();
  // A value may be quoted with " or ' and then hold semicolons; a doubled quote stands for itself.
  for (const match of text.matchAll(/([^=;]+?)\s*=\s*("(?:[^"]|"")*"|'(?:[^']|'')*'|[^;]*)\s*(?:;|$)/g)) {
    settings.set((match[1] ?? '').trim().toLowerCase(), unquote((match[2] ?? '').trim()));
  }
  const host = [...SEMICOLON_HOST].map((key) => settings.get(key)).find((value) => value);
  const known = [...settings.keys()].some(
    (key) => SEMICOLON_DATABASE.has(key) || /^(user|uid|username|user id|password|pwd)$/.test(key),
  );
  if (!host || !known) return undefined;
  const database = nameOf([...SEMICOLON_DATABASE].map((key) => settings.get(key)).find((value) => value));
  const sqlServer = settings.has('initial catalog') || /^tcp:/i.test(host);
  const plain = host.replace(/^tcp:/i, '').replace(/\\.*$/, '');
  const parts = sqlServer ? [plain.replace(',', ':')] : splitHosts(plain);
  const endpoints = parts.map((part) => hostAndPort(part, settings.get('port')));
  if (endpoints.some((e) => e === undefined)) return 'unclear';
  return found(endpoints as Endpoint[], database, !sqlServer);
}

function unquote(value: string): string {
  const quote = value[0];
  if ((quote !== '"' && quote !== "'") || value.length < 2 || value.at(-1) !== quote) return value;
  return value.slice(1, -1).replaceAll(quote + quote, quote);
}

const KEYWORDS =
  /^(host|hostaddr|port|dbname|user|password|passfile|sslmode|sslcert|sslkey|sslrootcert|connect_timeout|application_name|options|target_session_attrs|service|channel_binding|gssencmode|keepalives\w*|client_encoding)$/;

function readKeywords(text: string): Reading | undefined {
  const settings = new Map<string, string>();
  let rest = text;
  while (rest !== '') {
    const pair = /^(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s'](?:[^\s\\]|\\.)*|(?=\s|$))(?:\s+|$)/.exec(rest);
    if (!pair) return settings.has('host') && settings.size > 1 ? 'unclear' : undefined;
    settings.set(pair[1] ?? '', (pair[2] ?? '').replace(/^'([\s\S]*)'$/, '$1').replace(/\\(.)/g, '$1'));
    rest = rest.slice(pair[0].length);
  }
  if (![...settings.keys()].every((key) => KEYWORDS.test(key))) return undefined;
  const hosts = settings.get('host') || settings.get('hostaddr');
  if (!hosts || settings.size < 2) return undefined;
  const ports = (settings.get('port') ?? '').split(',');
  const endpoints = splitHosts(hosts).map((part, i) => hostAndPort(part, ports[i] ?? ports[0]));
  if (endpoints.some((e) => e === undefined)) return 'unclear';
  return found(endpoints as Endpoint[], nameOf(settings.get('dbname')), true);
}
