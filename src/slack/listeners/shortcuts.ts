/** Shortcuts of a message: put it on the timeline, or declare an incident about it. */
import type { App } from '@slack/bolt';
import { failureWords } from '../answering.ts';
import { shortcuts } from '../ids.ts';
import { plainText } from '../message-text.ts';
import { personOf, type Room } from '../room.ts';
import { declareModal, toldModal } from '../views/modals/declare.ts';
import { loadingModal, pickModal } from '../views/modals/write.ts';
import { firstSignWords } from './before-first-sign.ts';
import { actorOf, type Shortcut, shortcut } from './bolt.ts';
import { idOfMessage, keepMessage, keptOf } from './keep-message.ts';
import { openView } from './open-view.ts';
import { seenBy } from './pick.ts';

export function shortcutListener(app: App, room: Room): void {
  const listen = (
    callback: string,
    work: (body: Shortcut, ack: () => Promise<void>) => Promise<void>,
  ): void => {
    app.shortcut(callback, async ({ body, ack }) => {
      const parsed = shortcut.safeParse(body);
      if (!parsed.success) {
        room.log.warn({ callback }, 'a malformed shortcut was refused');
        return ack();
      }
      try {
        await work(parsed.data, async () => ack());
      } catch (error) {
        room.log.error({ error, callback }, 'a shortcut failed');
        await openView(room, parsed.data.trigger_id, toldModal('Not done', failureWords(room))).catch(
          () => undefined,
        );
      }
    });
  };
  listen(shortcuts.declare, (body, ack) => declareAbout(room, body, ack));
  listen(shortcuts.keepMessage, (body, ack) => keep(room, body, ack));
}

async function declareAbout(room: Room, body: Shortcut, ack: () => Promise<void>): Promise<void> {
  const { door } = room;
  const { channel, message } = body;
  const noticed = plainText(message?.text ?? '', (user) => user).slice(0, 2000);
  const data = {
    ...(channel ? { channel: channel.id } : {}),
    ...(channel && message ? { message: { channel: channel.id, ts: message.ts } } : {}),
  };
  await openView(
    room,
    body.trigger_id,
    declareModal({ catalog: door.catalog, zone: door.config.zone, data, ...(noticed ? { noticed } : {}) }),
  );
  await ack();
}

/** In an incident's channel the modal only says what was done; elsewhere it asks for which incident. */
async function keep(room: Room, body: Shortcut, ack: () => Promise<void>): Promise<void> {
  const { channel, message } = body;
  if (!channel || !message) return ack();
  const opened = await openView(room, body.trigger_id, loadingModal('Put on the timeline'));
  const actor = actorOf(body.user);
  const incident = await room.door.incidentOfChannel(channel.id);
  const show = async (view: ReturnType<typeof toldModal>): Promise<void> => {
    if (opened) await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
  };
  if (incident === undefined) {
    await ack();
    const data = {
      message: { channel: channel.id, ts: message.ts },
      ...(message.user ? { author: message.user } : {}),
    };
    return show(pickModal(await seenBy(room, actor.user), data));
  }
  const kept = keptOf(channel.id, message.ts, message);
  const id = idOfMessage(room, channel.id, message.ts, 'kept', personOf(actor).id);
  const answer = await keepMessage({ room, actor, id }, incident, kept, 'shortcut');
  await ack();
  const early = answer.ok ? await firstSignWords(room, incident, Number(message.ts) * 1000) : '';
  await show(
    answer.ok
      ? toldModal(
          'On the timeline',
          `:pushpin: ${answer.says ?? `It is on the timeline of INC-${incident}.`}${early}`,
        )
      : toldModal('Not done', `:no_entry_sign: ${answer.says}`),
  );
}
