// Secrets and personal data do not leave (design/reliability.md): planted in every place that evidence is read from,
// then looked for in everything that was stored, told, drawn and logged.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBotProcess } from '../../sandbox/bot-process.ts';
import { handsOf } from '../../sandbox/responder/hands.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/server.ts';
import { bellsForBot } from '../support/bells.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { inProject } from '../support/terminal-world.ts';
import { configuration, PEOPLE } from './configuration.ts';
import { NEVER_TOLD, openPlantedWorld, PLANTED, type PlantedWorld } from './planted/world.ts';

/** Everything that left, by where it was found. */
type Outputs = Readonly<Record<string, string>>;

async function night(world: PlantedWorld, botMain?: string): Promise<Outputs> {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-planted-night-'));
  const closers: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const slack = await startLocalSlack({
      people: PEOPLE.map((name) => ({ name })),
      channels: ['incidents'],
      rateLimits: 'off',
    });
    closers.push(() => slack.close());
    const database = await freshDatabase();
    closers.push(() => database.drop());
    const configFile = join(folder, 'handrail.yaml');
    writeFileSync(configFile, configuration(slack));
    const logFile = join(folder, 'bot.log');
    const bells = await bellsForBot();
    const main = botMain ?? bells.botMain;
    const bot = await startBotProcess({
      slack,
      ...(main ? { main } : {}),
      ...(bells.redisUrl ? { redisUrl: bells.redisUrl } : {}),
      configFile,
      kubeconfig: world.kubeconfig,
      databaseUrl: database.url,
      folder,
      logFile,
      logLevel: 'debug',
    });
    closers.push(() => bot.stop());
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    pool.on('error', () => undefined);
    closers.push(() => pool.end());
    await play(slack, pool);
    await bot.stop();
    return { ...(await stored(pool)), ...shown(slack), "the bot's log": readFileSync(logFile, 'utf8') };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function play(slack: LocalSlack, pool: pg.Pool): Promise<void> {
  const ana = handsOf(slack, 'ana', 45_000);
  const ended = async (what: string, runs: number) => {
    await waitUntil(
      `${what} has nothing left to do`,
      async () => {
        const { rows } = await pool.query<{ started: number; busy: number }>(`
          select (select count(*)::int from incident_events where type = 'run_started') as started,
            (select count(*)::int from attempts where state in ('queued', 'calling'))
            + (select count(*)::int from effects where done_at is null) as busy`);
        return rows[0]?.started === runs && rows[0].busy === 0;
      },
      { seconds: 60 },
    );
    await slack.settled();
  };
  await ana.command('incidents', 'start web-api is slow again');
  await ana.form(/Declare/, { system: 'Web API' });
  const channel = await waitUntil(
    'the channel',
    () => [...slack.state.channels.values()].find(({ name }) => name.startsWith('inc-1-'))?.id,
  );
  await ended('the declaration', 0);
  const runs: [string, Record<string, string>][] = [
    ['check-workload', { workload: 'web-api' }],
    ['check-workload', { workload: 'reports' }],
    ['check-patroni', { workload: 'web-api' }],
    ['dump-db', { pod: 'prod-patroni-0', database: 'app', reason: 'Before anything is changed.' }],
  ];
  for (const [index, [runbook, params]] of runs.entries()) {
    await ana.command(channel, `run ${runbook}`);
    const filled = Object.entries(params).map(([name, value]) => [`param:${runbook}:${name}`, value]);
    await ana.form(/Run a runbook/, Object.fromEntries(filled));
    await ended(runbook, index + 1);
  }
  await ana.command(channel, 'report file');
  await waitUntil('the report', () =>
    [...slack.state.files.values()].some(({ name, complete }) => complete && name.endsWith('.md')),
  );
  await ended('the report', runs.length);
}

async function stored(pool: pg.Pool): Promise<Outputs> {
  const found: Record<string, string> = {};
  for (const table of ['commands', 'incident_events', 'attempts', 'effects', 'lookups']) {
    const { rows } = await pool.query<{ text: string }>(`select t::text as text from ${table} t`);
    found[`table ${table}`] = rows.map(({ text }) => text).join('\n');
  }
  return found;
}

function shown(slack: LocalSlack): Outputs {
  const files = [...slack.state.files.values()];
  const report = files.filter(({ name }) => name.endsWith('.md'));
  const text = (list: typeof files) => list.map(({ content }) => content?.toString('utf8') ?? '').join('\n');
  return {
    'calls of Slack': JSON.stringify(slack.log.calls),
    'files in Slack': text(files),
    'the report': text(report),
  };
}

/** Where the needle stands, in whatever spelling: as it is, escaped in JSON, in base64. */
function placesOf(needle: string, outputs: Outputs): string[] {
  const spellings = [
    needle,
    JSON.stringify(needle).slice(1, -1),
    Buffer.from(needle).toString('base64').replace(/=+$/, ''),
  ];
  return Object.entries(outputs)
    .filter(([, text]) => spellings.some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
}

function leaks(outputs: Outputs): string[] {
  return Object.entries(PLANTED).flatMap(([place, plants]) =>
    plants.flatMap(({ what, needle }) =>
      placesOf(needle, outputs).map((where) => `${what} from ${place}: in ${where}`),
    ),
  );
}

describe('secrets and personal data in every place that evidence is read from', () => {
  let world: PlantedWorld;
  beforeAll(async () => {
    world = await openPlantedWorld();
  });
  afterAll(() => world?.close());

  it('leave by no way', async () => {
    const outputs = await night(world);
    expect(Object.entries(outputs).filter(([, text]) => text.length < 100)).toEqual([]);
    expect(outputs['table incident_events']).toContain('[redacted]');
    // Names, hosts and figures are still there.
    expect(outputs['table incident_events']).toContain('prod-patroni');
    expect(outputs['the report']).toContain('web-api');
    expect(leaks(outputs)).toEqual([]);
  }, 180_000);

  it('would be found by this scan if nothing were taken out', async () => {
    const found = leaks(await night(world, inProject('test/support/bot-without-redaction.ts')));
    const missed = Object.entries(PLANTED).flatMap(([place, plants]) =>
      plants
        .map(({ what }) => `${what} from ${place}`)

        .filter((plant) => !NEVER_TOLD.includes(place) && !found.some((leak) => leak.startsWith(plant))),
    );
    expect(missed).toEqual([]);
  }, 180_000);
});
