/** Environment and handrail.yaml read together, from real files. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { formatProblems } from '../../src/config/problem.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tokens = { SLACK_BOT_TOKEN: 'xoxb-1234567890-abcdefgh', SLACK_APP_TOKEN: 'xapp-1-A0123-456-abcdefgh' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'handrail-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const said = (problems: Parameters<typeof formatProblems>[0]) =>
  formatProblems(problems).split('\n').filter(Boolean);

test('no file and no token: defaults, nothing to say', async () => {
  const { config, problems } = await loadConfig({ env: {}, args: [], folder });
  expect(problems).toEqual([]);
  expect(config).toMatchObject({
    catalog: { systems: [] },
    runbooksFolder: join(folder, 'runbooks'),
    home: join(folder, '.handrail'),
  });
  expect(config?.file).toBeUndefined();
});

test.each([
  ['Slack', tokens, [], 'handrail.yaml'],
  [
    '--production',
    { ...tokens, DATABASE_URL: 'postgres://u:p@db/handrail' },
    ['--production'],
    'handrail.yaml',
  ],
  ['HANDRAIL_CONFIG', { HANDRAIL_CONFIG: 'conf/mine.yaml' }, [], 'conf/mine.yaml'],
])('with %s the file is needed', async (_, env, args, name) => {
  const { config, problems } = await loadConfig({ env, args, folder });
  expect(config).toBeUndefined();
  expect(said(problems)).toEqual([
    `HANDRAIL_CONFIG: there is no ${name} — copy handrail.example.yaml to handrail.yaml and fill it in, or name the file in HANDRAIL_CONFIG`,
  ]);
});

test('.env.example with the example beside it: only the passwords and keys are missing', async () => {
  await copyFile(join(root, 'handrail.example.yaml'), join(folder, 'handrail.yaml'));
  const { parseEnv } = await import('node:util');
  const { readFile } = await import('node:fs/promises');
  const env = parseEnv(await readFile(join(root, '.env.example'), 'utf8'));
  const { config, problems } = await loadConfig({ env, args: [], folder });
  expect(problems.map((one) => one.where)).toEqual([
    { variable: 'WEB_API_DB_PASSWORD' },
    { variable: 'SHARED_POSTGRES_PASSWORD' },
    { variable: 'PLATFORM_PAGERDUTY_KEY' },
  ]);
  expect(problems.at(-1)).toMatchObject({
    severity: 'warning',
    what: expect.stringContaining('tells a contact'),
  });
  expect(config?.file).toBe(join(folder, 'handrail.yaml'));
});

test('only secrets that the file names can be asked for', async () => {
  await copyFile(join(root, 'handrail.example.yaml'), join(folder, 'handrail.yaml'));
  const env = {
    ...tokens,
    WEB_API_DB_PASSWORD: 'one\n',
    SHARED_POSTGRES_PASSWORD: 'two',
    PLATFORM_PAGERDUTY_KEY: 'three',
  };
  const { config, problems } = await loadConfig({ env, args: [], folder });
  expect(problems).toEqual([]);
  expect(config?.secret('WEB_API_DB_PASSWORD')).toBe('one');
  expect(config?.secret('PLATFORM_PAGERDUTY_KEY')).toBe('three');
  expect(config?.secret('SLACK_BOT_TOKEN')).toBeUndefined();
});

test('paths of the file are seen from its folder', async () => {
  await mkdir(join(folder, 'conf'));
  await writeFile(join(folder, 'conf/h.yaml'), 'runbooks: { folder: ../books }\n');
  const { config } = await loadConfig({ env: { HANDRAIL_CONFIG: 'conf/h.yaml' }, args: [], folder });
  expect(config?.runbooksFolder).toBe(join(folder, 'books'));
});

test('mistakes of the file, the environment and the kubeconfig come in one list', async () => {
  await writeFile(join(folder, 'handrail.yaml'), 'zone: Nowhere\nslack: { invite: [slack:U0123456789] }\n');
  const env = { SLACK_APP_TOKEN: 'xoxb-1234567890', PORT: 'x', KUBECONFIG: 'absent.yaml' };
  const { config, problems } = await loadConfig({ env, args: [], folder });
  expect(config).toBeUndefined();
  expect(said(problems.filter((one) => one.severity === 'error')).map((line) => line.split(' ')[0])).toEqual([
    'handrail.yaml:1:7',
    'SLACK_APP_TOKEN:',
    'SLACK_BOT_TOKEN:',
    'PORT:',
    'KUBECONFIG:',
  ]);
});

test('a folder in place of the file is told, not thrown', async () => {
  await mkdir(join(folder, 'handrail.yaml'));
  const { config, problems } = await loadConfig({ env: {}, args: [], folder });
  expect(config).toBeUndefined();
  expect(said(problems)).toEqual([
    'HANDRAIL_CONFIG: handrail.yaml cannot be read (EISDIR) — check that it is a file and who may read it',
  ]);
});
