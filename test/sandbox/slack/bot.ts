// A small Bolt app for the tests of the local Slack, over Socket Mode or HTTP.

import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../../../sandbox/slack/server.ts';

export const people = [
  { name: 'ann' },
  { name: 'ben', admin: true },
  { name: 'cat', timeZone: 'Europe/Zurich' },
];

export type Mode = 'socket' | 'http';

const nothing = () => {};
/** The clients' own complaints about injected faults would drown the tests' output. */
export const logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => LogLevel.ERROR,
};
const quiet = { logger };

export interface Running {
  slack: LocalSlack;
  app: App;
  /** Undocumented answers and failures of the server: a test expects none. */
  bugs: Error[];
  stop(): Promise<void>;
}

/** Starts a local Slack and an app that `build` furnished, and connects them. */
export async function start(
  mode: Mode,
  build: (app: App, slack: LocalSlack) => void = () => {},
  options: Partial<LocalSlackOptions> = {},
): Promise<Running> {
  const bugs: Error[] = [];
  const slack = await startLocalSlack({
    people,
    channels: ['incidents'],
    retryScheduleMs: [0, 200, 400],
    onBug: (error) => bugs.push(error),
    ...(mode === 'http' ? { delivery: { http: 'http://127.0.0.1:1/slack/events' } } : {}),
    ...options,
  });
  const { app, stop } = await connect(slack, mode, build);
  return {
    slack,
    app,
    bugs,
    async stop() {
      await stop();
      await slack.close();
    },
  };
}

/** One more app process on the same local Slack. */
export async function connect(slack: LocalSlack, mode: Mode, build: (app: App, slack: LocalSlack) => void) {
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger };
  const receiver =
    mode === 'socket'
      ? new SocketModeReceiver({
          appToken: slack.appToken,
          clientPingTimeout: 300,
          installerOptions: { clientOptions },
          ...quiet,
        })
      : new HTTPReceiver({ signingSecret: slack.signingSecret, ...quiet });
  const app = new App({ token: slack.botToken, receiver, clientOptions, ...quiet });
  app.error(async () => {});
  build(app, slack);
  const before = slack.connections;
  const server = (await app.start(0)) as unknown;
  if (mode === 'http') {
    const { port } = (server as import('node:http').Server).address() as import('node:net').AddressInfo;
    slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
  } else await until(() => slack.connections > before);
  return {
    app,
    stop: async () => {
      await app.stop();
    },
  };
}

/** Waits for a condition; fails after ten seconds. */
export async function until<T>(condition: () => T, what = String(condition)): Promise<NonNullable<T>> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const plain = (text: string) => ({ type: 'plain_text' as const, text });
export const section = (text: string) => ({
  type: 'section' as const,
  text: { type: 'mrkdwn' as const, text },
});
export const button = (action_id: string, value = 'v') => ({
  type: 'actions' as const,
  elements: [{ type: 'button' as const, action_id, value, text: plain(action_id) }],
});
