/** Applications that keep their own settings in a database, and the databases they query inside it. */

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/metabase/i, 'Metabase'],
  [/superset/i, 'Superset'],
  [/grafana/i, 'Grafana'],
  [/redash/i, 'Redash'],
  [/hasura|graphql-engine/i, 'Hasura'],
  [/pgadmin/i, 'pgAdmin'],
];

/** "Metabase" for an image such as `metabase/metabase:v0.48`; the registry's host does not count. */
export function applicationOfItsOwn(images: readonly (string | undefined)[]): string | undefined {
  for (const image of images) {
    const name = (image ?? '').split('@')[0]?.split('/').slice(-2).join('/') ?? '';
    const known = KNOWN.find(([pattern]) => pattern.test(name));
    if (known) return known[1];
  }
  return undefined;
}
