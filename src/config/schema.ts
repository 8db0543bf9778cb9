/** The shape of handrail.yaml: what each key holds, and how it becomes the values that the core reads. */
import { z } from 'zod';
import { type Access, type Grants, NO_GRANTS } from '../catalog/access.ts';
import { type Database, type NamedQuery, QUERY_TYPES, type System } from '../catalog/catalog.ts';
import { contact } from './contact.ts';
import { channel, only, text, url, variable } from './fields.ts';
import { says } from './words.ts';

/** A list that may be left out, or left empty after its items were commented out. */
function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

function map<T extends z.ZodType>(key: z.ZodString, value: T) {
  return z
    .record(key, value)
    .nullish()
    .transform((entries) => entries ?? {});
}

function name(pattern: RegExp, what: string, example: string, longest = 63) {
  return z
    .string()
    .max(longest, says(`is longer than ${longest} characters`, 'use the real, shorter name'))
    .regex(pattern, says(`is no ${what}`, `use a name such as ${example}`));
}

const id = name(/^[a-z][a-z0-9-]*$/, 'id (lower-case letters, digits and -)', 'web-api', 40);
const label = name(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'Kubernetes namespace', 'd8a8f9-prod');
const object = name(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'name of a Kubernetes object', 'web-api', 253);
const container = name(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'name of a container', 'postgresql');
const folder = z
  .string()
  .regex(
    /^\/.*[^/]$/,
    says('is no absolute path of a folder', 'start it with / and leave out the / at its end'),
  );

const backup = z.discriminatedUnion('kind', [
  only({ kind: z.literal('files'), pod: object, container: container.optional(), path: folder }),
  only({ kind: z.literal('cronjob'), name: object, path: folder.optional(), pod: object.optional() }),
  only({
    kind: z.literal('pgbackrest'),
    pod: object,
    container: container.optional(),
    stanza: z
      .string()
      .regex(/^[\w.-]{1,100}$/, says('is no name of a stanza', '"pgbackrest info" lists them')),
  }),
  only({ kind: z.literal('wal-g'), pod: object, container: container.optional() }),
  only({ kind: z.literal('crunchy'), cluster: object }),
]);

const column = name(/^[a-z_][a-z0-9_]*$/, 'name (lower-case letters, digits and _)', 'order_id');

/** One statement that reads: the server itself refuses writes too, and a transaction that could be ended is none. */
const select = z
  .string()
  .trim()
  .max(5000, says('is longer than 5000 characters', 'make a view of it in the database'))
  .regex(/^(select|with|values|table)\b/i, says('is no SELECT', 'a named query only reads'))
  .transform((sql) => sql.replace(/;$/, '').trim())
  .refine(
    (sql) => !sql.includes(';'),
    says('holds a semicolon', 'write one statement; chr(59) is the character'),
  )
  .refine(
    (sql) => !sql.includes('\\'),
    says('holds a backslash', 'psql would read it; write [0-9] for a digit'),
  )
  .refine(
    (sql) => !/\$\d/.test(sql),
    says('holds a numbered place such as $1', 'name the value in params: and write params.its_name'),
  );

const query = only({
  name: id,
  title: text,
  sql: select,
  params: map(column, z.enum(QUERY_TYPES)),
  database: z.string().min(1, says('is empty', 'name one of databases:, or remove the line')).optional(),
  rows: z.int().min(1).max(1000).default(50),
  timeout_seconds: z.int().min(1).max(60).default(5),
  sensitive: list(column),
}).transform(({ timeout_seconds: timeoutSeconds, ...rest }): NamedQuery => ({ ...rest, timeoutSeconds }));

const database = only({
  name: object,
  kind: z.enum(['patroni', 'postgres']),
  service: object.optional(),
  statefulset: object.optional(),
  user: z.string().min(1, says('is empty', 'name the role to read with, or remove the line')).optional(),
  password_from: variable.optional(),
  databases: list(z.string().min(1, says('is empty', 'name a database'))),
  backups: list(backup),
  queries: list(query),
  personal_data: z.boolean(),
  note: text.optional(),
}).transform(
  ({ password_from: passwordFrom, personal_data: personalData, ...rest }): Database => ({
    ...rest,
    ...(passwordFrom === undefined ? {} : { passwordFrom }),
    personalData,
  }),
);

const dependency = z
  .union([z.string(), only({ external: text })])
  .transform((value) => (typeof value === 'string' ? value : value.external));

const system = only({
  id,
  title: text,
  namespace: label,
  project: text.optional(),
  environment: text.optional(),
  workloads: list(object),
  databases: list(database),
  picture: text.optional(),
  docs: list(only({ title: text, url })),
  dependencies: list(dependency),
  contacts: list(contact),
  addresses: list(only({ name: id, url })),
  runbooks: list(id),
}).transform((value): System => value);

const members = list(z.string().trim().transform(normalMember));

/** A word alone is a person of `people`. */
function normalMember(word: string): string {
  return word === 'everyone' || word.includes(':') ? word : `person:${word}`;
}

