/** Which PostgreSQL and which Patroni an image says to hold: from its labels, its environment or, weakest, its tag. */

export interface Declared {
  /** The version as it is written, such as `12.4` or `15`. */
  readonly postgres?: string;
  readonly patroni?: string;
  /** The weakest of what it was taken from; absent when nothing is declared. */
  readonly by?: 'labels' | 'environment' | 'tag';
}

const POSTGRES_LABELS = ['postgresql.version', 'org.postgresql.version', 'pg_version', 'postgres_version'];
const PATRONI_LABELS = ['patroni.version', 'patroni_version'];
/** What the images of PostgreSQL, Patroni's Spilo, Crunchy and Red Hat's sclorg set. */
const POSTGRES_ENV = [
  'PG_VERSION',
  'POSTGRES_VERSION',
  'POSTGRESQL_VERSION',
  'PGVERSION',
  'PG_MAJOR',
  'PGVER',
];
const PATRONI_ENV = ['PATRONI_VERSION', 'PATRONIVERSION'];

const VERSION = /\d+(?:\.\d+)*/;

/** A tag such as `2.0.1-12.4-latest` on an image that is named patroni-postgres: Patroni first, then PostgreSQL. */
const BOTH = /^([1-9]\.\d+\.\d+)-(\d{1,2}\.\d{1,2})(?:-|$)/;

/** An image that declares nothing gives nothing: a version is never guessed from a repository's name or age. */
export function declaredBy(image: {
  labels: Readonly<Record<string, string>>;
  environment: readonly string[];
  tag: string | undefined;
}): Declared {
  const labels = new Map(Object.entries(image.labels).map(([name, value]) => [name.toLowerCase(), value]));
  const environment = new Map(
    image.environment.map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const first = (from: ReadonlyMap<string, string>, names: readonly string[]) =>
    names.map((name) => VERSION.exec(from.get(name) ?? '')?.[0]).find((found) => found !== undefined);
  const tagged = BOTH.exec(image.tag ?? '');
  const postgres = [first(labels, POSTGRES_LABELS), first(environment, POSTGRES_ENV), tagged?.[2]];
  const patroni = [first(labels, PATRONI_LABELS), first(environment, PATRONI_ENV), tagged?.[1]];
  const from = (found: readonly (string | undefined)[]) => found.findIndex((one) => one !== undefined);
  const weakest = Math.max(from(postgres), from(patroni));
  const by = (['labels', 'environment', 'tag'] as const)[weakest];
  const [isPostgres, isPatroni] = [postgres[from(postgres)], patroni[from(patroni)]];
  return {
    ...(isPostgres === undefined ? {} : { postgres: isPostgres }),
    ...(isPatroni === undefined ? {} : { patroni: isPatroni }),
    ...(by === undefined ? {} : { by }),
  };
}

/** What must be the same for the data to be readable: `12.4` -> `12`, and before 10 the first two, `9.6.24` -> `9.6`. */
export function majorOf(version: string | undefined): string | undefined {
  const [first, second] = version?.split('.') ?? [];
  if (first === undefined) return undefined;
  return Number(first) >= 10 || second === undefined ? first : `${first}.${second}`;
}
