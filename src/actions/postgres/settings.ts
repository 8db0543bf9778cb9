/** `postgres.settings`: settings with their units, where they come from, and whether they wait for a restart. */
import { z } from 'zod';
import type { SqlRight } from '../action.ts';
import { reading } from '../define.ts';
import { askServer } from './asked-server.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { REACH_SERVER, TO_ASK, whichServer } from './which-server.ts';

/** What decides how many may connect, and who is thrown out by itself (facts: the last four are off by default). */
const ABOUT_CONNECTIONS = [
  'max_connections',
  'superuser_reserved_connections',
  'reserved_connections',
  'idle_session_timeout',
  'idle_in_transaction_session_timeout',
  'client_connection_check_interval',
  'statement_timeout',
  'lock_timeout',
  'tcp_keepalives_idle',
];

const settingName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.]{0,62}$/, 'the name of a setting, such as max_connections');

const setting = z.object({
  name: z.string(),
  /** As PostgreSQL keeps it, in `unit`: 0 is off for a timeout. */
  value: z.string(),
  unit: z.string(),
  source: z.string(),
  pending_restart: z.boolean(),
  needs_restart: z.boolean(),
});

const found = z.object({
  version: z.string(),
  settings: z.array(setting),
  pending: z.array(z.string()),
  limits: z.array(z.string()),
});

const FOUND = `select json_build_object('version', current_setting('server_version'),
  'settings', (select coalesce(json_agg(json_build_object('name', name, 'value', setting, 'unit', coalesce(unit, ''), 'source', source,
    'pending_restart', pending_restart, 'needs_restart', context = 'postmaster') order by name), '[]')
    from pg_settings where name in (select json_array_elements_text($1::json))),
  'pending', (select coalesce(json_agg(name order by name), '[]') from pg_settings where pending_restart),
  'limits', (select coalesce(json_agg(l order by l), '[]') from (
    select 'role ' || rolname || ': at most ' || rolconnlimit || ' connections' as l from pg_roles where rolconnlimit >= 0
    union all select 'database ' || datname || ': at most ' || datconnlimit || ' connections' from pg_database where datconnlimit >= 0) x))`;

/** Without it some settings (of files and folders, and of extensions) are left out by PostgreSQL. */
const READ_SETTINGS: readonly SqlRight[] = [
  ...TO_ASK,
  { grant: 'pg_read_all_settings', why: 'to see settings that only superusers see' },
];

export const settings = reading({
  name: 'postgres.settings',
  version: 1,
  params: whichServer.extend({ names: z.array(settingName).min(1).max(50).default(ABOUT_CONNECTIONS) }),
  output: z.object({
    version: z.string(),
    settings: z.array(setting),
    /** `max_connections = 100`, one line for each. */
    lines: z.array(z.string()),
    /** Any settings that were changed and wait for a restart. */
    pending_restart: z.array(z.string()),
    /** Limits of connections of single roles and databases. */
    limits: z.array(z.string()),
    way: z.string(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: REACH_SERVER, postgres: READ_SETTINGS },
  byHand: (p, namespace) =>
    psqlByHand(
      namespace,
      p,
      `select name, setting, unit, source, pending_restart from pg_settings where name in (${(p.names ?? ABOUT_CONNECTIONS).map((name) => `'${name}'`).join(', ')})`,
    ),
  async run(call) {
    const { names } = call.params;
    const { value, way, unknowns } = await askServer(
      call,
      { sql: FOUND, argument: names, schema: found },
      'own',
    );
    const missing = names.filter(
      (name) => !value.settings.some((one) => one.name.toLowerCase() === name.toLowerCase()),
    );
    const asked = call.params.names !== ABOUT_CONNECTIONS;
    return {
      version: value.version,
      settings: value.settings,
      lines: value.settings.map(lineOf),
      pending_restart: value.pending,
      limits: value.limits,
      way,
      unknowns: [
        ...unknowns,
        // A default of ours that an older server does not have yet is nothing to tell.
        ...(asked
          ? missing.map((name) => `${name}: this server has no such setting, or the role may not see it`)
          : []),
      ],
    };
  },
});

function lineOf({ name, value, unit, pending_restart }: z.output<typeof found>['settings'][number]): string {
  return `${name} = ${value}${unit ? ` ${unit}` : ''}${pending_restart ? ' (changed, waits for a restart)' : ''}`;
}
