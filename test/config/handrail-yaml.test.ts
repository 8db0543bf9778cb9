/** handrail.yaml: the example loads, each mistake is named at its place, and nothing makes the reader throw. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { databaseOf, databasesOf } from '../../src/catalog/systems.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import { type ConfigProblem, formatProblems } from '../../src/config/problem.ts';

const example = readFileSync(new URL('../../handrail.example.yaml', import.meta.url), 'utf8');

const places = (problems: readonly ConfigProblem[]): string[] =>
  problems.map(({ where, what, todo }) =>
    'file' in where ? `${where.line}:${where.column} ${what} — ${todo}` : 'not in the file',
  );

/** Errors only: most snippets name nobody, which is a warning. */
const errors = (text: string) =>
  places(parseHandrailYaml(text, 'f.yaml').problems.filter((one) => one.severity === 'error'));

describe('handrail.example.yaml', () => {
  test('loads without a problem and without a warning', () => {
    expect(formatProblems(parseHandrailYaml(example, 'handrail.example.yaml').problems)).toBe('');
  });

  test('holds the worlds of both reports', () => {
    const { config } = parseHandrailYaml(example, 'handrail.example.yaml');
    if (!config) throw new Error('the example did not load');
    expect(config.systems.map((one) => one.id)).toEqual(['web-api', 'site', 'bot', 'postgres']);
    expect(config.zone).toBe('America/Vancouver');
    expect(config.slack).toEqual({
      incidentsChannel: 'incidents',
      updatesChannel: 'service-status',
      quietMinutes: 30,
      canvas: 'auto',
      invite: ['group:responders'],
    });
    expect(databaseOf(config, 'd8a8f9-prod', 'prod-patroni-2')).toMatchObject({
      kind: 'patroni',
      statefulset: 'prod-patroni',
      passwordFrom: 'WEB_API_DB_PASSWORD',
      personalData: true,
      backups: [
        { kind: 'cronjob', name: 'prod-patroni-backup' },
        { kind: 'files', path: '/backups/by-hand' },
      ],
    });
    expect(databasesOf(config, 'bot').map(({ system, database }) => [system.id, database.name])).toEqual([
      ['postgres', 'postgres'],
    ]);
    expect(config.access.groups['database-access']).toEqual(['person:ana', 'person:cleo']);
    expect(config.access.people[0]?.identities).toEqual([
      'slack:U0EXAMPLE01',
      'terminal:ana@laptop-7',
      'kubernetes:ana@example.org',
    ]);
  });
});

test('roles that nobody is given are names, or beginnings of names', () => {
  const { config } = parseHandrailYaml(example, 'handrail.example.yaml');
  expect(config?.neverGive).toEqual(['owner-*']);
  expect(parseHandrailYaml('zone: UTC', 'f.yaml').config?.neverGive).toEqual([]);
  expect(parseHandrailYaml('access: { never_give: [admin, "*"] }', 'f.yaml').config?.neverGive).toEqual([
    'admin',
    '*',
  ]);
  expect(errors('access:\n  never_give: [admin, "a b", "*-owner", ""]')).toEqual([
    '2:23 item 2 is no name of a role — use a name such as admin, or the beginning of names, such as team-*',
    '2:30 item 3 is no name of a role — use a name such as admin, or the beginning of names, such as team-*',
    '2:41 item 4 is no name of a role — use a name such as admin, or the beginning of names, such as team-*',
  ]);
  expect(errors('access:\n  never_given: [admin]').join()).toContain('never_give');
});

test('an empty file has the defaults, and a warning that nobody may change anything', () => {
  const { config, problems } = parseHandrailYaml('', 'f.yaml');
  expect(config).toMatchObject({
    zone: 'UTC',
    report: { profile: 'default', people: 'names' },
    slack: { invite: [] },
    runbooks: { folder: 'runbooks' },
    systems: [],
  });
  expect(problems.map((one) => [one.severity, one.what])).toEqual([
    ['warning', 'nobody may run a step that changes something'],
  ]);
});

test('lists and maps whose items are commented out are empty, not wrong', () => {
  const text = 'systems:\npeople:\nslack:\n  invite:\naccess:\n  groups:\n  everywhere:\n    operate:\n';
  expect(errors(text)).toEqual([]);
});

