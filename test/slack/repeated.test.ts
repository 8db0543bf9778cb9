// After `/incident resolve`: one short message about the checks that had been bad, when all of them are in.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/incidents/commands.ts';
import type { NewAttempt } from '../../src/incidents/draft.ts';
import type { EventOf } from '../../src/incidents/events.ts';
import { card } from '../../src/slack/views/card.ts';
import { evidenceMessage } from '../../src/slack/views/evidence.ts';
import { repeatedMessage } from '../../src/slack/views/repeated.ts';
import { ana, bot, PureDoor, runbookOf } from '../support/pure-door.ts';
import { startWorld, type World } from './world.ts';

const runbook = runbookOf(`
apiVersion: runbook/v1
id: look
title: Look
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
steps:
  - id: now
    kind: check
    title: Is \${{ params.name }} small?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict:
      - if: out.size > 5
        is: bad
        says: Too large (\${{ out.size }}).
      - else: ok
        says: It is \${{ out.size }}.
`);
const size = (n: number): Outcome => ({ purpose: 'check', result: { ok: true, out: { size: n } } });
const failed: Outcome = { purpose: 'check', result: { ok: false, says: 'It did not answer within 5 s.' } };

let core: PureDoor;
const resolve = () => core.send(ana, { do: 'resolve', at: core.now });
const lastAsked = (count: number): NewAttempt[] =>
  core.attempts.filter(({ purpose }) => purpose === 'check').slice(-count);
const bring = ({ id, at }: NewAttempt, outcome: Outcome) =>
  core.send(bot, { do: 'settle', attempt: id, at, outcome, seconds: 1 }, 1, `settle:${id}`);
const last = () =>
  core.events.findLast((event): event is EventOf<'check_repeated'> => event.type === 'check_repeated');
const incident = async () => {
  const state = await core.incident(1);
  if (!state) throw new Error('there is no incident');
  return state;
};
async function bad(...names: string[]): Promise<void> {
  for (const name of names) {
    await core.start(runbook, { name });
    await core.settle(size(9));
  }
}
/** Resolves and brings these answers. */
async function checked(...outcomes: Outcome[]): Promise<void> {
  await resolve();
  const asked = lastAsked(outcomes.length);
  for (const [index, outcome] of outcomes.entries()) await bring(asked[index] as NewAttempt, outcome);
}
async function message() {
  const event = last();
  const made = event && repeatedMessage(await incident(), event);
  return made && { text: made.text, words: JSON.stringify(made.blocks) };
}
const cardWords = async () => JSON.stringify(card(await incident()));

