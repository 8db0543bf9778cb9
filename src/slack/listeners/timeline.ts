/** `/incident timeline`, with what it is to show, and the buttons that turn its pages. */
import { leadingPerson } from '../message-text.ts';
import { line } from '../mrkdwn.ts';
import { type Asked, timelinePage } from '../views/timeline.ts';
import { type Filter, filterKinds, kindNamed } from '../views/timeline-filter.ts';
import type { ButtonContext } from './clicked.ts';
import type { CommandContext } from './context.ts';
import { mayTouch } from './pick.ts';

/** `hidden`, a kind, a person, in any order; words that are none of these. */
export function filterFrom(argument: string): { only: Filter } | { unknown: string } {
  const only: { kind?: string; by?: string; hidden?: true } = {};
  let rest = argument.trim();
  while (rest !== '') {
    const person = leadingPerson(rest);
    if (person) {
      only.by = `slack:${person.user}`;
      rest = person.rest.trim();
      continue;
    }
    const [word = ''] = rest.split(/\s+/);
    const kind = kindNamed(word);
    if (word.toLowerCase() === 'hidden') only.hidden = true;
    else if (kind) only.kind = kind;
    else if (word.toLowerCase() !== 'all') return { unknown: word };
    rest = rest.slice(word.length).trim();
  }
  return { only };
}

export async function timelineCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const found = filterFrom(argument);
  if ('unknown' in found) {
    const kinds = filterKinds.map(({ name }) => `\`${name}\``).join(', ');
    return context.tell(
      `Not done: “${line(found.unknown, 60).replaceAll('`', "'")}” is nothing that a timeline can be filtered by. Possible: ${kinds}, \`hidden\` (what was taken off), a person as \`@somebody\`, or nothing for all of it.`,
    );
  }
  await context.done();
  const { text, blocks } = await pageOf(context, incident, { only: found.only });
  await context.tell(text, blocks);
}

export async function timelineClicked(
  context: ButtonContext,
  { incident, ...asked }: Asked & { readonly incident: number },
): Promise<void> {
  const { room } = context;
  if (!(await mayTouch(room, context.actor.user, incident))) return context.done();
  await context.done();
  const { text, blocks } = await pageOf(context, incident, asked);
  return context.replace(text, blocks);
}

async function pageOf({ room }: Pick<CommandContext, 'room'>, incident: number, asked: Asked) {
  const [events, zone] = await Promise.all([room.door.events(incident), room.door.zoneOf(incident)]);
  return timelinePage(incident, events, zone ?? room.door.config.zone, asked);
}
