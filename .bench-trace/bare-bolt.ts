/** What everything is measured beside: a Bolt app that does one INSERT and then acknowledges. A program of its own. */
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import pg from 'pg';

const {
  SLACK_BOT_TOKEN: token = '',
  SLACK_APP_TOKEN: appToken,
  SLACK_API_URL: slackApiUrl = '',
} = process.env;
const { SLACK_SIGNING_SECRET: signingSecret = '', DATABASE_URL: connectionString, PORT } = process.env;
const pool = new pg.Pool({ connectionString, max: 10 });
const quiet = {
  debug() {},
  info() {},
  warn() {},
  error: console.error,
  setLevel() {},
  getLevel: () => 'error',
  setName() {},
};
const logger = quiet as never;

const receiver = appToken
  ? new SocketModeReceiver({ appToken, logger, installerOptions: { clientOptions: { slackApiUrl } } })
  : new HTTPReceiver({ signingSecret, logger });
const app = new App({ token, receiver, logger, clientOptions: { slackApiUrl } });

app.command('/incident', async ({ command, ack }) => {
  await pool.query({
    name: 'note',
    text: 'insert into bare_notes (channel, person, command, text, at) values ($1, $2, $3, $4, $5) returning id',
    values: [command.channel_id, command.user_id, command.trigger_id, command.text, Date.now()],
  });
  await ack({ response_type: 'ephemeral', text: ':memo: Noted.' });
});

await pool.query(
  `create table if not exists bare_notes
   (id bigserial primary key, channel text, person text, command text unique, text text, at bigint)`,
);
await (receiver instanceof HTTPReceiver ? receiver.start(Number(PORT)) : app.start());
process.send?.({ ready: true });

process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
