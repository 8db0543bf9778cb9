/** Draws the pinned card, the topic, and the list of what is left, all from the newest state. */

import { card, cardText, topic } from '../views/card.ts';
import { targetAnswered } from '../views/proposals.ts';
import { drawAnnouncements } from './announce.ts';
import { drawLeft } from './left.ts';
import type { Stage } from './stage.ts';

export async function publishCard(stage: Stage, channel: string): Promise<void> {
  const { incident, awaySince } = stage.shown;
  const message = { text: cardText(incident), blocks: card(incident, awaySince) };
  const place = stage.posted('card');
  if (awaySince !== undefined) {
    // Only what is there already is changed: where something new stands could not be recorded now.
    if (place) await stage.update('the card', place, message);
    return;
  }
  const there = place ? await stage.update('the card', place, message) : false;
  if (!there) await postCard(stage, channel);
  await setTopic(stage, channel);
  await settleTarget(stage);
  await drawLeft(stage);
  await drawAnnouncements(stage, channel);
}

/** The question about the target loses its button once a target is confirmed. */
async function settleTarget(stage: Stage): Promise<void> {
  const { incident } = stage.shown;
  const asked = stage.posted('target');
  if (!asked || incident.proposed) return;
  await stage.update('the question about the target', asked, targetAnswered(incident));
}

/** Posts the card and pins it. */
export async function postCard(stage: Stage, channel: string): Promise<void> {
  const { incident } = stage.shown;
  const place = await stage.post('card', channel, { text: cardText(incident), blocks: card(incident) });
  if (!place) return;
  await stage.attempt(
    'pin the card',
    () => stage.client.pins.add({ channel, timestamp: place.ts }),
    new Set(['already_pinned', 'message_not_found']),
  );
}

/** Setting a topic writes a line into the channel, so it is set only when it changes. */
export async function setTopic(stage: Stage, channel: string): Promise<void> {
  const words = topic(stage.shown.incident);
  const key = `topic/${channel}`;
  if (stage.drawn.get(key) === words) return;
  if (!stage.drawn.has(key)) {
    // A new process does not know what the last one set.
    const info = await stage.attempt('read the topic', () => stage.client.conversations.info({ channel }));
    if (info?.channel?.topic?.value === words) {
      stage.drawn.set(key, words);
      return;
    }
  }
  await stage.attempt('set the topic', () => stage.client.conversations.setTopic({ channel, topic: words }));
  stage.drawn.set(key, words);
}
