/** Named queries of handrail.yaml: read with their defaults, and each mistake named at its place. */
import { expect, test } from 'vitest';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';

const yaml = (queries: string) => `zone: UTC
systems:
  - id: shop
    title: Shop
    namespace: shop
    databases:
      - name: db
        kind: postgres
        service: db
        databases: [app, audit]
        personal_data: true
        queries:
${queries}
`;
const errors = (queries: string) =>
  parseHandrailYaml(yaml(queries), 'f.yaml')
    .problems.filter((one) => one.severity === 'error')
    .map(
      ({ where, what, todo }) =>
        `${'file' in where ? `${where.line}:${where.column}` : ''} ${what} — ${todo}`,
    );

test('are read with their defaults', () => {
  const { config } = parseHandrailYaml(
    yaml(`          - name: open-orders
            title: Orders that are open
            sql: |
              select id, email from orders, params where shop = params.shop;
            params: { shop: text }
            sensitive: [email]`),
    'f.yaml',
  );
  expect(config?.systems[0]?.databases[0]?.queries).toEqual([
    {
      name: 'open-orders',
      title: 'Orders that are open',
      sql: 'select id, email from orders, params where shop = params.shop',
      params: { shop: 'text' },
      rows: 50,
      timeoutSeconds: 5,
      sensitive: ['email'],
    },
  ]);
  expect(errors('          - { name: a, title: A, sql: select 1, database: audit }')).toEqual([]);
});

test.each([
  ['{ name: a, title: A, sql: delete from orders }', /13:\d+ .*is no SELECT — a named query only reads/],
  ['{ name: a, title: A, sql: "select 1; select 2" }', /13:\d+ .*holds a semicolon/],
  ["{ name: a, title: A, sql: 'select 1 \\\\! ls' }", /13:\d+ .*holds a backslash/],
  ['{ name: a, title: A, sql: select $1 }', /13:\d+ .*numbered place such as \$1 — name the value in params/],
  ['{ name: a, title: A, sql: select 1, params: { x: int } }', /13:\d+ .*x/],
  ['{ name: a, title: A, sql: select 1, params: { "X y": text } }', /13:\d+ .*X y/],
  ['{ name: a, title: A, sql: select 1, rows: 100000 }', /13:\d+ .*rows/],
  [
    '{ name: a, title: A, sql: select 1, database: audi }',
    /13:\d+ .*audi.* is none of databases: — did you mean audit\?/i,
  ],
  ['{ name: a, title: A }', /13:\d+ .*sql/],
  [
    '{ name: a, title: A, sql: select 1, timeout: 5 }',
    /13:\d+ .*timeout.* — remove it; known here: .*timeout_seconds/,
  ],
])('%s', (query, expected) => {
  expect(errors(`          - ${query}`).join('\n')).toMatch(expected);
});

test('of the same name are not two', () => {
  expect(
    errors(
      '          - { name: a, title: A, sql: select 1 }\n          - { name: a, title: B, sql: select 2 }',
    ),
  ).toEqual([expect.stringMatching(/^14:\d+ the query .a. is there twice — keep one of them$/)]);
});