const grants = only({ observe: members, operate: members, approve: members, admin: members })
  .nullish()
  .transform((value): Grants => value ?? NO_GRANTS);

const person = only({
  name: text,
  slack: z.string().optional(),
  terminal: list(z.string()),
  kubernetes: list(z.string()),
});

/** A name that the cluster takes, or the beginning of one. */
const role = z
  .string()
  .regex(
    /^(?=.)[^\s/%*]*\*?$/,
    says('is no name of a role', 'use a name such as admin, or the beginning of names, such as team-*'),
  );

const access = only({
  groups: map(id, members),
  everywhere: grants,
  systems: map(id, grants),
  never_give: list(role),
})
  .nullish()
  .transform((value) => value ?? { groups: {}, everywhere: NO_GRANTS, systems: {}, never_give: [] });

const settings = {
  organisation: text.optional(),
  project: text.optional(),
  zone: z.string().default('UTC'),
  report: only({
    profile: z.string().default('default'),
    people: z.enum(['names', 'roles', 'initials']).default('names'),
    template: text.optional(),
  })
    .nullish()
    .transform((value) => value ?? { profile: 'default', people: 'names' as const }),
  slack: only({
    incidents_channel: channel.optional(),
    updates_channel: channel.optional(),
    quiet_minutes: z
      .number()
      .refine(
        (minutes) => minutes >= 0 && minutes <= 1440,
        says('is no number of minutes', 'write 30, or 0 for never'),
      )
      .optional(),
    canvas: z.enum(['auto', 'off']).optional(),
    invite: members,
  })
    .nullish()
    .transform((value) => value ?? { invite: [] }),
  runbooks: only({ folder: text.default('runbooks') })
    .nullish()
    .transform((value) => value ?? { folder: 'runbooks' }),
  snapshots: z.enum(['nightly', 'at-start']).default('nightly'),
  people: map(id, person),
  access,
  systems: list(system),
};

/** What handrail.yaml says, once read and checked. */
export interface HandrailYaml {
  readonly organisation?: string;
  readonly project?: string;
  /** IANA zone in which times are typed, shown and reported. */
  readonly zone: string;
  readonly report: {
    readonly profile: string;
    readonly people: 'names' | 'roles' | 'initials';
    /** A Markdown file with slots, as written: relative to the folder of handrail.yaml. */
    readonly template?: string | undefined;
  };
  readonly slack: {
    /** Channel name without #, or id: gets one public line for each incident. */
    readonly incidentsChannel?: string;
    /** Where `/incident update` tells everybody else. */
    readonly updatesChannel?: string;
    /** Minutes without a word after which an incident's channel is asked what happens; 0: never. */
    readonly quietMinutes?: number;
    /** Whether reports are kept in the channel's canvas too; absent: auto, where the workspace has canvases. */
    readonly canvas?: 'auto' | 'off';
    /** Members (access.ts) who are invited to every incident's channel. */
    readonly invite: readonly string[];
  };
  /** As written: relative to the folder of handrail.yaml. */
  readonly runbooks: { readonly folder: string };
  /** When the state of a namespace is kept, to be compared with later: each night too, or only at a declaration. */
  readonly snapshots: 'nightly' | 'at-start';
  readonly access: Access;
  /** Roles of the cluster, or beginnings of their names with `*`, that nobody is given in an incident. */
  readonly neverGive: readonly string[];
  readonly systems: readonly System[];
}

export const handrailSchema = only(settings).transform((value): HandrailYaml => {
  const { organisation, project, zone, report, slack, runbooks, snapshots, systems } = value;
  const {
    incidents_channel: incidentsChannel,
    updates_channel: updatesChannel,
    quiet_minutes: quietMinutes,
    canvas,
    invite,
  } = {
    incidents_channel: undefined,
    updates_channel: undefined,
    quiet_minutes: undefined,
    canvas: undefined,
    ...slack,
  };
  return {
    ...(organisation === undefined ? {} : { organisation }),
    ...(project === undefined ? {} : { project }),
    zone,
    report,
    slack: {
      ...(incidentsChannel === undefined ? {} : { incidentsChannel }),
      ...(updatesChannel === undefined ? {} : { updatesChannel }),
      ...(quietMinutes === undefined ? {} : { quietMinutes }),
      ...(canvas === undefined ? {} : { canvas }),
      invite,
    },
    runbooks,
    snapshots,
    access: {
      people: Object.entries(value.people).map(([key, one]) => ({
        key,
        name: one.name,
        identities: [
          ...(one.slack === undefined ? [] : [`slack:${one.slack}`]),
          ...one.terminal.map((identity) => `terminal:${identity}`),
          ...one.kubernetes.map((identity) => `kubernetes:${identity}`),
        ],
      })),
      groups: value.access.groups,
      everywhere: value.access.everywhere,
      systems: value.access.systems,
    },
    neverGive: value.access.never_give,
    systems,
  };
});
