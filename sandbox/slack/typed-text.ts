// Turns what a person types into what Slack stores: entities escaped, mentions, channels and links marked.

import { findChannel } from './state/channels.ts';
import { findUser } from './state/people.ts';
import type { Workspace } from './state/workspace.ts';

/** Tokens that a client puts in itself and that stay as they are: people, channels, groups, dates, links. */
const TOKENS = /<(?:[@#!][^<>\s][^<>]*|https?:\/\/[^<>\s]+|mailto:[^<>\s]+)>/g;

const escape = (text: string): string =>
  text
    .replace(/&(?!(?:amp|lt|gt);)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');

function outsideTokens(text: string, change: (part: string) => string): string {
  let result = '';
  let from = 0;
  for (const token of text.matchAll(TOKENS)) {
    result += change(text.slice(from, token.index)) + token[0];
    from = token.index + token[0].length;
  }
  return result + change(text.slice(from));
}

/** @name -> `<@U...>`, #channel -> `<#C...|channel>`; names that nobody has stay as typed. */
function mark(ws: Workspace, text: string, user: (id: string, name: string) => string): string {
  const people = text.replace(
    /(^|[\s(])@([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])/gi,
    (all, before: string, name: string) => {
      if (name === 'here' || name === 'channel' || name === 'everyone') return `${before}<!${name}>`;
      const found = findUser(ws, name.toLowerCase());
      if (found !== undefined) return `${before}${user(found.id, found.name)}`;
      const group = [...ws.userGroups.values()].find((each) => each.handle === name.toLowerCase());
      return group === undefined ? all : `${before}<!subteam^${group.id}|@${group.handle}>`;
    },
  );
  return people.replace(/(^|[\s(])#([a-z0-9][a-z0-9_-]*)/g, (all, before: string, name: string) => {
    const found = findChannel(ws, name);
    return found === undefined || found.kind === 'im' ? all : `${before}<#${found.id}|${found.name}>`;
  });
}

/** A message as typed in the composer. */
export function messageText(ws: Workspace, typed: string): string {
  return outsideTokens(typed, (part) =>
    mark(ws, escape(part), (id) => `<@${id}>`).replace(/(^|\s)(https?:\/\/[^\s<>|]+)/g, '$1<$2>'),
  );
}

/** The text behind a slash command. With `shouldEscape` (an app's setting) mentions become ids, as in `<@U1|ann>`. */
export function commandText(ws: Workspace, typed: string, shouldEscape: boolean): string {
  const trimmed = typed.trim();
  if (!shouldEscape) return trimmed;
  return outsideTokens(trimmed, (part) => mark(ws, part, (id, name) => `<@${id}|${name}>`));
}
