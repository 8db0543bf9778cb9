/** The two ways in which Slack reaches Handrail: a socket that we keep open, or signed requests to our port. */
import { HTTPReceiver, type LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { Log } from './door.ts';

/** As Bolt wants its logger. */
export interface BoltLogger {
  debug(...words: unknown[]): void;
  info(...words: unknown[]): void;
  warn(...words: unknown[]): void;
  error(...words: unknown[]): void;
  setLevel(level: LogLevel): void;
  getLevel(): LogLevel;
  setName(name: string): void;
}

/** Bolt's lines in our log. What it says at level info is of no use to an operator. */
export function boltLogger(log: Log): BoltLogger {
  const words = (parts: unknown[]): string =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => {},
    info: (...parts) => log.debug({ from: 'bolt' }, words(parts)),
    warn: (...parts) => log.warn({ from: 'bolt' }, words(parts)),
    error: (...parts) => log.error({ from: 'bolt' }, words(parts)),
    setLevel: () => {},
    getLevel: () => 'info' as LogLevel,
    setName: () => {},
  };
}

/** Slack's payloads are far smaller; measured with full modals: under 100 kB. */
const bodyLimit = 1024 * 1024;

/** What does not work now, in words; none is healthy. Answered at /healthz on the port of Slack's requests. */
export type Problems = () => Promise<readonly string[]>;

export function httpReceiver(signingSecret: string, log: Log, problems: Problems): HTTPReceiver {
  // Bolt checks the signature and refuses what is older than 5 minutes: 401, logged, no listener is called.
  return new HTTPReceiver({
    signingSecret,
    logger: boltLogger(log),
    bodyLimit,
    customRoutes: [
      {
        path: '/healthz',
        method: ['GET'],
        handler: (_request, response) => {
          const answer = (found: readonly string[]): void => {
            response.writeHead(found.length === 0 ? 200 : 503, {
              'content-type': 'text/plain; charset=utf-8',
            });
            response.end(found.length === 0 ? 'ok\n' : `${found.join('\n')}\n`);
          };
          problems().then(answer, (error: unknown) => answer([String(error)]));
        },
      },
    ],
  });
}

export interface Socket {
  readonly receiver: SocketModeReceiver;
  /** Connects, and stays connected until `stop`. Rejects when the first connection fails for good. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly connected: boolean;
}

/**
 * A socket with a reconnection of our own. The client's (@slack/socket-mode 3.1.0) gives up for good on a network error
 * while it reconnects, by an unhandled rejection, and always waits 5 s first (facts/slack.md).
 */
export function socketReceiver(
  given: { appToken: string; apiUrl?: string; log: Log; fatal: (error: unknown) => boolean },
  onConnected: (again: boolean) => void,
): Socket {
  const { appToken, apiUrl, log } = given;
  const receiver = new SocketModeReceiver({
    appToken,
    logger: boltLogger(log),
    autoReconnectEnabled: false,
    installerOptions: {
      clientOptions: { retryConfig: { retries: 0 }, ...(apiUrl ? { slackApiUrl: apiUrl } : {}) },
    },
  });
  const { client } = receiver;
  let stopping = false;
  let connected = false;
  let before = false;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  client.on('connected', () => {
    connected = true;
    failures = 0;
    onConnected(before);
    before = true;
  });
  client.on('disconnected', () => {
    if (!connected) return;
    connected = false;
    log.warn({}, 'the connection to Slack was closed');
    again(0);
  });

  /** At once, then after 0.5 s, 1 s, 2 s, … at most 30 s. */
  function again(delay: number): void {
    if (stopping || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      connect().catch((error: unknown) => {
        failures++;
        log.warn(
          { error: error instanceof Error ? error.message : String(error), failures },
          'Slack cannot be reached',
        );
        again(Math.min(30_000, 500 * 2 ** Math.min(failures - 1, 6)));
      });
    }, delay);
  }

  async function connect(): Promise<void> {
    if (stopping) return;
    await client.start();
  }

  return {
    receiver,
    get connected() {
      return connected;
    },
    async start() {
      try {
        await connect();
      } catch (error) {
        if (given.fatal(error)) throw error;
        log.warn(
          { error: error instanceof Error ? error.message : String(error) },
          'Slack cannot be reached; trying again',
        );
        failures++;
        again(500);
      }
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (connected) await client.disconnect();
      connected = false;
    },
  };
}
