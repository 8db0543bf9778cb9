/** `/incident milestone detected at 9:40`: a moment that nothing else shows. */

import { nearest } from '../../catalog/nearest.ts';
import { isMilestone, milestoneNames, milestoneWords } from '../../incidents/milestone.ts';
import { leadingTime, timeWords } from '../../incidents/time-words.ts';
import { esc, line } from '../mrkdwn.ts';
import { notDoneWords } from '../told-alone.ts';
import { type CommandContext, send } from './context.ts';

const all = milestoneNames.map((name) => `\`${name}\``).join(', ');

export async function milestoneCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const { door } = context.room;
  const [word = ''] = argument.split(/\s+/);
  const milestone = word.toLowerCase();
  const frame = { zone: (await door.zoneOf(incident)) ?? door.config.zone, now: door.now() };
  if (milestone === '') return context.tell(await whatIsSet(context, incident, frame));
  if (!isMilestone(milestone)) {
    const near = nearest(milestone, milestoneNames);
    const meant = near ? ` Did you mean \`/incident milestone ${near}\`?` : '';
    return context.tell(
      `Not done: There is no milestone “${line(word, 40)}”.${meant} Possible: ${all}, with a time: \`/incident milestone detected at 9:40\`. What else happened is set with \`/incident status\`, \`resolve\` and \`close\`.`,
    );
  }
  const rest = argument
    .slice(word.length)
    .trim()
    .replace(/^at\s+/i, '');
  const found = leadingTime(rest, frame);
  if (!found.ok) return context.tell(`:no_entry_sign: ${esc(found.says)} The milestone was not set.`);
  if (rest !== '' && (!found.time || found.rest !== ''))
    return context.tell(
      `:no_entry_sign: “${line(rest, 100)}” is no time. Write it as \`/incident milestone ${milestone} at 9:40\`.`,
    );
  if (found.time?.until !== undefined)
    return context.tell(
      `:no_entry_sign: A milestone is one moment. Write it as \`/incident milestone ${milestone} at 9:40\`.`,
    );
  const time = found.time ?? { at: frame.now, precision: 'exact' as const };
  const answer = await send(context, incident, {
    do: 'set milestone',
    milestone,
    at: time.at,
    precision: time.precision,
  });
  return context.tell(
    answer.ok ? `:round_pushpin: ${esc(answer.says ?? milestoneWords(milestone))}` : notDoneWords(answer),
  );
}

async function whatIsSet(
  { room }: CommandContext,
  incident: number,
  frame: { readonly zone: string; readonly now: number },
): Promise<string> {
  const set = await room.door.look(incident, ({ record }) =>
    milestoneNames.flatMap((name) => {
      const one = record.milestones.get(name);
      if (!one || record.touched.get(`v${one.version}`)?.hidden) return [];
      return [[name, record.touched.get(`v${one.version}`)?.at ?? one.at] as const];
    }),
  );
  const lines = (set ?? []).map(
    ([name, at]) => `• ${milestoneWords(name)}: ${esc(timeWords({ at, precision: 'exact' }, frame))}`,
  );
  const known = lines.length === 0 ? 'No milestone was set by a person yet.' : lines.join('\n');
  return `${known}\nTo set one: \`/incident milestone detected at 9:40\`; also ${all}.`;
}
