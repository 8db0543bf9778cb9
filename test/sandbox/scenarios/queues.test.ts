// Nothing may depend on the queue: what starts a bot or a worker loop runs in three vitest projects. Here each of them
// shows that its queue truly is in force, by what is counted in PostgreSQL and in Redis after the same night.
import pg from 'pg';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Bell } from '../../../src/queue/bells.ts';
import { bellsForLoop, over } from '../../support/bells.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { freshDatabase } from '../../support/database.ts';
import { losing } from '../../support/losing-bells.ts';
import { migrated } from '../../support/migrated.ts';
import { describeWith } from '../../support/requirements.ts';
import { expectRung, type Rung, rungIn } from '../../support/rung.ts';
import { played, ZONE } from './played.ts';
import { expectFacts } from './report-facts.ts';

describeWith(over === 'redis' ? ['redis'] : [], `over ${over}`, () => {
  it('the night is played, and its bells went this way', async () => {
    let rung: Rung | undefined;
    const { report, plan, failedEnds, utilitySetTo, dumps } = await played({
      seed: 1,
      after: async ({ databaseUrl }, redisUrl) => {
        rung = await expectRung(databaseUrl, redisUrl);
      },
    });
    expect(failedEnds).toEqual([]);
    expectFacts(report, plan, ZONE);
    expect(utilitySetTo).toEqual([1, 0]);
    expect(dumps.size).toBe(1);
    // Of a night in which nothing was tried, every claim would be true.
    expect(rung?.attempts).toBeGreaterThan(20);
  });

  it('a loop in the test itself hears what this queue lets through', async () => {
    const database = await freshDatabase(migrated);
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    pool.on('error', () => undefined);
    const bells = await bellsForLoop({ pool, url: database.url }, pino({ level: 'silent' }));
    try {
      const heard = new Set<string>();
      bells.listen((bell) => heard.add(bell.look === 'attempt' ? bell.id : `INC-${bell.number}`));
      const ids = Array.from({ length: 10 }, (_, index) => `a${index}`);
      const expected = ids.filter((_, index) => over !== 'bells-lost' || index % 2 === 1);
      for (const id of ids) bells.ring({ look: 'attempt', id });
      await waitUntil('all that come are heard', () => heard.size >= expected.length, { seconds: 30 });
      expect([...heard].sort()).toEqual(expected);
      // No further one is under way.
      const { onPostgres } = await rungIn(database.url, undefined);
      expect(onPostgres).toBe(over === 'redis' ? undefined : expected.length);
    } finally {
      await bells.close();
      await pool.end();
      await database.drop();
    }
  });
});

it('every second bell of each kind is dropped, the first one too', () => {
  const rung: Bell[] = [];
  const bells = losing({
    ring: (bell) => rung.push(bell),
    listen: () => undefined,
    close: async () => undefined,
  });
  for (const number of [1, 2, 3, 4, 5]) {
    bells.ring({ look: 'incident', number });
    bells.ring({ look: 'attempt', id: `a${number}` });
  }
  expect(rung.map((bell) => (bell.look === 'attempt' ? bell.id : bell.number))).toEqual([2, 'a2', 4, 'a4']);
});
