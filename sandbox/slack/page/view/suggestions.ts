// What the message box offers while one types: the app's commands at the start, people and channels anywhere.

import type { PageState } from '../state/page-state.ts';

export interface Suggestion {
  /** Replaces what was typed of it. */
  insert: string;
  label: string;
  more: string;
}

export interface Offered {
  /** Where the text that is replaced begins; it ends at the caret. */
  from: number;
  list: Suggestion[];
}

const MOST = 8;

/** @param caret index in the text. Undefined when there is nothing to offer. */
export function suggestionsFor(state: PageState, text: string, caret: number): Offered | undefined {
  const before = text.slice(0, caret);
  if (/^\/[\w-]*$/.test(before)) {
    const list = state.session.commands
      .filter((each) => each.command.startsWith(before.toLowerCase()))
      .map(({ command, description, usageHint }) => ({
        insert: `${command} `,
        label: usageHint === undefined ? command : `${command} ${usageHint}`,
        more: description ?? `A command of ${state.session.app.name}`,
      }));
    return list.length === 0 ? undefined : { from: 0, list: list.slice(0, MOST) };
  }
  const [, lead = '', sign, word = ''] = /(^|[\s(])([@#])([\w.-]*)$/.exec(before) ?? [];
  if (sign === undefined) return undefined;
  const from = caret - word.length - 1;
  const starts = (name: string) => name.toLowerCase().startsWith(word.toLowerCase());
  const list =
    sign === '@'
      ? [
          ...state.session.people
            .filter((each) => starts(each.name) || each.realName.split(' ').some(starts))
            .map((each) => ({ insert: `@${each.name} `, label: `@${each.name}`, more: each.realName })),
          ...state.session.userGroups
            .filter((each) => starts(each.handle))
            .map((each) => ({ insert: `@${each.handle} `, label: `@${each.handle}`, more: each.name })),
        ]
      : Object.values(state.channels)
          .filter((each) => each.name !== '' && starts(each.name))
          .map((each) => ({ insert: `#${each.name} `, label: `#${each.name}`, more: each.topic }));
  return list.length === 0 || lead === undefined ? undefined : { from, list: list.slice(0, MOST) };
}

/** A text that begins with a command, taken apart; undefined for an ordinary message. */
export function commandIn(text: string): { command: string; rest: string } | undefined {
  const match = /^(\/[^\s/]+)(?:\s+([\s\S]*))?$/.exec(text.trim());
  return match === null ? undefined : { command: match[1] ?? '', rest: match[2] ?? '' };
}
