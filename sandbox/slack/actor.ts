// One person at work in the local Slack: what tests, the scripted responder and the page do goes through here.

import { click, select } from './acting/clicks.ts';
import { globalShortcut, messageShortcut, slash } from './acting/commands.ts';
import type { Target } from './acting/elements.ts';
import * as messages from './acting/messages.ts';
import type { Outcome, Stage } from './acting/stage.ts';
import { type Upload, upload } from './acting/uploads.ts';
import { clickInView, dismissView, fill, submitView } from './acting/views.ts';
import type { Entered } from './blocks/interactive.ts';
import type { Json } from './blocks/rule.ts';
import type { Ephemeral } from './state/ephemerals.ts';
import type { User } from './state/people.ts';
import { stackOf, type View } from './state/views.ts';

/**
 * Everything rejects (or throws) with `CannotDo` when the person could not do it on the page; what the app
 * makes of it is in the `Outcome`. Channels are named by id or by name, views by id (the visible modal when absent).
 */
export interface Actor {
  readonly user: User;
  slash(channel: string, command: string, text: string): Promise<Outcome>;
  /** `stale`: the message as `history` gave it earlier, for a click that was under way when it changed. */
  click(channel: string, ts: string, target: Target, options?: { stale?: Json }): Promise<Outcome>;
  select(channel: string, ts: string, target: Target, value: Entered): Promise<Outcome>;
  messageShortcut(callbackId: string, channel: string, ts: string): Promise<Outcome>;
  globalShortcut(callbackId: string): Promise<Outcome>;
  /** Open modals, the visible one last. */
  openViews(): View[];
  currentView(): View | undefined;
  /** By block_id, action_id or "block_id/action_id"; a select takes an option's value or its text. */
  fill(view: string | View | undefined, values: Record<string, Entered>): Promise<Outcome>;
  clickInView(view: string | View | undefined, target: Target): Promise<Outcome>;
  submitView(view?: string | View): Promise<Outcome>;
  closeView(view?: string | View, options?: { all?: boolean }): Promise<Outcome>;
  /** The App Home as published so far; the app is told that it was opened. */
  openHome(): View | undefined;
  home(): View | undefined;
  /** Returns the ts. */
  say(channel: string, text: string, options?: { thread_ts?: string }): string;
  /** A message with a file; returns the ts. */
  upload(channel: string, file: Upload): string;
  edit(channel: string, ts: string, text: string): void;
  delete(channel: string, ts: string): void;
  react(channel: string, ts: string, emoji: string): void;
  unreact(channel: string, ts: string, emoji: string): void;
  pin(channel: string, ts: string): void;
  unpin(channel: string, ts: string): void;
  join(channel: string): void;
  leave(channel: string): void;
  invite(channel: string, who: string): void;
  createChannel(name: string, options?: { isPrivate?: boolean }): string;
  rename(channel: string, name: string): void;
  archive(channel: string): void;
  setTopic(channel: string, topic: string): void;
  /** The id of the direct message with somebody. */
  direct(who: string): string;
  /** Oldest first, as the Web API shows messages. */
  history(channel: string): Json[];
  thread(channel: string, ts: string): Json[];
  /** What only this person sees, oldest first. */
  ephemerals(channel?: string): Ephemeral[];
}

const idOf = (view: string | View | undefined): string | undefined =>
  typeof view === 'object' ? view.id : view;

export function createActor(stage: Stage, user: User): Actor {
  const { ws } = stage;
  return {
    user,
    slash: (channel, command, text) => slash(stage, user, channel, command, text),
    click: (channel, ts, target, options) => click(stage, user, channel, ts, target, options),
    select: (channel, ts, target, value) => select(stage, user, channel, ts, target, value),
    messageShortcut: (callbackId, channel, ts) => messageShortcut(stage, user, callbackId, channel, ts),
    globalShortcut: (callbackId) => globalShortcut(stage, user, callbackId),
    openViews: () => stackOf(ws, user.id),
    currentView: () => stackOf(ws, user.id).at(-1),
    fill: (view, values) => fill(stage, user, idOf(view), values),
    clickInView: (view, target) => clickInView(stage, user, idOf(view), target),
    submitView: (view) => submitView(stage, user, idOf(view)),
    closeView: (view, options) => dismissView(stage, user, idOf(view), options?.all),
    openHome: () => messages.openHome(stage, user),
    home: () => ws.views.get(ws.homes.get(user.id) ?? ''),
    say: (channel, text, options) => messages.say(stage, user, channel, text, options),
    upload: (channel, file) => upload(stage, user, channel, file),
    edit: (channel, ts, text) => messages.edit(stage, user, channel, ts, text),
    delete: (channel, ts) => messages.remove(stage, user, channel, ts),
    react: (channel, ts, emoji) => messages.react(stage, user, channel, ts, emoji, true),
    unreact: (channel, ts, emoji) => messages.react(stage, user, channel, ts, emoji, false),
    pin: (channel, ts) => messages.pin(stage, user, channel, ts, true),
    unpin: (channel, ts) => messages.pin(stage, user, channel, ts, false),
    join: (channel) => messages.join(stage, user, channel),
    leave: (channel) => messages.leave(stage, user, channel),
    invite: (channel, who) => messages.invite(stage, user, channel, who),
    createChannel: (name, options) => messages.create(stage, user, name, options?.isPrivate ?? false),
    rename: (channel, name) => messages.rename(stage, user, channel, name),
    archive: (channel) => messages.archive(stage, user, channel),
    setTopic: (channel, topic) => messages.setTopic(stage, user, channel, topic),
    direct: (who) => messages.direct(stage, user, who),
    history: (channel) => messages.history(stage, user, channel),
    thread: (channel, ts) => messages.history(stage, user, channel, ts),
    ephemerals: (channel) => {
      const wanted =
        channel === undefined
          ? undefined
          : [...ws.channels.values()].find(
              (each) => each.id === channel || each.name === channel.replace(/^#/, ''),
            )?.id;
      return ws.ephemerals.filter(
        (each) => each.user === user.id && (channel === undefined || each.channel === wanted),
      );
    },
  };
}
