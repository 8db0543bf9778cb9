// HTTP mode: what Slack did not sign, or signed long ago, reaches no listener.

import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { CannotConnect, connectSlack } from '../../src/slack/connect.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(async () => {
  await world.stop();
});

const body =
  'command=%2Fincident&text=note%20x&team_id=T1&channel_id=C1&user_id=U1&user_name=x&trigger_id=1.2';

async function post(text: string, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${world.connection.port}/slack/events`, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  return answer.status;
}

function signed(text: string, at: number): Record<string, string> {
  const stamp = String(Math.floor(at / 1000));
  const hash = createHmac('sha256', world.slack.signingSecret).update(`v0:${stamp}:${text}`).digest('hex');
  return { 'x-slack-request-timestamp': stamp, 'x-slack-signature': `v0=${hash}` };
}

describe('a request', () => {
  it('unsigned, forged, replayed, malformed or huge is refused, logged, and stored nowhere', async () => {
    world = await startWorld({ mode: 'http' });
    expect(await post(body, {})).toBe(401);
    expect(await post(body, { ...signed(body, Date.now()), 'x-slack-signature': 'v0=00' })).toBe(401);
    expect(await post(body, signed(body, Date.now() - 6 * 60_000))).toBe(401);
    expect(await post('payload={not json', signed('payload={not json', Date.now()))).toBe(400);
    expect(await post('x'.repeat(2_000_000), signed('x', Date.now()))).toBe(413);
    expect(world.commands).toEqual([]);
    expect(world.warnings.length).toBeGreaterThanOrEqual(5);
  });

  it('signed but not what Slack sends is acknowledged and stored nowhere', async () => {
    world = await startWorld({ mode: 'http' });
    const odd = 'command=%2Fincident&text=note%20x';
    expect(await post(odd, signed(odd, Date.now()))).toBe(200);
    expect(world.commands).toEqual([]);
    expect(world.warnings.some((line) => line.includes('malformed slash command'))).toBe(true);
  });
});

describe('a start', () => {
  it('with a token that Slack refuses says which one', async () => {
    world = await startWorld();
    const options = { door: {} as never, log: { debug() {}, info() {}, warn() {}, error() {} } };
    const { apiUrl, botToken } = world.slack;
    const bad = connectSlack({
      ...options,
      settings: { mode: 'socket', botToken: 'xoxb-wrong', appToken: 'xapp', apiUrl },
    });
    await expect(bad).rejects.toThrow(/SLACK_BOT_TOKEN: Slack refuses the token/);
    const badApp = connectSlack({
      ...options,
      door: { now: Date.now, openIncidents: async () => [] } as never,
      settings: { mode: 'socket', botToken, appToken: 'xapp-wrong', apiUrl },
    });
    await expect(badApp).rejects.toThrow(/SLACK_APP_TOKEN: Slack refuses the token/);
    await expect(badApp).rejects.toBeInstanceOf(CannotConnect);
  });
});
