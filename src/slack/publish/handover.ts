/** Calls the person who has a role now, and brings them into the channel. */
import type { EventOf } from '../../incidents/events.ts';
import { slackId } from '../mrkdwn.ts';
import { handoverMessage } from '../views/handover.ts';
import type { Stage } from './stage.ts';

export async function publishHandover(
  stage: Stage,
  channel: string,
  event: EventOf<'handed_over'>,
): Promise<void> {
  const user = slackId(event.body.to);
  if (user)
    await stage.attempt(
      'invite who takes over',
      () => stage.client.conversations.invite({ channel, users: user }),
      new Set(['already_in_channel', 'cant_invite_self', 'user_not_found']),
    );
  await stage.post(`handover:${event.version}`, channel, handoverMessage(stage.shown.incident, event));
}
