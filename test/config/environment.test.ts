/** The environment: what it may hold, what is missing, and that no secret is ever printed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { formatProblems } from '../../src/config/problem.ts';

const bot = 'xoxb-1234567890-abcdefgh';
const app = 'xapp-1-A0123-456-abcdefgh';
const signing = '0123456789abcdef0123456789abcdef';

const said = (env: Record<string, string | undefined>, args: string[] = []) =>
  formatProblems(readEnvironment(env, args).problems).split('\n').filter(Boolean);

test('nothing set: no Slack, the embedded database, defaults', () => {
  expect(readEnvironment({}, [])).toEqual({
    problems: [],
    settings: {
      production: false,
      slack: { mode: 'none' },
      port: 3000,
      configFile: { path: 'handrail.yaml', given: false },
      home: '.handrail',
      logLevel: 'info',
    },
  });
});

test('both tokens: Socket Mode, also beside a signing secret; white space around a value is dropped', () => {
  const { settings } = readEnvironment(
    { SLACK_BOT_TOKEN: `${bot}\n`, SLACK_APP_TOKEN: ` ${app}`, SLACK_SIGNING_SECRET: signing },
    [],
  );
  expect(settings?.slack).toEqual({ mode: 'socket', botToken: bot, appToken: app });
});

test('bot token and signing secret: HTTP mode', () => {
  const env = {
    SLACK_BOT_TOKEN: bot,
    SLACK_SIGNING_SECRET: signing,
    SLACK_API_URL: 'https://slack-gov.com/api/',
  };
  expect(readEnvironment(env, []).settings?.slack).toEqual({
    mode: 'http',
    botToken: bot,
    signingSecret: signing,
    apiUrl: 'https://slack-gov.com/api/',
  });
});

test('everything set is taken over', () => {
  const { settings, problems } = readEnvironment(
    {
      SLACK_BOT_TOKEN: bot,
      SLACK_APP_TOKEN: app,
      PORT: '0',
      DATABASE_URL: 'postgresql:///handrail?host=/run/postgresql',
      REDIS_URL: 'rediss://:secret@redis:6380/1',
      KUBECONFIG: '/etc/kube/config',
      HANDRAIL_CONFIG: 'conf/handrail.yaml',
      HANDRAIL_HOME: '/var/lib/handrail',
      LOG_LEVEL: 'debug',
    },
    ['--production'],
  );
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({
    production: true,
    port: 0,
    databaseUrl: 'postgresql:///handrail?host=/run/postgresql',
    redisUrl: 'rediss://:secret@redis:6380/1',
    kubeconfig: '/etc/kube/config',
    configFile: { path: 'conf/handrail.yaml', given: true },
    home: '/var/lib/handrail',
    logLevel: 'debug',
  });
});

describe('production', () => {
  test('names every missing variable; a mounted secret that is empty is one', () => {
    expect(said({ SLACK_BOT_TOKEN: '\n', DATABASE_URL: '' }, ['--production'])).toEqual([
      'SLACK_BOT_TOKEN: is empty — set it to the bot token (xoxb-...), OAuth & Permissions',
      'SLACK_APP_TOKEN: is not set — set it to an app-level token (xapp-...), or set SLACK_SIGNING_SECRET for HTTP mode',
      'DATABASE_URL: is empty — set it to a PostgreSQL (postgres://user:password@host:5432/handrail): --production never starts one',
    ]);
  });

  test('needs no Redis, and takes HTTP mode', () => {
    const env = {
      SLACK_BOT_TOKEN: bot,
      SLACK_SIGNING_SECRET: signing,
      DATABASE_URL: 'postgres://u:p@db/handrail',
    };
    expect(said(env, ['--production'])).toEqual([]);
  });

  test('does not go with the sandbox', () => {
    expect(said({}, ['--production', '--autopilot'])).toContain(
      '--autopilot: belongs to the sandbox, which --production never starts — leave out one of the two',
    );
  });
});

test.each([
  [
    'bot token alone',
    { SLACK_BOT_TOKEN: bot },
    'SLACK_APP_TOKEN: is not set, and SLACK_BOT_TOKEN is set — set it to an app-level token (xapp-...), or set SLACK_SIGNING_SECRET for HTTP mode',
  ],
  [
    'app token alone, the other empty',
    { SLACK_APP_TOKEN: app, SLACK_BOT_TOKEN: '' },
    'SLACK_BOT_TOKEN: is empty, and SLACK_APP_TOKEN is set — set it to the bot token (xoxb-...), OAuth & Permissions',
  ],
  [
    'tokens swapped',
    { SLACK_BOT_TOKEN: app, SLACK_APP_TOKEN: bot },
    'SLACK_BOT_TOKEN: holds an app-level token',
  ],
  [
    'user token',
    { SLACK_BOT_TOKEN: 'xoxp-1234567890', SLACK_APP_TOKEN: app },
    'SLACK_BOT_TOKEN: holds a user token',
  ],
  [
    'rotated token',
    { SLACK_BOT_TOKEN: 'xoxe.xoxb-1234567890', SLACK_APP_TOKEN: app },
    'SLACK_BOT_TOKEN: holds a token that expires',
  ],
  ['quotes', { SLACK_BOT_TOKEN: `"${bot}"`, SLACK_APP_TOKEN: app }, 'SLACK_BOT_TOKEN: has quotes around it'],
  [
    'port',
    { PORT: '70000' },
    'PORT: cannot be "70000" — write a number from 1 to 65535 (0 takes a free one)',
  ],
  ['port in words', { PORT: '80 80' }, 'PORT: cannot be "80 80"'],
  ['log level', { LOG_LEVEL: 'debgu' }, 'LOG_LEVEL: cannot be "debgu" — did you mean debug?'],
  [
    'database of another kind',
    { DATABASE_URL: 'mysql://u:p@h/d' },
    'DATABASE_URL: has another protocol — start with postgres:// or postgresql://',
  ],
  ['database without host', { DATABASE_URL: 'postgres:///handrail' }, 'DATABASE_URL: names no host'],
  [
    'password that is not escaped',
    { DATABASE_URL: 'postgres://u:p/w@h:5432/d' },
    'DATABASE_URL: is no address',
  ],
  ['Redis without protocol', { REDIS_URL: 'localhost:6379' }, 'REDIS_URL: has another protocol'],
  [
    'misspelt name',
    { SLACK_BOT_TOKN: bot },
    'SLACK_BOT_TOKN: warning: is not read — did you mean SLACK_BOT_TOKEN?',
  ],
])('%s', (_, env, expected) => {
  const found = said(env);
  expect(found.filter((line) => line.startsWith(expected))).toHaveLength(1);
});

test('every problem at once', () => {
  const found = said({
    SLACK_APP_TOKEN: app,
    PORT: 'x',
    LOG_LEVEL: 'loud',
    REDIS_URL: 'x',
    DATABASE_URL: 'x',
  });
  expect(found.map((line) => line.slice(0, line.indexOf(':'))).toSorted()).toEqual([
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'REDIS_URL',
    'SLACK_BOT_TOKEN',
  ]);
});

test('whatever a secret holds, its value is in no message', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9:/@%"' .-]{4,40}$/).map((text) => `zq${text.trim()}qz`);
  const prefix = fc.constantFrom('', 'xoxb-', 'xapp-', 'xoxp-', '"', 'postgres://', 'redis://u:');
  const name = fc.constantFrom(
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'SLACK_SIGNING_SECRET',
    'DATABASE_URL',
    'REDIS_URL',
    'SLACK_BOT_TOKN',
  );
  fc.assert(
    fc.property(name, prefix, secret, fc.boolean(), (variable, start, value, production) => {
      const { problems } = readEnvironment({ [variable]: start + value }, production ? ['--production'] : []);
      expect(JSON.stringify(problems)).not.toContain(value);
    }),
    { numRuns: 500 },
  );
});
