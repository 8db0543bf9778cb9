// The bot's own database hangs in mid-incident, with people at work in Slack: notes go on, buttons say what to type
// instead, the card says since when, and afterwards everything is on the timeline.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Hands, handsOf, wordsOf } from '../../sandbox/responder/hands.ts';
import { ask, run } from '../../sandbox/responder/typing.ts';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { PidpPlan } from '../../sandbox/scenarios/pidp/plan.ts';
import { pidpPatroni } from '../../sandbox/scenarios/pidp-patroni.ts';
import { isAlive, processesOf } from '../../src/store/embedded/running.ts';
import { eventsIn } from '../sandbox/scenarios/played.ts';
import { openFolder } from '../store/embedded/processes.ts';
import { bellsForBot } from '../support/bells.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';

const PATIENCE_MS = 45_000;
let place: ReturnType<typeof openFolder>;
let sandbox: Sandbox<PidpPlan>;
let ana: Hands;
let channel = '';
let frozen: readonly number[] = [];

function freeze(): void {
  frozen = processesOf(join(place.folder, 'postgres', 'data'));
  expect(frozen.length).toBeGreaterThan(3);
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
}
function thaw(): void {
  for (const pid of frozen) if (isAlive(pid)) process.kill(pid, 'SIGCONT');
  frozen = [];
}

beforeAll(async () => {
  place = openFolder();
  sandbox = await openSandbox({
    scenario: pidpPatroni,
    seed: 1,
    profile: 'default',
    port: 0,
    home: place.folder,
    zone: 'UTC',
    stepMs: 40,
    rateLimits: 'off',
    ...(await bellsForBot()),
    say: () => undefined,
  });
  ana = handsOf(sandbox.slack, 'ana', PATIENCE_MS);
}, 120_000);
afterAll(async () => {
  thaw();
  await sandbox?.close();
  place?.remove();
}, 60_000);

const card = () =>
  (ana.actor.history(channel) as unknown as Parameters<typeof wordsOf>[0][]).find((message) =>
    message.blocks?.some((block) => block.type === 'header' && block.text?.text?.startsWith('INC-1 ')),
  );
const whispers = () => ana.actor.ephemerals(channel).map(({ text }) => text);

it('goes on', async () => {
  const { slack, plan } = sandbox;
  await ask(ana, slack.channel('general'), `start ${plan.api} is not ready`, /^declare/i, {
    severity: 'SEV1',
    system: plan.api,
    noticed: 'no data',
  });
  channel = await waitUntil('the channel is there', () =>
    [...slack.state.channels].flatMap(([id, { name }]) => (name.startsWith('inc-1-') ? [id] : [])).at(0),
  );
  await ana.read(channel, /INC-1/);
  await run(ana, channel, 'scale-utility-pod', { deployment: plan.utility, replicas: '1' });
  await ana.read(channel, new RegExp(`Scale ${plan.utility} from 0 to 1`));
  const confirm = await ana.wait('the Confirm button', channel, (messages) => {
    const found = messages.findLast((message) => /from 0 to 1/.test(wordsOf(message)));
    return found?.blocks?.some((block) => block.elements?.some((one) => one.action_id?.includes('confirm')))
      ? found
      : undefined;
  });
  await waitUntil('all is shown and known', async () => (await eventsIn(sandbox.databaseUrl)).length > 5);
  // The bot copies an incident half a second after its last change, and nobody outside can see that it has.
  await new Promise((resolve) => setTimeout(resolve, 1000));

  freeze();
  // A note is noted at once, also in the first second, when nobody knows yet.
  await ana.command(channel, 'note the first one while it hangs');
  expect(
    await waitUntil('the note is answered', () => whispers().find((text) => text.startsWith(':memo: Noted'))),
  ).toContain('kept on disk');
  await waitUntil('the card says so', () => {
    const now = card();
    return now && wordsOf(now).includes('Not saved centrally since');
  });
  const said = ana.actor.say(channel, 'Pinned while the database hangs.');
  ana.actor.react(channel, said, 'pushpin');
  await ana.command(channel, 'note the second one');
  // The change is not made, and what to type instead is there.
  await ana.press(channel, /^Confirm$/, { words: /from 0 to 1/ });
  const refused = await waitUntil('the refusal is shown', () =>
    [...ana.actor.thread(channel, confirm.ts), ...ana.actor.history(channel)]
      .map((one) => wordsOf(one as never))
      .find((text) => text.includes('This was not done.')),
  );
  expect(refused).toContain(`kubectl`);
  expect(refused).toContain(plan.utility);
  await ana.command(channel, 'severity SEV2');
  await waitUntil('the severity is refused', () =>
    whispers().some((text) => text.includes('This was not done.')),
  );

  thaw();
  await waitUntil('the card is as usual', () => {
    const now = card();
    return now && !wordsOf(now).includes('Not saved centrally');
  });
  await ana.read(channel, /own database did not answer from/);
  const events = await eventsIn(sandbox.databaseUrl);
  const notes = events.flatMap((event) => (event.type === 'note_added' ? [event.body.text] : []));
  expect(notes.toSorted()).toEqual(
    ['Pinned while the database hangs.', 'the first one while it hangs', 'the second one'].toSorted(),
  );
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => type === 'recorded_later')).toHaveLength(1);
  expect(types).not.toContain('act_started');
  expect(types).not.toContain('severity_changed');

  // And the same button works again.
  await ana.press(channel, /^Confirm$/, { words: /from 0 to 1/ });
  await waitUntil('it is done and verified', async () =>
    (await eventsIn(sandbox.databaseUrl)).some((event) => event.type === 'verified' && event.body.held),
  );
  await ana.command(channel, 'timeline');
  expect(
    await waitUntil('the timeline is shown', () =>
      ana.actor
        .ephemerals(channel)
        .map((one) => wordsOf(one as never))
        .find((text) => text.startsWith('Timeline')),
    ),
  ).toMatch(/the second one.*recorded later/);
}, 180_000);
