// Dockerfile and docker-compose.yml: closed by default, watched, and their health check really asks the health page.
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readEnvironment } from '../../src/config/environment.ts';
import { startHealth } from '../../src/web/health.ts';
import { read } from './files.ts';

const mount = z.union([
  z.string(),
  z.looseObject({ type: z.string(), source: z.string(), read_only: z.boolean() }),
]);
const service = z.looseObject({
  image: z.string(),
  init: z.literal(true),
  restart: z.literal('unless-stopped'),
  read_only: z.literal(true),
  security_opt: z.array(z.string()),
  cap_drop: z.array(z.string()),
  cap_add: z.never().optional(),
  privileged: z.never().optional(),
  ports: z.never().optional(),
  network_mode: z.never().optional(),
  healthcheck: z.object({
    test: z.array(z.string()),
    interval: z.string(),
    timeout: z.string(),
    start_period: z.string(),
    retries: z.int(),
  }),
  mem_limit: z.string(),
  volumes: z.array(mount),
  networks: z.array(z.string()),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
});
const compose = z.object({
  name: z.string(),
  services: z.object({
    bot: service.extend({
      build: z.string(),
      env_file: z.string(),
      environment: z.record(z.string(), z.string()),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })),
    }),
    postgres: service.extend({ user: z.string() }),
    redis: service.extend({ user: z.string(), command: z.array(z.string()) }),
  }),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.looseObject({})),
});

const { services, networks, volumes } = compose.parse(parse(read('docker-compose.yml'), { merge: true }));
const all = Object.entries(services);

/** Instructions of the Dockerfile, with continued lines joined. */
const instructions = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '');

function instruction(name: string): string {
  return instructions.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
}

const healthcheck = z
  .array(z.string())
  .parse(JSON.parse(instruction('HEALTHCHECK').replace(/^.*?\bCMD\s+/, '')));

function exitOf([program, ...args]: readonly string[], port: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program === 'node' ? process.execPath : (program ?? ''), args, {
      env: { PORT: port },
      stdio: 'ignore',
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

describe('docker-compose.yml', () => {
  it.each(all)('%s is closed', (_, { security_opt, cap_drop, volumes: mounts, networks: joined }) => {
    expect(security_opt).toContain('no-new-privileges:true');
    expect(cap_drop).toEqual(['ALL']);
    expect(mounts.filter((one) => typeof one === 'object' && one.type === 'bind' && !one.read_only)).toEqual(
      [],
    );
    expect(joined.filter((name) => !(name in networks))).toEqual([]);
  });
  it('publishes nothing, and keeps database and queue from everybody but the bot', () => {
    expect(read('docker-compose.yml')).not.toMatch(/^\s*(?:ports|expose):/m);
    expect(networks.inside?.internal).toBe(true);
    expect(services.postgres.networks).toEqual(['inside']);
    expect(services.redis.networks).toEqual(['inside']);
  });
  it('keeps data in named volumes', () => {
    const named = all.flatMap(([, one]) => one.volumes.filter((volume) => typeof volume === 'string'));
    expect(named.map((volume) => volume.split(':')[0])).toEqual(['handrail', 'postgres', 'redis']);
    expect(Object.keys(volumes)).toEqual(['handrail', 'postgres', 'redis']);
    // Since 18 the image keeps its data below this folder; a volume on .../data would stay empty.
    expect(services.postgres.volumes).toEqual(['postgres:/var/lib/postgresql']);
  });
  it('pins images, and PostgreSQL to the major of the built-in one', () => {
    for (const [, { image }] of all) expect(image).toMatch(/^[a-z]+:\d+\.\d+/);
    expect(services.postgres.image).toMatch(/^postgres:18\./);
    expect(services.redis.image).toMatch(/^redis:[78]\./);
  });
  it('lets Redis write an append-only file and never evict', () => {
    const command = services.redis.command.join(' ');
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
  });
  it('starts the bot for production when the others are healthy, with no secret in the file', () => {
    expect(services.bot.command).toEqual(['npm', 'start', '--', '--production']);
    expect(services.bot.env_file).toBe('.env');
    expect(services.bot.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
    expect(services.bot.environment.DATABASE_URL).toContain(':${POSTGRES_PASSWORD:?');
    expect(services.postgres.environment?.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  });
  it('gives the bot an environment that it accepts', () => {
    const password = 'Abc123';
    const given = Object.entries(services.bot.environment).map(([name, value]) => [
      name,
      value.replace(/\$\{POSTGRES_PASSWORD:\?[^}]*\}/, password),
    ]);
    const env = {
      ...Object.fromEntries(given),
      SLACK_BOT_TOKEN: ['xoxb', '1234567890', '1234567890', 'abcdefghijklmnopqrstuvwx'].join('-'),
      SLACK_APP_TOKEN: ['xapp', '1', 'A0123456789', '1234567890', 'a'.repeat(64)].join('-'),
    };
    const { settings, problems } = readEnvironment(env, ['--production']);
    expect(problems).toEqual([]);
    expect(settings?.databaseUrl).toBe('postgres://handrail:Abc123@postgres:5432/handrail');
    expect(services.bot.healthcheck.test.join(' ')).toContain(`127.0.0.1:${settings?.port}/healthz`);
  });
});

describe('Dockerfile', () => {
  it('pins Node by tag and installs in a stage of its own, without scripts', () => {
    expect(instructions[0]).toMatch(/^ARG NODE=24\.\d+\.\d+-slim$/);
    expect(instructions.filter((line) => line.startsWith('FROM '))).toHaveLength(2);
    expect(instructions.find((line) => line.includes('npm ci'))).toMatch(/--omit=dev .*--ignore-scripts/);
    expect(read('Dockerfile')).not.toMatch(/\b(?:apt-get|apk|curl|wget|npm install)\b/);
  });
  it('runs npm start -- --production as nobody special, and ends by SIGTERM', () => {
    expect(JSON.parse(instruction('CMD'))).toEqual(['npm', 'start', '--', '--production']);
    expect(instruction('USER')).toBe('node');
    expect(instruction('STOPSIGNAL')).toBe('SIGTERM');
    expect(instruction('LABEL')).toContain('org.opencontainers.image.licenses="Apache-2.0"');
  });
  it('takes in only what .dockerignore names, and no secret', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    expect(lines.slice(1).every((line) => line.startsWith('!'))).toBe(true);
    expect(lines).toEqual(expect.arrayContaining(['!src', '!launch', '!runbooks', '!package-lock.json']));
    expect(
      lines.filter((line) => /env|handrail\.yaml|kubeconfig|test|sandbox|\.handrail/.test(line)),
    ).toEqual([]);
  });
  it('asks the health page: well, not well, not there', async () => {
    let problems: string[] = [];
    const health = await startHealth({ port: 0, problems: async () => problems });
    const port = String(health.port);
    try {
      expect(await exitOf(healthcheck, port)).toBe(0);
      problems = ['the database does not answer'];
      expect(await exitOf(healthcheck, port)).toBe(1);
    } finally {
      await health.close();
    }
    expect(await exitOf(healthcheck, port)).toBe(1);
  });
  it('asks at the port where the bot listens when nothing is set', () => {
    const { settings } = readEnvironment({}, []);
    expect(healthcheck.join(' ')).toContain(`process.env.PORT || ${settings?.port}`);
  });
});
