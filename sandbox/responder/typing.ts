/** What a person types in an incident's channel: commands with a form behind them, and notes. */
import { type Hands, type Seen, wordsOf } from './hands.ts';

/** Types a command that opens a form, and fills that. */
export async function ask(
  hands: Hands,
  channel: string,
  text: string,
  title: RegExp,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await hands.form(title, values, () => hands.command(channel, text, () => hands.sees(title)));
}

/** A note that may have come in, although Slack says that the app did not respond, is looked for before it is typed again. */
export async function note(hands: Hands, channel: string, typed: string, words: string): Promise<void> {
  await hands.command(channel, `note ${typed}`, async () => {
    const before = hands.actor.ephemerals(channel).length;
    await hands.command(channel, 'timeline');
    const shown = await hands.wait('the timeline', channel, () =>
      (hands.actor.ephemerals(channel).slice(before) as unknown as Seen[]).find((one) =>
        one.text.startsWith('Timeline'),
      ),
    );
    return wordsOf(shown).includes(words);
  });
}

/** Starts a runbook through the form; gives the ts of the last message before it. */
export async function run(
  hands: Hands,
  channel: string,
  id: string,
  params: Readonly<Record<string, string>>,
): Promise<string> {
  const after = hands.last(channel);
  const values = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`param:${id}:${name}`, value]),
  );
  await ask(hands, channel, `run ${id}`, /run a runbook/i, values);
  return after;
}
