/** Invites everybody who belongs to an incident; who cannot be invited is named. */
import { slackId } from '../mrkdwn.ts';
import type { Stage } from './stage.ts';

export async function inviteAll(stage: Stage, channel: string): Promise<void> {
  const { incident, record } = stage.shown;
  const { users, usergroups } = stage.config.invite;
  const people = [incident.declaredBy, ...incident.roles.values(), ...incident.declared.invited].map(slackId);
  const ofGroups = await Promise.all(usergroups.map((group) => stage.people.groupMembers(group)));
  const wanted = [...new Set([...people, ...users, ...ofGroups.flat()])].filter(
    (user) => user !== undefined && user !== stage.bot.user,
  );
  const failed: { user: string; why: string }[] = [];
  for (let from = 0; from < wanted.length; from += 100) {
    const some = wanted.slice(from, from + 100) as string[];
    const answer = await stage.attempt(
      'invite people',
      async () => {
        try {
          return await stage.client.conversations.invite({ channel, users: some.join(','), force: true });
        } catch (error) {
          const { errors } = ((error as { data?: unknown }).data ?? {}) as {
            errors?: { user?: string; error?: string }[];
          };
          if (!errors) throw error;
          return { ok: false, errors };
        }
      },
      new Set(['already_in_channel', 'cant_invite_self']),
    );
    for (const { user, error } of (answer?.errors ?? []) as { user?: string; error?: string }[])
      if (user && error !== 'already_in_channel' && error !== 'cant_invite_self')
        failed.push({ user, why: error ?? 'unknown' });
  }
  if (failed.length === 0) return;
  const names = await Promise.all(
    failed.slice(0, 10).map(async ({ user, why }) => `${await stage.people.name(user)} (${why})`),
  );
  await record(
    { do: 'record slack failure', what: 'invite people', says: `Not invited: ${names.join(', ')}.` },
    `slack-failure:${incident.number}:invite`,
  );
}
