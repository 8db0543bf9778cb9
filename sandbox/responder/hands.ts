/** What a person does in the local Slack: reads the channel, types commands, fills forms, presses what is shown. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Entered } from '../slack/blocks/interactive.ts';
import { type Actor, CannotDo, type LocalSlack, type Outcome } from '../slack/server.ts';

type Block = {
  type: string;
  block_id?: string;
  text?: { text?: string };
  accessory?: Element;
  elements?: Element[];
  fields?: { text?: string }[];
};
type Element = {
  type: string;
  action_id?: string;
  value?: string;
  text?: string | { text?: string };
  confirm?: unknown;
};
export interface Seen {
  readonly ts: string;
  readonly text: string;
  readonly user?: string;
  readonly files?: readonly {
    readonly id: string;
    readonly name?: string;
    readonly title?: string;
    readonly url_private?: string;
  }[];
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
    for (const element of block.elements ?? [])
      if (typeof element.text === 'string') parts.push(element.text);
  }
  return parts.join('\n');
}

/** Slack's ways to say that the app did not hear it, or ended before it answered. */
const LOST: ReadonlySet<Outcome['error']> = new Set([
  'not_connected',
  'operation_timeout',
  'dispatch_failed',
]);
/** ms between two tries while the app is away. */
const AGAIN_MS = 200;
/** ms after which a form that does not get its fields is opened again. */
const FORM_MS = 8000;

export interface Shown {
  readonly ts: string;
  readonly label: string;
  readonly target: { action_id: string; block_id?: string; value?: string };
}

export function buttonsOf(message: Seen): Shown[] {
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
  /**
   * What Slack says was lost is typed again. `there` says whether the first one came in all the same, where a second
   * one would be one too many.
   */
  command(channel: string, text: string, there?: () => unknown): Promise<void>;
  /** Waits for the newest message after `after` whose words fit, and gives it. */
  read(channel: string, words: RegExp, options?: { after?: string; ms?: number }): Promise<Seen>;
  /** Waits until `look` gives something, asked again after everything that happens in Slack. */
  wait<T>(what: string, channel: string, look: (messages: readonly Seen[]) => T): Promise<NonNullable<T>>;
  /** Waits for a button in a message whose words fit, and presses the newest one. Gives the message's ts. */
  press(
    channel: string,
    label: RegExp,
    options?: { words?: RegExp; after?: string; ms?: number; there?: () => unknown },
  ): Promise<string>;
  /** Presses this button, again when that was lost, the button is still shown, and `there` does not say that it came in. */
  click(channel: string, shown: Shown, there?: () => unknown): Promise<void>;
  /**
   * Waits for the open form with this title, fills it by block id and submits; errors of fields end the script.
   * `open`: what opens it, done again when the form stays away or empty because the app ended in the meantime.
   */
  form(title: RegExp, values: Record<string, Entered>, open?: () => Promise<void>): Promise<void>;
  /** Whether a form with this title is open. */
  sees(title: RegExp): boolean;
  /** The shortcut of a message. */
  shortcut(callbackId: string, channel: string, ts: string): Promise<void>;
  /** The ts of the last message, to wait for something newer. */
  last(channel: string): string;
}

