// Clicks and choices on messages: only on what is shown now, except where a test asks for a stale one.

import { type Entered, keptValues, shownValues } from '../blocks/interactive.ts';
import type { Json } from '../blocks/rule.ts';
import { actionPayload, type Surface } from '../delivery/payloads.ts';
import { messageObject } from '../state/messages.ts';
import type { User } from '../state/people.ts';
import { chosen, clicked, entered, type Found, findElement, type Target } from './elements.ts';
import { CannotDo, joined, type Outcome, outcomeOf, type Stage } from './stage.ts';

interface Shown {
  surface: Surface;
  blocks: readonly unknown[];
  key: string;
}

/** @param stale the message as it was shown before, for a click that was on its way when it changed. */
function shown(stage: Stage, user: User, where: string, ts: string, stale?: Json): Shown {
  const { ws } = stage;
  const channel = joined(stage, user, where);
  const key = `${user.id}:${channel.id}:${ts}`;
  const ephemeral = ws.ephemerals.find(
    (each) => each.ts === ts && each.user === user.id && each.channel === channel.id,
  );
  if (ephemeral !== undefined)
    return { surface: { kind: 'ephemeral', channel, ephemeral }, blocks: ephemeral.blocks ?? [], key };
  const message = channel.messages.get(ts);
  if (stale !== undefined) {
    const old = (message ?? {
      type: 'message',
      ts,
      user: ws.app.botUserId,
      text: '',
      reactions: new Map(),
    }) as never;
    return {
      surface: { kind: 'message', channel, message: old, shown: stale },
      blocks: (stale.blocks as unknown[]) ?? [],
      key,
    };
  }
  if (message === undefined) throw new CannotDo(`#${channel.name} shows ${user.name} no message ${ts}`);
  const object = structuredClone(messageObject(ws, channel, message));
  return { surface: { kind: 'message', channel, message, shown: object }, blocks: message.blocks ?? [], key };
}

async function send(
  stage: Stage,
  user: User,
  { surface, blocks, key }: Shown,
  found: Found,
  action: Json,
): Promise<Outcome> {
  const values = shownValues(blocks, stage.ws.entered.get(key) ?? {});
  if (keptValues[String(found.element.type)] !== undefined) stage.ws.entered.set(key, values);
  const payload = actionPayload(stage.ws, user, surface, action, values);
  return outcomeOf('That', await stage.courier.ask('interactive', payload));
}

/** Clicks a button, or an entry of an overflow menu, of a message or an ephemeral. @throws CannotDo when it is not shown. */
export async function click(
  stage: Stage,
  user: User,
  where: string,
  ts: string,
  target: Target,
  options: { stale?: Json } = {},
): Promise<Outcome> {
  const place = shown(stage, user, where, ts, options.stale);
  const found = findElement(place.blocks, target, `message ${ts}`);
  return send(stage, user, place, found, clicked(found, target));
}

/** Chooses in a menu, a picker or a list of boxes of a message. */
export async function select(
  stage: Stage,
  user: User,
  where: string,
  ts: string,
  target: Target,
  value: Entered,
): Promise<Outcome> {
  const place = shown(stage, user, where, ts);
  const found = findElement(place.blocks, { ...target, value: undefined }, `message ${ts}`);
  const state = entered(found, value);
  const before = stage.ws.entered.get(place.key) ?? {};
  const blockId = String(found.block.block_id);
  stage.ws.entered.set(place.key, {
    ...before,
    [blockId]: { ...before[blockId], [target.action_id]: state },
  });
  return send(stage, user, place, found, chosen(found, state));
}