describe('the message', () => {
  beforeEach(async () => {
    core = new PureDoor();
    await core.declare();
  });

  it('says what is well now, and calls nobody', async () => {
    await bad('disk', 'tape');
    await checked(size(3), size(4));
    expect((await message())?.text).toBe(
      'Checked again at resolve: ✓ Is disk small? (was bad) · ✓ Is tape small? (was bad)',
    );
    const words = (await message())?.words;
    expect(words).toContain(':white_check_mark: *Is disk small?* It is 3. (was bad)');
    expect(words).not.toMatch(/<@|reopen/);
    expect(await cardWords()).toContain('*Checked again* 2 OK');
  });

  it('calls who resolved when something is still bad, first, and says what can be done', async () => {
    await bad('disk', 'tape', 'drum');
    await checked(size(3), size(8), failed);
    expect((await message())?.text).toBe(
      'Checked again at resolve: ✗ Is tape small? (still bad) · ? Is drum small? (was bad) · ✓ Is disk small? (was bad)',
    );
    const words = (await message())?.words;
    expect(words).toContain(':red_circle: *Is tape small?* Too large (8). (still bad)');
    expect(words).toContain(':grey_question: *Is drum small?* It did not answer within 5 s. (was bad)');
    expect(words).toContain(
      '<@UANA> one check is still bad. If the service is not back: `/incident reopen` and why. If it is, leave it as it is; nothing waits for this.',
    );
    expect(await cardWords()).toContain('*Checked again* 1 still bad, 1 not known, 1 OK');
  });

  it('does not say "still" of what had had no answer', async () => {
    await core.start(runbook, { name: 'disk' });
    await core.settle(failed);
    await resolve();
    expect(await cardWords()).toContain('*Checking again* what was bad or not known (1)');
    await bring(lastAsked(1)[0] as NewAttempt, size(9));
    expect((await message())?.text).toBe('Checked again at resolve: ✗ Is disk small? (was unknown)');
    expect((await message())?.words).toContain('<@UANA> one check is bad.');
    expect(await cardWords()).toContain('*Checked again* 1 bad');
  });

  it('claims nothing on the card while an answer is missing', async () => {
    await bad('disk', 'tape');
    await resolve();
    expect(await cardWords()).toContain('*Checking again* what was bad (2)');
    await bring(lastAsked(2)[0] as NewAttempt, size(3));
    expect(await cardWords()).toContain('*Checking again* what was bad (2)');
    expect(await cardWords()).not.toContain('Checked again');
  });

  it('asks nobody to reopen what is reopened, and the card is silent then', async () => {
    await bad('disk');
    await resolve();
    await core.send(ana, { do: 'reopen', reason: 'still 500' });
    expect(await cardWords()).not.toMatch(/Check(ing|ed) again/);
    await bring(lastAsked(1)[0] as NewAttempt, size(9));
    expect((await message())?.words).toContain('still bad');
    expect((await message())?.words).not.toMatch(/<@|reopen/);
  });

  it('of an earlier resolve gives way to that of the next one', async () => {
    await bad('disk');
    await checked(size(9));
    const first = last();
    await core.send(ana, { do: 'reopen', reason: 'still 500' });
    await checked(size(3));
    expect(first && repeatedMessage(await incident(), first)).toBeUndefined();
    expect((await message())?.text).toBe('Checked again at resolve: ✓ Is disk small? (was bad)');
  });

  it('stays short, and counts the rest', async () => {
    const names = Array.from({ length: 15 }, (_, index) => `disk-${index}`);
    await bad(...names);
    await checked(...names.map(() => size(9)));
    expect((await message())?.words).toContain('… and 3 more, on the timeline.');
    expect((await message())?.words).toContain('15 checks are still bad');
  });

  it('says in the thread that it was checked again', async () => {
    await bad('disk');
    const result = { ok: true, out: { size: 3 }, kept: { size: 3 }, rawHash: 'aa' } as const;
    await checked({ purpose: 'check', result });
    const event = last();
    expect(JSON.stringify(event && evidenceMessage(event.body.title, event).blocks)).toContain(
      '*Is disk small?* (checked again at resolve)',
    );
  });
});

describe('in Slack', () => {
  let world: World;
  afterEach(async () => {
    await world.stop();
    expect(world.bugs).toEqual([]);
  });

  it('is posted once, at the bottom, also when the answer to the post is lost', async () => {
    world = await startWorld({ draining: false });
    core = world.core;
    const ann = world.slack.as('ann');
    await core.declare({ ...ana, person: { id: `slack:${ann.user.id}`, name: 'ann' } });
    await world.publish({ kind: 'open channel' }, 1);
    await bad('disk');
    await checked(size(9));
    const effects = core.writes.at(-1)?.effects ?? [];
    expect(effects.map(({ kind }) => kind)).toEqual(['card', 'wait']);
    world.slack.faults.dropNext('chat.postMessage', 1, 'after');
    const [, wait] = effects;
    if (!wait) throw new Error('nothing is shown');
    expect(await world.publish(wait, 1)).toMatchObject({ later: 1000 });
    expect(await world.publish(wait, 2)).toEqual({ done: true });
    const history = ann.history('inc-1-web-api-answers-500');
    const about = history.filter((one) => String(one.text).startsWith('Checked again at resolve'));
    expect(about).toHaveLength(1);
    expect(history.at(-1)?.ts).toBe(about[0]?.ts);
  });
});