export function handsOf(slack: LocalSlack, who: string, patienceMs: number): Hands {
  const actor = slack.as(who);
  const history = (channel: string) => actor.history(channel) as unknown as Seen[];
  const waitFor = async <T>(what: string, channel: string | undefined, look: () => T, ms = patienceMs) => {
    try {
      return await slack.until(look, ms);
    } catch {
      const last = channel === undefined ? [] : history(channel).slice(-3).map(wordsOf);
      const seen = last.length > 0 ? ` The last messages were:\n${last.join('\n---\n')}` : '';
      throw new CouldNot(`${who} waited ${Math.round(ms / 1000)} s in vain for ${what}.${seen}`);
    }
  };
  /** Does it until Slack says that it arrived. */
  const insist = async (
    what: string,
    act: () => Promise<Outcome>,
    there?: () => unknown,
  ): Promise<Outcome> => {
    const end = performance.now() + patienceMs;
    for (;;) {
      const outcome = await act();
      if (outcome.ok || !LOST.has(outcome.error)) return outcome;
      if (performance.now() > end) throw new CouldNot(`${what}: ${outcome.text ?? outcome.error}`);
      await pause(AGAIN_MS);
      if (await there?.()) return { ok: true };
    }
  };
  const good = (what: string, outcome: Outcome) => {
    const errors = Object.entries(outcome.errors ?? {}).map(([block, words]) => `${block}: ${words}`);
    if (!outcome.ok || errors.length > 0)
      throw new CouldNot(
        `${what}: ${errors.join('; ') || outcome.text || outcome.error || 'it did not work'}`,
      );
  };
  const titleOf = () => (actor.currentView() as { title?: { text?: string } } | undefined)?.title?.text ?? '';
  const blocksOf = () => (actor.currentView() as { blocks?: Block[] } | undefined)?.blocks ?? [];
  const hands: Hands = {
    actor,
    last: (channel) => history(channel).at(-1)?.ts ?? '0',
    sees: (title) => title.test(titleOf()),
    async command(channel, text, there) {
      const what = `/incident ${text}`;
      good(what, await insist(what, () => actor.slash(channel, '/incident', text), there));
    },
    read: (channel, words, { after = '0', ms } = {}) =>
      waitFor(
        `a message like ${words.source}`,
        channel,
        () => history(channel).findLast((message) => message.ts > after && words.test(wordsOf(message))),
        ms,
      ),
    wait: (what, channel, look) => waitFor(what, channel, () => look(history(channel))),
    async press(channel, label, { words, after = '0', ms, there } = {}) {
      const found = await waitFor(
        `the button ${label.source}${words ? ` in ${words.source}` : ''}`,
        channel,
        () => {
          const messages = history(channel).filter(
            (one) => one.ts > after && (!words || words.test(wordsOf(one))),
          );
          return messages.flatMap(buttonsOf).findLast((shown) => label.test(shown.label));
        },
        ms,
      );
      await hands.click(channel, found, there);
      return found.ts;
    },
    async click(channel, { ts, target, label }, there) {
      let tries = 0;
      const act = () => {
        tries++;
        return actor.click(channel, ts, target).catch((error: unknown): Outcome => {
          // It came in before the app ended, and the message was drawn anew since.
          if (error instanceof CannotDo && tries > 1) return { ok: true };
          throw error;
        });
      };
      good(`pressing ${label}`, await insist(`pressing ${label}`, act, there));
    },
    async form(title, values, open) {
      const end = performance.now() + patienceMs;
      const fields = async (ms: number) => {
        await waitFor(`the form ${title.source}`, undefined, () => title.test(titleOf()), ms);
        for (const block of Object.keys(values))
          await waitFor(
            `the field ${block} of ${title.source}`,
            undefined,
            () => blocksOf().some((one) => one.block_id === block),
            ms,
          );
      };
      if (!open) await fields(patienceMs);
      else
        for (;;) {
          await open();
          const failed = await fields(FORM_MS).then(
            () => undefined,
            (error: unknown) => (error instanceof Error ? error : new CouldNot(String(error))),
          );
          if (!failed) break;
          if (performance.now() > end) throw failed;
          if (titleOf() !== '') await actor.closeView(undefined, { all: true });
        }
      for (const [block, value] of Object.entries(values)) await actor.fill(undefined, { [block]: value });
      good(`the form ${title.source}`, await insist(`the form ${title.source}`, () => actor.submitView()));
    },
    async shortcut(callbackId, channel, ts) {
      good(
        'the shortcut',
        await insist('the shortcut', () => actor.messageShortcut(callbackId, channel, ts)),
      );
    },
  };
  return hands;
}