const system = 'systems:\n  - id: web\n    title: Web\n    namespace: prod\n';

const broken: [name: string, text: string, expected: string[]][] = [
  ['misspelt key', 'zona: UTC', ['1:1 unknown key "zona" — did you mean zone?']],
  [
    'misspelt key that was required: told once',
    'systems:\n  - id: web\n    titel: Web\n    namespace: prod\n',
    ['3:5 unknown key "titel" — did you mean title?'],
  ],
  [
    'key with no near one',
    'report:\n  colour: red\n',
    ['2:3 unknown key "colour" — remove it; known here: profile, people, template'],
  ],
  [
    'missing key',
    'systems:\n  - id: web\n    title: Web\n',
    ['2:5 "namespace" is missing — add namespace: ...'],
  ],
  [
    'quiet minutes that are none',
    'slack:\n  quiet_minutes: -5\n',
    ['2:18 quiet_minutes is no number of minutes — write 30, or 0 for never'],
  ],
  [
    'a canvas that is neither',
    'slack:\n  canvas: on\n',
    ['2:11 canvas cannot be "on" — write one of auto, off'],
  ],
  [
    'key twice',
    'zone: UTC\nproject: A\nzone: UTC\n',
    ['3:1 the key "zone" is there twice — keep one of them'],
  ],
  [
    'key twice, and a mistake elsewhere: both',
    'zone: UTC\nzone: Nowhere/Here\nrepport: {}\n',
    [
      '2:1 the key "zone" is there twice — keep one of them',
      '3:1 unknown key "repport" — did you mean report?',
      '1:7 unknown time zone "Nowhere/Here" — write UTC, or a place, such as Europe/Berlin',
    ],
  ],
  [
    'bad zone with a near one',
    'zone: America/Vancouvr',
    ['1:7 unknown time zone "America/Vancouvr" — did you mean America/Vancouver?'],
  ],
  [
    'abbreviation, which hides summer time',
    'zone: EST',
    [
      '1:7 unknown time zone "EST" — write UTC, or a place, such as America/Vancouver: it knows its summer time',
    ],
  ],
  [
    'hash that became a comment',
    'slack:\n  incidents_channel: #incidents\n',
    [
      '2:3 incidents_channel is empty — give it a value (text that starts with # needs quotes), or remove the line',
    ],
  ],
  [
    'number where text belongs',
    'systems:\n  - id: web\n    title: 2024\n    namespace: prod\n',
    ['3:12 title is read as a number — put it in quotes'],
  ],
  [
    'value instead of list',
    `${system}    workloads: web\n`,
    ['5:16 workloads must be a list — write each item on a line that starts with "- "'],
  ],
  [
    'unknown kind of database',
    `${system}    databases:\n      - { name: db, kind: patron, service: db, personal_data: no }\n`,
    [
      '6:27 kind cannot be "patron" — did you mean patroni?',
      '6:63 personal_data must be true or false — write true or false, without quotes',
    ],
  ],
  [
    'database without an object',
    `${system}    databases:\n      - name: db\n        kind: postgres\n        personal_data: false\n`,
    ['6:9 says neither which Service nor which StatefulSet — add service: or statefulset:'],
  ],
  [
    'password in the file, its value not shown',
    `${system}    databases:\n      - { name: db, kind: postgres, service: db, personal_data: true, password: hunter2 }\n`,
    [
      '6:71 unknown key "password" — secrets do not belong in this file: write password_from: and the name of an environment variable',
    ],
  ],
  [
    'password instead of the name of its variable, its value not shown',
    `${system}    databases:\n      - { name: db, kind: postgres, service: db, personal_data: true, password_from: hunter2 }\n`,
    [
      '6:86 password_from is not the name of an environment variable — put the password in a variable such as WEB_DB_PASSWORD and write that name here',
    ],
  ],
  [
    'unknown kind of backup',
    `${system}    databases:\n      - name: db\n        kind: postgres\n        service: db\n        personal_data: true\n        backups:\n          - kind: file\n            pod: db-0\n`,
    ['11:19 kind cannot be "file" — did you mean files?'],
  ],
  [
    'unknown system among dependencies',
    `${system}    dependencies: [wbe, postgres, { external: CDN }, web]\n`,
    [
      '5:20 unknown system "wbe" — did you mean web? for something outside this file write "- external: its name"',
      '5:25 unknown system "postgres" — for something outside this file write "- external: its name"',
      '5:54 a system cannot depend on itself — remove the line',
    ],
  ],
  [
    'misspelt external',
    `${system}    dependencies:\n      - externl: CDN\n`,
    ['6:9 unknown key "externl" — did you mean external?'],
  ],
  [
    'system twice',
    `${system}  - id: web\n    title: Other\n    namespace: prod\n`,
    ['5:9 the system "web" is there twice — give each system an id of its own'],
  ],
  [
    'bad address and bad namespace',
    'systems:\n  - id: web\n    title: Web\n    namespace: Prod\n    docs:\n      - title: A\n        url: docs/a.md\n      - title: B\n        url: https://u:p@example.org/\n',
    [
      '4:16 namespace is no Kubernetes namespace — use a name such as d8a8f9-prod',
      '7:14 url is no web address — write https://...',
      '9:14 url holds a password — take it out: this file is for everybody to read',
    ],
  ],
  [
    'names in access that are not there',
    'people:\n  ana: { name: Ana }\naccess:\n  groups:\n    dba: [ana, anb, U0123456789]\n    ops: ["group:dba"]\n  everywhere:\n    observe: [everyone]\n    operate: ["group:dbaa", dba, "role:lead"]\n    approve: [everyone]\n  systems:\n    web: { operate: [ana] }\n',
    [
      '5:16 unknown person "anb" — did you mean ana?',
      '5:21 unknown person "U0123456789" — did you mean slack:U0123456789?',
      '6:11 a group cannot hold a group — list its people here',
      '9:15 unknown group "dbaa" — did you mean group:dba?',
      '9:29 unknown person "dba" — did you mean group:dba?',
      '9:34 unknown kind of member "role" — write slack:, usergroup:, terminal:, kubernetes:, group: or a key of people',
      '10:15 everyone cannot have approve — name groups or people; only observe can be for everyone',
      '12:10 unknown system "web" — none is known',
    ].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
  ],
  [
    'misspelt level',
    'access:\n  everywhere:\n    aprove: [slack:U0123456789]\n',
    ['3:5 unknown key "aprove" — did you mean approve?'],
  ],
  [
    'one identity, two people',
    'people:\n  ana: { name: Ana, slack: U0123456789 }\n  ben:\n    name: Ben\n    slack: U0123456789\n    terminal: [ben]\n',
    [
      '5:12 slack:U0123456789 is ana already — an identity is one person: remove it from one of the two',
      '6:16 "terminal:ben" is no terminal identity — write it like terminal:ana@laptop',
    ],
  ],
  [
    'key of a group',
    'access:\n  groups:\n    DBA: [slack:U0123456789]\n',
    ['3:5 "DBA" is no id (lower-case letters, digits and -) — use a name such as web-api'],
  ],
  [
    'unknown profile',
    'report: { profile: bcgow }',
    ['1:20 unknown report profile "bcgow" — did you mean bcgov?'],
  ],
  ['no map at all', '- a\n- b\n', ['1:1 the file must be a map — write "key: value" lines under it']],
  ['tab', 'report:\n\tprofile: default\n', ['2:1 a tab is used to indent — use spaces']],
  [
    'two colons',
    'zone: a: b\n',
    ['1:7 a second ": " in one line — put the value in quotes, or indent it on a line of its own'],
  ],
  ['quote left open', 'zone: "UTC\n', ['1:7 a quote is not closed — close the quote']],
  [
    'alias of nothing',
    'slack:\n  invite: &people []\naccess:\n  everywhere: { operate: *peopel }\n',
    ['4:26 *peopel refers to no anchor above it — did you mean *people? Or put it in quotes if it is text'],
  ],
  [
    'two documents',
    'zone: UTC\n---\nzone: UTC\n',
    ['2:1 a second document starts here (---) — keep one document in the file'],
  ],
];

