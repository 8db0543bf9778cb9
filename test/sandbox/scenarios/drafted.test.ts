// A runbook written from the finished night loads, and run in a fresh sandbox it brings that to the same end.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { seeThrough } from '../../../sandbox/responder/deciding.ts';
import { handsOf, wordsOf } from '../../../sandbox/responder/hands.ts';
import { ask, run } from '../../../sandbox/responder/typing.ts';
import { openSandbox } from '../../../sandbox/sandbox.ts';
import { pidpPatroni } from '../../../sandbox/scenarios/pidp-patroni.ts';
import { register } from '../../../src/actions/index.ts';
import { draftRunbook } from '../../../src/incidents/as-runbook.ts';
import { runbookFile } from '../../../src/runbooks/as-file.ts';
import { parseRunbook } from '../../../src/runbooks/parse.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { testServer } from '../../support/database.ts';
import { eventsIn, played, ZONE } from './played.ts';

const SEED = 1;
const PATIENCE_MS = 60_000;
const ID = 'as-in-inc-1';

it('a runbook drafted from the night brings a fresh sandbox to the same end', async () => {
  const night = await played({ seed: SEED });
  const { runbook, notes, left } = draftRunbook(night.events, { id: ID, today: '2026-11-21' });
  expect(left).toEqual([]);
  const text = runbookFile(runbook, { above: ({ id }) => notes.get(id) });
  expect(parseRunbook(text, `${ID}.yaml`, register, '2026-11-21').problems).toEqual([]);

  const home = mkdtempSync(join(tmpdir(), 'handrail-drafted-'));
  const runbooks = join(home, 'runbooks');
  cpSync(fileURLToPath(new URL('../../../runbooks', import.meta.url)), runbooks, { recursive: true });
  writeFileSync(join(runbooks, `${ID}.yaml`), text);
  const sandbox = await openSandbox({
    scenario: pidpPatroni,
    seed: SEED,
    profile: 'default',
    port: 0,
    home,
    zone: ZONE,
    stepMs: 40,
    rateLimits: 'off',
    server: await testServer(),
    runbooks,
    say: () => undefined,
  });
  try {
    const { slack, plan, world } = sandbox;
    const ana = handsOf(slack, 'ana', PATIENCE_MS);
    const ben = handsOf(slack, 'ben', PATIENCE_MS);
    await ask(ana, slack.channel('general'), `start ${plan.api} is not ready`, /^declare/i, {
      severity: 'SEV1',
      system: plan.api,
      noticed: 'as last time',
    });
    const channel = await waitUntil('the channel is there', () =>
      [...slack.state.channels].flatMap(([id, { name }]) => (name.startsWith('inc-1-') ? [id] : [])).at(0),
    );
    await ana.read(channel, /INC-1/);
    ben.actor.join(channel);
    const after = await run(ana, channel, ID, {});
    const see = (title: string) => seeThrough(ana, { channel, title, after, second: ben });

    await see(`Scale ${plan.utility} from 0 to 1`);
    const decide = /^decide/i;
    await ana.form(decide, { 'form:image': plan.images.working, 'form:who': 'platform team' }, async () => {
      await ana.press(channel, /answer|fill|choose|decide/i, { after, there: () => ana.sees(decide) });
    });
    await ana.read(channel, /kubectl/, { after });
    await pidpPatroni.platformPerson.repair(world);
    await ana.press(channel, /done by hand/i, { after });
    await see('Give ');
    await see(`Dump ${plan.database}`);
    await see(`Take back: Dump ${plan.database}`);
    await see(`Take back: Scale ${plan.utility}`);
    await ana.wait('the run has ended', channel, (messages) =>
      messages.find((one) => one.ts > after && /All steps (are done|have run)/.test(wordsOf(one))),
    );

    for (const end of pidpPatroni.ends) {
      if (end.says.startsWith('the report')) continue;
      expect(await end.fails({ world, report: '', left: [] }), end.says).toBeUndefined();
    }
    const events = await eventsIn(sandbox.databaseUrl);
    const verified = events.flatMap((event) =>
      event.type === 'verified' && event.body.held ? [event.body.step] : [],
    );
    expect(verified).toEqual(['scale', 'repair', 'dump', 'take_back_dump', 'take_back_scale']);
    // Nothing is left: the probes of what the first steps left behind say so.
    await ana.command(channel, 'left');
    await waitUntil('all that was left behind is gone', async () => {
      const now = await eventsIn(sandbox.databaseUrl);
      const opened = now.flatMap((event) => (event.type === 'loose_end_opened' ? [event.body.id] : []));
      const gone = now.flatMap((event) =>
        event.type === 'loose_end_settled' && event.body.state === 'gone' ? [event.body.id] : [],
      );
      return opened.length > 0 && opened.every((id) => gone.includes(id));
    });
  } finally {
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  }
}, 240_000);
