// The bot in HTTP mode on a real cluster: signed requests carry an incident from declaration to report; a request that is
// not Slack's, or not readable, is refused, logged, and leaves nothing in the database.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { read } from '../support/markdown.ts';
import { describeWith } from '../support/requirements.ts';
import { type Desk, fileIn, startDesk, writeAftermath } from './desk.ts';
import { type RealCluster, startCluster } from './real-cluster.ts';

const COMMAND = 'application/x-www-form-urlencoded';

describeWith(['controlPlane', 'kubectl'], 'the bot in HTTP mode', () => {
  let cluster: RealCluster;
  let desk: Desk;
  let channel = '';

  beforeAll(async () => {
    cluster = await startCluster();
    desk = await startDesk({ kubeconfig: cluster.kubeconfig, mode: 'http' });
  }, 180_000);
  afterAll(async () => {
    if (desk) await writeAftermath(desk, channel, process.env.HANDRAIL_AFTERMATH);
    await desk?.stop();
    await cluster?.stop();
  }, 60_000);

  /** What the bot logged from here on at level warn and above, in words. */
  const logged = () => {
    const before = desk.bot.complaints().length;
    return (words: RegExp) =>
      waitUntil(
        `the log says ${words.source}`,
        () => {
          const said = desk.bot.complaints().slice(before).join('\n');
          return words.test(said) && said;
        },
        { seconds: 10 },
      );
  };
  const post = async (body: string, headers: Record<string, string>) => {
    const answer = await fetch(`http://127.0.0.1:${desk.bot.port}/slack/events`, {
      method: 'POST',
      body,
      headers: { ...headers, connection: 'close' },
    });
    return answer.status;
  };
  const signed = (body: string, type: string, ageSeconds = 0, secret = desk.slack.signingSecret) => {
    const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
    const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    return {
      'content-type': type,
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${signature}`,
    };
  };
  /** A slash command as Slack would send it. */
  const startCommand = () => {
    const { ana } = desk.hands;
    const fields = {
      command: '/incident',
      text: 'note this must not be kept',
      user_id: ana.actor.user.id,
      user_name: 'ana',
      team_id: desk.slack.teamId,
      channel_id: channel,
      trigger_id: '1.2.3',
      response_url: `${desk.slack.url}/commands/none`,
      api_app_id: 'A1',
    };
    return new URLSearchParams(fields).toString();
  };

  it('answers the check of its address', async () => {
    expect(await desk.slack.verifyEventsUrl()).toBe(true);
  });

  it('goes from declaration to report', async () => {
    const { ana } = desk.hands;
    await ana.command('incidents', 'start utility pod needed');
    await ana.form(/Declare/, { system: 'Web API' });
    channel = (await desk.event(1, 'channel_opened')).body.channel;
    await ana.read(channel, /not confirmed yet/);
    await ana.command(channel, 'note the first request came at nine');
    const message = ana.actor.say(channel, 'We need a shell near the database.');
    ana.actor.react(channel, message, 'pushpin');
    await desk.event(1, 'note_added', 1);
    await ana.command(channel, 'run scale-utility-pod');
    await ana.form(/Run a runbook/, { 'param:scale-utility-pod:deployment': 'utility' });
    await ana.press(channel, /^Confirm$/, { words: /Scale utility from 0 to 1/ });
    expect((await desk.event(1, 'verified')).body.held).toBe(true);
    expect(await cluster.kubectl('get', 'deployment/utility', '-o', 'jsonpath={.spec.replicas}')).toBe('1');
    await ana.command(channel, 'resolve');
    await ana.form(/Resolve/, {});
    await desk.event(1, 'report_posted');
    const { text } = await fileIn(desk, channel, /\.md$/);
    expect(read(text).problems).toEqual([]);
    expect(text).toContain('We need a shell near the database.');
    expect(text).toContain('Scale utility from 0 to 1');
    expect(desk.bot.complaints()).toEqual([]);
    const kinds = new Set(
      desk.slack.log.deliveries.filter(({ outcome }) => outcome === 'acked').map(({ kind }) => kind),
    );
    expect([...kinds].sort()).toEqual(['events_api', 'interactive', 'slash_commands']);
  });

  it('would take the same command when it is signed and fresh', async () => {
    const before = (await desk.events(1, 'note_added')).length;
    expect(await post(startCommand(), signed(startCommand(), COMMAND))).toBe(200);
    await desk.event(1, 'note_added', before);
  });

  const refused: [string, () => [body: string, headers: Record<string, string>], number, RegExp][] = [
    ['an unsigned request', () => [startCommand(), { 'content-type': COMMAND }], 401, /header|signature/i],
    [
      'a request signed with another secret',
      () => [startCommand(), signed(startCommand(), COMMAND, 0, 'f'.repeat(32))],
      401,
      /signature/i,
    ],
    [
      'a replayed request, signed six minutes ago',
      () => [startCommand(), signed(startCommand(), COMMAND, 360)],
      401,
      /timestamp|stale|old/i,
    ],
    ['a signed body that is no JSON', () => ['{"type":', signed('{"type":', 'application/json')], 400, /./],
    [
      'a signed click that is not readable',
      () => [
        `payload=${encodeURIComponent('{"type":')}`,
        signed(`payload=${encodeURIComponent('{"type":')}`, COMMAND),
      ],
      400,
      /./,
    ],
    [
      'a body of two megabytes',
      () => {
        const body = `text=${'x'.repeat(2 * 1024 * 1024)}`;
        return [body, signed(body, COMMAND)];
      },
      413,
      /./,
    ],
  ];
  it.each(refused)('refuses %s', async (_what, make, status, words) => {
    await desk.settled();
    const before = await desk.rows();
    const since = logged();
    const [body, headers] = make();
    expect(await post(body, headers)).toBe(status);
    expect(await since(words)).not.toContain('this must not be kept');
    expect(await desk.rows()).toEqual(before);
  });

  it('refuses a signed command without the fields of one, and stays up', async () => {
    await desk.settled();
    const before = await desk.rows();
    const since = logged();
    const body = new URLSearchParams({ command: '/incident', text: 'note x' }).toString();
    expect(await post(body, signed(body, COMMAND))).toBeLessThan(500);
    await since(/malformed/);
    expect(await desk.rows()).toEqual(before);
    await desk.hands.ana.command(channel, 'note still here');
    await desk.event(1, 'note_added', 3);
  });
});
