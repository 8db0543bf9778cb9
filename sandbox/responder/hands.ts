/** What a person does in the local Slack: reads the channel, types commands, fills forms, presses what is shown. */
import type { Entered } from '../slack/blocks/interactive.ts';
import type { Actor, LocalSlack } from '../slack/server.ts';

type Block = {
  type: string;
  block_id?: string;
  text?: { text?: string };
  accessory?: Element;
  elements?: Element[];
  fields?: { text?: string }[];
};
type Element = { type: string; action_id?: string; value?: string; text?: string | { text?: string }; confirm?: unknown };
export interface Seen {
  readonly ts: string;
  readonly text: string;
  readonly user?: string;
  readonly files?: readonly { readonly id: string; readonly name?: string; readonly title?: string; readonly url_private?: string }[];
  readonly blocks?: readonly Block[];
}

/** What a person could not find or do; ends the script with its words. */
export class CouldNot extends Error {}

/** All text of a message, as somebody reads it. */
export function wordsOf(message: Seen): string {
  const parts = [message.text];
  for (const block of message.blocks ?? []) {
    if (block.text?.text) parts.push(block.text.text);
    for (const field of block.fields ?? []) if (field.text) parts.push(field.text);
    for (const element of block.elements ?? []) if (typeof element.text === 'string') parts.push(element.text);
  }
  return parts.join('\n');
}

interface Shown {
  readonly ts: string;
  readonly label: string;
  readonly target: { action_id: string; block_id?: string; value?: string };
}

function buttonsOf(message: Seen): Shown[] {
  return (message.blocks ?? []).flatMap((block) =>
    [...(block.elements ?? []), ...(block.accessory ? [block.accessory] : [])]
      .filter((element) => element.type === 'button' && element.action_id)
      .map((element) => ({
        ts: message.ts,
        label: typeof element.text === 'string' ? element.text : (element.text?.text ?? ''),
        target: {
          action_id: element.action_id ?? '',
          ...(block.block_id ? { block_id: block.block_id } : {}),
          ...(element.value === undefined ? {} : { value: element.value }),
        },
      })),
  );
}

export interface Hands {
  readonly actor: Actor;
  command(channel: string, text: string): Promise<void>;
  /** Waits for the newest message after `after` whose words fit, and gives it. */
  read(channel: string, words: RegExp, options?: { after?: string; ms?: number }): Promise<Seen>;
  /** Waits for a button in a message whose words fit, and presses the newest one. Gives the message's ts. */
  press(channel: string, label: RegExp, options?: { words?: RegExp; after?: string; ms?: number }): Promise<string>;
  /** Waits for the open form with this title, fills it by block id and submits; errors of fields end the script. */
  form(title: RegExp, values: Record<string, Entered>): Promise<void>;
  /** The ts of the last message, to wait for something newer. */
  last(channel: string): string;
}

export function handsOf(slack: LocalSlack, who: string, patienceMs: number): Hands {
  const actor = slack.as(who);
  const history = (channel: string) => actor.history(channel) as unknown as Seen[];
  const waitFor = async <T>(what: string, channel: string | undefined, look: () => T | undefined, ms = patienceMs): Promise<T> => {
    try {
      return (await slack.until(look, ms)) as T;
    } catch {
      const last = channel === undefined ? [] : history(channel).slice(-3).map(wordsOf);
      const seen = last.length > 0 ? ` The last messages were:\n${last.join('\n---\n')}` : '';
      throw new CouldNot(`${who} waited ${Math.round(ms / 1000)} s in vain for ${what}.${seen}`);
    }
  };
  return {
    actor,
    last: (channel) => history(channel).at(-1)?.ts ?? '0',
    async command(channel, text) {
      const outcome = await actor.slash(channel, '/incident', text);
      if (!outcome.ok) throw new CouldNot(`/incident ${text}: ${outcome.text ?? outcome.error ?? 'it did not work'}`);
    },
    read: (channel, words, { after = '0', ms } = {}) =>
      waitFor(
        `a message like ${words.source}`,
        channel,
        () => history(channel).findLast((message) => message.ts > after && words.test(wordsOf(message))),
        ms,
      ),
    async press(channel, label, { words, after = '0', ms } = {}) {
      const found = await waitFor(
        `the button ${label.source}${words ? ` in ${words.source}` : ''}`,
        channel,
        () => {
          const messages = history(channel).filter((one) => one.ts > after && (!words || words.test(wordsOf(one))));
          return messages.flatMap(buttonsOf).findLast((shown) => label.test(shown.label));
        },
        ms,
      );
      const outcome = await actor.click(channel, found.ts, found.target);
      if (!outcome.ok) throw new CouldNot(`pressing ${found.label}: ${outcome.text ?? outcome.error ?? 'it did not work'}`);
      return found.ts;
    },
    async form(title, values) {
      const shownAs = (view: unknown) => (view as { title?: { text?: string } } | undefined)?.title?.text ?? '';
      await waitFor(`the form ${title.source}`, undefined, () => (title.test(shownAs(actor.currentView())) ? true : undefined));
      for (const [block, value] of Object.entries(values)) {
        await waitFor(`the field ${block} of ${title.source}`, undefined, () => {
          const view = actor.currentView() as { blocks?: Block[] } | undefined;
          return view?.blocks?.some((one) => one.block_id === block) ? true : undefined;
        });
        await actor.fill(undefined, { [block]: value });
      }
      const outcome = await actor.submitView();
      const errors = Object.entries(outcome.errors ?? {}).map(([block, words]) => `${block}: ${words}`);
      if (!outcome.ok || errors.length > 0)
        throw new CouldNot(`the form ${title.source}: ${errors.join('; ') || outcome.text || outcome.error || 'it was refused'}`);
    },
  };
}
