/** Connects to Slack: checks the token and its permissions, registers every listener, keeps the connection. */
import { App, type HTTPReceiver, webApi } from '@slack/bolt';
import type { Effect } from '../incidents/react.ts';
import { catchUp } from './catch-up.ts';
import type { Door, Log, Published, Shown } from './door.ts';
import { type Fetched, fetchFile } from './fetch-file.ts';
import { buttonListener } from './listeners/buttons.ts';
import { commandListener } from './listeners/commands.ts';
import { messageListeners } from './listeners/messages.ts';
import { modalListener } from './listeners/modals.ts';
import { shortcutListener } from './listeners/shortcuts.ts';
import { membersOf } from './members.ts';
import { type Messages, messagesOver } from './messages.ts';
import { peopleOf } from './people.ts';
import { publish } from './publish/publish.ts';
import { boltLogger, httpReceiver, type Problems, socketReceiver } from './receiver.ts';
import type { Room } from './room.ts';
import { missingScopeWords } from './scopes.ts';

export type SlackSettings =
  | {
      readonly mode: 'socket';
      readonly botToken: string;
      readonly appToken: string;
      readonly apiUrl?: string;
    }
  | {
      readonly mode: 'http';
      readonly botToken: string;
      readonly signingSecret: string;
      readonly apiUrl?: string;
      /** 0 takes a free one. */
      readonly port: number;
    };

export interface SlackConnection {
  publish(effect: Effect, shown: Shown): Promise<Published>;
  /** Fetches what was missed in the channels of open incidents. Runs by itself at every connection. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
  /** True while Slack's events arrive. */
  readonly ready: boolean;
  /** In words, each with what it is for; empty when all is granted. */
  readonly missingScopes: readonly string[];
  /** The port of HTTP mode. */
  readonly port?: number;
  /** Members of a Slack user group, at most a minute old; for the rights of who asks. */
  groupMembers(usergroup: string): Promise<readonly string[]>;
  /** A file of a message by Slack's id, at most so many bytes; the bot's token goes to Slack's own address only. */
  fetchFile(file: string, most: number, signal: AbortSignal): Promise<Fetched>;
  /** Tells contacts outside the incident's channel. */
  readonly messages: Messages;
}

/** A token or a setting that cannot work; told to whoever starts Handrail. */
export class CannotConnect extends Error {
  constructor(says: string) {
    super(says);
    this.name = 'CannotConnect';
  }
}

/** ms; a call that hangs must not hold a channel's work for ever. */
const callTimeout = 15_000;

/**
 * Checks the token (`auth.test`) and names the permissions that are missing, registers the listeners and starts.
 * @throws CannotConnect for a token that Slack refuses, or a port in use. A Slack that cannot be reached later is waited for.
 */
export async function connectSlack(options: {
  settings: SlackSettings;
  door: Door;
  log: Log;
  /** For HTTP mode's /healthz. */
  problems?: Problems;
}): Promise<SlackConnection> {
  const { settings, door, log } = options;
  const clientOptions = {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: callTimeout,
    logger: boltLogger(log) as never,
    ...(settings.apiUrl ? { slackApiUrl: settings.apiUrl } : {}),
  };
  const client = new webApi.WebClient(settings.botToken, clientOptions);
  const me = await whoAmI(client);
  const granted = new Set(me.response_metadata?.scopes ?? []);
  const missingScopes = missingScopeWords(granted);
  for (const words of missingScopes)
    log.warn(
      {},
      `Slack has not granted ${words}. Add it from slack/manifest.yaml and install the app again.`,
    );

  const now = (): number => door.now();
  const people = peopleOf(client, now, (id) => door.nameOf?.(id));
  const team = { id: me.team_id ?? '', url: me.url ?? '' };
  const bot = { user: me.user_id ?? '' };
  const room: Room = { door, client, log, people, members: membersOf(client, now), team, bot };

  let catching: Promise<void> | undefined;
  const missed = (): Promise<void> => {
    catching ??= catchUp(room).finally(() => {
      catching = undefined;
    });
    return catching;
  };
  const inBackground = (): void => {
    missed().catch((error: unknown) => log.error({ error }, 'what was missed could not be fetched'));
  };
  const socket =
    settings.mode === 'socket'
      ? socketReceiver(
          { ...settings, log, fatal: (error) => tokenProblem(error, 'SLACK_APP_TOKEN') !== undefined },
          inBackground,
        )
      : undefined;
  const http =
    settings.mode === 'http'
      ? httpReceiver(settings.signingSecret, log, options.problems ?? (async () => []))
      : undefined;
  const receiver = (socket?.receiver ?? http) as HTTPReceiver;
  // The token is known to be good: authorising an event costs no call.
  const authorize = async () => ({
    botToken: settings.botToken,
    botId: me.bot_id ?? '',
    botUserId: bot.user,
    teamId: team.id,
  });
  const app = new App({ receiver, authorize, clientOptions, logger: boltLogger(log) });
  app.error(async (error) => log.error({ error }, 'a listener failed'));
  commandListener(app, room);
  buttonListener(app, room);
  modalListener(app, room);
  shortcutListener(app, room);
  messageListeners(app, room);

  const port = http && settings.mode === 'http' ? await listen(http, settings.port) : undefined;
  if (socket)
    await socket.start().catch((error: unknown) => {
      throw new CannotConnect(tokenProblem(error, 'SLACK_APP_TOKEN') ?? String(error));
    });
  if (http) inBackground();

  const drawn = new Map<string, string>();
  const publisher = { client, people, catalog: door.catalog, config: door.config, log, team, bot, drawn };
  let open = true;
  return {
    publish: (effect, shown) => publish(publisher, effect, shown),
    catchUp: missed,
    missingScopes,
    ...(port === undefined ? {} : { port }),
    messages: messagesOver(client),
    groupMembers: (usergroup) => people.groupMembers(usergroup),
    fetchFile: (file, most, signal) =>
      fetchFile({ client, token: settings.botToken, apiUrl: settings.apiUrl }, file, most, signal),
    get ready() {
      return open && (socket?.connected ?? true);
    },
    async close() {
      open = false;
      await (socket ? socket.stop() : http?.stop());
    },
  };
}

async function whoAmI(client: webApi.WebClient): Promise<webApi.AuthTestResponse> {
  try {
    return await client.auth.test();
  } catch (error) {
    const words = tokenProblem(error, 'SLACK_BOT_TOKEN');
    throw new CannotConnect(
      words ?? `Slack cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const badToken = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);

function tokenProblem(error: unknown, variable: string): string | undefined {
  const code = error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
  if (code === undefined || !badToken.has(code)) return undefined;
  return `${variable}: Slack refuses the token (${code}). Copy it again from the app's settings.`;
}

async function listen(http: HTTPReceiver, port: number): Promise<number> {
  try {
    const server = await http.start(port);
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CannotConnect(
      code === 'EADDRINUSE'
        ? `Port ${port} is in use. Set another one in PORT.`
        : `Port ${port} cannot be opened (${code}).`,
    );
  }
}
