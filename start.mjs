/**
 * `npm start`: the bot when the environment has anything of a Slack app or `--production` is given, else the sandbox.
 * A variable that is set but empty counts: it was meant. What is missing beside it is the bot's to say.
 */
import { launch } from './launch/launch.mjs';

const args = process.argv.slice(2);
const slack = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'];
const bot = args.includes('--production') || slack.some((name) => process.env[name] !== undefined);

await launch(bot ? 'src/main.ts' : 'sandbox/main.ts', args);
