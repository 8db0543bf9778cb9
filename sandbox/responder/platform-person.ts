/** The scenario's platform person: sees in the channel that somebody with access is needed, and does it by hand. */
import type { LocalSlack } from '../slack/server.ts';
import { type Seen, wordsOf } from './hands.ts';

/** Looks at every change; repairs once, when a step asks for it with the commands to type, which `asked` finds. */
export function watchPlatformPerson(
  slack: LocalSlack,
  work: { readonly asked: RegExp; readonly says: string },
  repair: () => Promise<void>,
): void {
  const person = slack.as('platform');
  const watch = async (): Promise<void> => {
    const found = await slack.until(() => askedIn(slack, work.asked), 2 ** 31 - 1);
    person.join(found);
    person.say(found, `I have the access for this. ${work.says}`);
    await repair();
    person.say(found, 'Done by hand on the cluster. Please press *Done by hand*, so that Handrail looks.');
  };
  watch().catch(() => undefined);
}

function askedIn(slack: LocalSlack, asked: RegExp): string | undefined {
  for (const [id, channel] of slack.state.channels) {
    if (!channel.name.startsWith('inc-')) continue;
    const messages = slack.as('platform').history(id) as unknown as Seen[];
    if (messages.some((message) => asked.test(wordsOf(message)) && /by hand/i.test(wordsOf(message))))
      return id;
  }
  return undefined;
}