describe('mistakes', () => {
  test.each(broken)('%s', (_, text, expected) => {
    expect(errors(text).toSorted()).toEqual(expected.toSorted());
    expect(parseHandrailYaml(text, 'f.yaml').config).toBeUndefined();
  });

  test('a reference to an absent runbook is a warning, and the file loads', () => {
    const text = `${system}    runbooks: [check-patroni, dump-bd]\n`;
    const { config, problems } = parseHandrailYaml(text, 'f.yaml', {
      runbooks: ['check-patroni', 'dump-db'],
    });
    expect(config?.systems[0]?.runbooks).toEqual(['check-patroni', 'dump-bd']);
    expect(places(problems)).toContain('5:31 there is no runbook "dump-bd" — did you mean dump-db?');
  });

  test('are shown in the order of the file, one a line', () => {
    const { problems } = parseHandrailYaml('zone: Nowhere\nrepport: {}\nslak: {}\n', 'my/handrail.yaml');
    expect(formatProblems(problems.filter((one) => one.severity === 'error')).split('\n')).toEqual([
      'my/handrail.yaml:1:7 unknown time zone "Nowhere" — write UTC, or a place, such as Europe/Berlin',
      'my/handrail.yaml:2:1 unknown key "repport" — did you mean report?',
      'my/handrail.yaml:3:1 unknown key "slak" — did you mean slack?',
    ]);
  });

  test('values with control characters cannot reach the terminal', () => {
    const { problems } = parseHandrailYaml('zone: "\\e[2J\\u202eX"\n', 'f.yaml');
    const printed = Array.from(formatProblems(problems), (one) => one.codePointAt(0) ?? 0);
    expect(printed.filter((code) => (code < 32 && code !== 10) || code === 127 || code === 0x202e)).toEqual(
      [],
    );
  });
});

