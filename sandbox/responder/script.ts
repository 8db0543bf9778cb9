/** What a script of the responder is given, and how every incident begins and ends in Slack. */
import type { WorldPlan } from '../scenarios/scenario.ts';
import type { LocalSlack } from '../slack/server.ts';
import { CouldNot, type Hands, type Seen, wordsOf } from './hands.ts';
import { ask } from './typing.ts';

export interface Script<P extends WorldPlan = WorldPlan> {
  readonly plan: P;
  readonly slack: LocalSlack;
  /** Told to people who watch. */
  readonly say: (line: string) => void;
  /** What the platform person does at the cluster, by hand. */
  readonly repair: () => Promise<void>;
  /** ms that a person waits for one thing. */
  readonly patienceMs: number;
  /** IANA zone in which people read and type times; default UTC. */
  readonly zone?: string;
  /** With everything that people add for the report, as the sandbox shows it; tests of other things play without. */
  readonly whole?: boolean;
  /** Called before each step of the script, with its name; tests kill the bot here. */
  readonly before?: (step: string) => Promise<void>;
}

type Reached = Pick<Script, 'slack' | 'patienceMs'>;

/** Runs one step of a script: it is told, and `before` may hold it up. */
export async function step(
  script: Pick<Script, 'say' | 'before'>,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  script.say(name);
  await script.before?.(name);
  await work();
}

/** Types `/incident start` in #general and fills the form. Gives the incident's channel. */
export async function declare(
  hands: Hands,
  { slack, patienceMs }: Reached,
  title: string,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  await ask(hands, slack.channel('general'), `start ${title}`, /^declare/i, values);
  const channel = await slack.until(() => findChannel(slack), patienceMs);
  await hands.read(channel, /INC-1/);
  return channel;
}

/** Types what ends in a report (resolve, close) and gives that report's text. */
export async function reportAfter(
  hands: Hands,
  { slack, patienceMs }: Reached,
  channel: string,
  type: () => Promise<void>,
): Promise<string> {
  const after = hands.last(channel);
  await type();
  const message = await slack.until(
    () =>
      (hands.actor.history(channel) as unknown as Seen[]).findLast(
        (one) => one.ts > after && one.files?.length,
      ),
    patienceMs,
  );
  return await fileText(slack, message);
}

/**
 * After the resolve: waits until it has been compared with before the incident, and keeps what nobody recorded for now,
 * so that the incident can be closed.
 */
export async function decideTheRest(hands: Hands, channel: string, after: string): Promise<void> {
  const compared = await hands.read(channel, /Compared \d+ objects?|Not compared/, { after });
  if (/nothing that nobody recorded|Not compared/.test(wordsOf(compared))) return;
  await hands.command(channel, 'left keep rest It goes into git with the next release.');
}

/** For a pattern that finds these words as they are. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function findChannel(slack: LocalSlack): string | undefined {
  for (const [id, channel] of slack.state.channels) if (channel.name.startsWith('inc-1-')) return id;
  return undefined;
}

/** Downloads a file as a person's Slack would. */
async function fileText(slack: LocalSlack, message: Seen): Promise<string> {
  const file = message.files?.[0];
  if (!file?.url_private) throw new CouldNot('the message has no file that could be opened');
  const response = await fetch(file.url_private, { headers: { authorization: `Bearer ${slack.botToken}` } });
  if (!response.ok) throw new CouldNot(`the file ${file.name ?? ''} could not be opened: ${response.status}`);
  return response.text();
}
