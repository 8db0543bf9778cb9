/** Sub-commands that need no incident: start, help, list. */
import { section } from '../blocks.ts';
import { plainText } from '../message-text.ts';
import { personOf } from '../room.ts';
import { helpBlocks, seenWords, subcommands } from '../views/help.ts';
import { declareModal } from '../views/modals/declare.ts';
import type { CommandContext } from './context.ts';
import { seenBy } from './pick.ts';
import { takesNoWords } from './unknown-words.ts';

type Alone = (context: CommandContext, argument: string) => Promise<void>;

export async function showHelp(
  context: CommandContext,
  incident?: number,
  unknown?: { typed: string; near?: string },
): Promise<void> {
  const { room, actor } = context;
  await context.done();
  const number = incident ?? (await room.door.incidentOfChannel(context.channel));
  const [{ levels }, seen] = await Promise.all([
    room.door.asker(personOf(actor), number),
    seenBy(room, actor.user),
  ]);
  await context.tell('What /incident can do', helpBlocks(levels, seen, room.door.config.zone, unknown));
}

export const withoutIncident: Readonly<Record<string, Alone | undefined>> = {
  start: async (context, argument) => {
    const { door } = context.room;
    const title = plainText(argument, (user) => user);
    const data = { channel: context.channel };
    await context.open(declareModal({ catalog: door.catalog, zone: door.config.zone, title, data }));
  },
  help: (context, argument) => {
    const typed = argument.toLowerCase();
    const known = typed === '' || subcommands.some((one) => one.name === typed);
    return showHelp(context, undefined, known ? undefined : { typed });
  },
  list: async (context, argument) => {
    const extra = takesNoWords('list', argument);
    if (extra) return context.tell(extra);
    await context.done();
    const seen = await seenBy(context.room, context.actor.user);
    await context.tell('Open incidents', [section(seenWords(seen, context.room.door.config.zone))]);
  },
};
