/** Posts what waits for a person as a new message, and turns the older one of the same step into a link to it. */

import type { At } from '../../incidents/events.ts';
import { context } from '../blocks.ts';
import { effectRecordId } from '../command-ids.ts';
import { slackId } from '../mrkdwn.ts';
import { isVerified } from '../views/outcome.ts';
import { offerMessage, targetMessage } from '../views/proposals.ts';
import { repeatedMessage } from '../views/repeated.ts';
import { waits } from '../views/steps.ts';
import { answeredMessage, tryOf, waitMessage } from '../views/wait.ts';
import type { Message } from '../views/waiting.ts';
import { offerKey, waitKey } from './run.ts';
import { isFresh, type Stage } from './stage.ts';

export async function publishWait(stage: Stage, channel: string, at: At | undefined): Promise<void> {
  const { shown } = stage;
  const { event } = shown;
  if (!event) return;
  if (at === undefined) {
    const message = unaddressed(stage);
    if (!message) return;
    const isTarget = event.type === 'target_proposed';
    const before = isTarget ? shown.incident.posts.get('target') : undefined;
    const key = event.type === 'run_ended' ? offerKey(event.body.run) : `wait:${event.version}`;
    const place = await stage.post(isTarget ? 'target' : key, channel, message);
    if (before && place && before.ts !== place.ts) {
      const text = `<${stage.link(place)}|Another target is proposed below>`;
      await stage.update('the older question about the target', before, { text, blocks: [context(text)] });
    }
    return;
  }
  const found = tryOf(shown.incident, at);
  // A newer try of the step has a message of its own.
  if (!found?.last) return;
  const { run, one } = found;
  // Closed in the meantime: nothing waits any more.
  if (shown.incident.closedAt !== undefined && waits(one)) return;
  // Nobody else can approve: the message that follows says so and asks the same.
  if (event.type === 'approval_requested' && one.requested?.aloneAllowed) return;
  const asksApproval = one.phase === 'approval';
  const approvers = asksApproval
    ? await whoApproves(stage, one.planned?.from ?? [], at)
    : { users: [], usergroups: [] };
  const message = waitMessage({ incident: shown.incident, run, one, at, event, approvers });
  if (!message) return;
  if (asksApproval) await invite(stage, channel, approvers.users);
  const key = waitKey(at);
  const older = stage.shown.incident.posts.get(key);
  // A look that says "still running" again is no news: the message stays where it is.
  const repeated =
    event.type === 'act_found' && event.body.happened === 'still running' && older !== undefined;
  if (repeated && older) {
    await stage.update('a waiting message', older, message);
    return;
  }
  // Who asked for it still looks at it; nothing waits for anybody else.
  if (older && !hasButtons(message) && isFresh(older, shown.now)) {
    if (await stage.update('a waiting message', older, message)) return;
  }
  // Kept before it is replaced: a second try of this effect finds only the new one under the key.
  const before = `older:${key}`;
  if (older && shown.tries === 1)
    await shown.record({ do: 'record post', what: before, ...older }, effectRecordId(shown.effectId, before));
  const place = await stage.post(key, channel, message);
  if (!place) return;
  const previous = [older, stage.posted(before), ...earlierTries(stage, at)].filter(
    (old, index, all) =>
      old !== undefined && old.ts !== place.ts && all.findIndex((one) => one?.ts === old.ts) === index,
  );
  for (const old of previous)
    if (old)
      await stage.update('a waiting message', old, answeredMessage(run, one, { newer: stage.link(place) }));
}

function hasButtons({ blocks }: Message): boolean {
  return blocks.some((block) => block.type === 'actions');
}

/**
 * The message of the try before this one: whoever reads it finds the way. That of a change which was made stays: it
 * says what was done.
 */
function earlierTries(stage: Stage, at: At) {
  const before = tryOf(stage.shown.incident, { ...at, try: at.try - 1 });
  if (before && isVerified(before.one)) return [];
  const place = stage.shown.incident.posts.get(waitKey({ ...at, try: at.try - 1 }));
  return place ? [place] : [];
}

function unaddressed(stage: Stage): Message | undefined {
  const { incident, event } = stage.shown;
  if (event?.type === 'target_proposed') return targetMessage(incident, event);
  if (event?.type === 'run_ended') return offerMessage(incident, event);
  if (event?.type === 'check_repeated') return repeatedMessage(incident, event);
  return undefined;
}

export async function whoApproves(stage: Stage, from: readonly string[], at: At) {
  return (await stage.shown.approvers?.(from, at)) ?? { users: [], usergroups: [] };
}

/** An approver who is not in the channel is brought in; who cannot be is mentioned all the same. */
async function invite(stage: Stage, channel: string, users: readonly string[]): Promise<void> {
  const requester = slackId(stage.shown.incident.declaredBy);
  const wanted = users.filter((user) => user !== requester && user !== stage.bot.user).slice(0, 30);
  if (wanted.length === 0) return;
  await stage.attempt(
    'invite who may approve',
    () => stage.client.conversations.invite({ channel, users: wanted.join(','), force: true }),
    new Set(['already_in_channel', 'cant_invite_self', 'user_not_found']),
  );
}
