// What the bot of a night complained about, without what only a busy machine does to it.
import type { Desk } from '../e2e/desk.ts';

/** A pong of the local Slack that comes late: Bolt closes the connection and opens another, and nothing is lost. */
const LATE = /A pong wasn't received from the server|the connection to Slack was closed/;

export const complaintsOf = (desk: Pick<Desk, 'bot'>): string[] =>
  desk.bot.complaints().filter((line) => !LATE.test(line));