describe('hostile files', () => {
  test.each([
    ['aliases of aliases', bomb()],
    ['thousands of brackets', '['.repeat(50_000)],
    ['an anchor that holds itself', 'systems: &a [*a]'],
    ['two megabytes', `project: ${'x'.repeat(2_000_000)}`],
    [
      'keys of objects',
      'access: { groups: { __proto__: [ana], constructor: [ana] }, systems: { toString: {} } }',
    ],
  ])('%s: an error at a place, and no exception', (_, text) => {
    const { config, problems } = parseHandrailYaml(text, 'f.yaml');
    expect(config).toBeUndefined();
    expect(formatProblems(problems)).toMatch(/^f\.yaml:\d+:\d+ /);
  });

  test('any text is answered with a configuration or with places inside of it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), answered), { numRuns: 500 });
  });

  test('any structure is answered', () => {
    const key = fc.constantFrom(
      'zone',
      'systems',
      'access',
      'people',
      'groups',
      'id',
      'databases',
      'kind',
      '__proto__',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, 7, 'ana', 'everyone', 'group:x', 'files', 'UTC'),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => answered(JSON.stringify(value))),
      { numRuns: 500 },
    );
  });

  test('the example with one line taken out or cut is answered', () => {
    const lines = example.split('\n');
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.nat(120), (index, width) => {
        answered(lines.map((line, at) => (at === index ? line.slice(0, width) : line)).join('\n'));
        answered(lines.toSpliced(index, 1).join('\n'));
      }),
      { numRuns: 100 },
    );
  });
});

function answered(text: string): void {
  const { config, problems } = parseHandrailYaml(text, 'f.yaml');
  expect(config === undefined).toBe(problems.some((one) => one.severity === 'error'));
  const rows = text.split(/\r\n|\r|\n/).length;
  for (const { where } of problems) {
    if (!('file' in where)) throw new Error('a problem of the file has a place in it');
    expect(where.line).toBeGreaterThanOrEqual(1);
    expect(where.line).toBeLessThanOrEqual(rows);
    expect(where.column).toBeGreaterThanOrEqual(1);
  }
}

function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, at) => {
    const before = at === 0 ? 'x' : `*a${at - 1}`;
    return `  k${at}: &a${at} [${Array(10).fill(before).join(', ')}]`;
  });
  return `people:\n${levels.join('\n')}\n`;
}
