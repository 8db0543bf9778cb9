/** `/incident …`: finds what is asked, and for which incident. */
import type { App } from '@slack/bolt';
import { nearest } from '../../catalog/nearest.ts';
import { failureWords } from '../answering.ts';
import { slashId } from '../command-ids.ts';
import { COMMAND } from '../ids.ts';
import type { Room } from '../room.ts';
import { subcommands } from '../views/help.ts';
import { showHelp, withoutIncident } from './anywhere.ts';
import { slash } from './bolt.ts';
import type { CommandContext } from './context.ts';
import { openView } from './open-view.ts';
import { pickIncident } from './pick.ts';
import { withIncident } from './subcommands.ts';

const PATIENCE_MS = 400;

export function commandListener(app: App, room: Room): void {
  app.command(COMMAND, async ({ command, ack, respond }) => {
    const parsed = slash.safeParse(command);
    if (!parsed.success) {
      room.log.warn({ problems: parsed.error.issues.length }, 'a malformed slash command was refused');
      return ack();
    }
    const typed = parsed.data;
    let acked = false;
    const context: CommandContext = {
      room,
      actor: { user: typed.user_id, name: typed.user_name || typed.user_id },
      channel: typed.channel_id,
      id: (part) => (part ? `${slashId(typed)}:${part}` : slashId(typed)),
      open: async (view) => {
        const opened = await openView(room, typed.trigger_id, view);
        await context.done();
        return opened;
      },
      tell: async (text, blocks) => {
        const message = {
          response_type: 'ephemeral' as const,
          text,
          ...(blocks ? { blocks: [...blocks] } : {}),
        };
        if (acked) return void (await respond({ ...message, replace_original: false }));
        acked = true;
        await ack(message);
      },
      done: async () => {
        if (acked) return;
        acked = true;
        await ack();
      },
    };
    // With the database hanging it is acknowledged without words, which follow.
    const early = setTimeout(() => void context.done().catch(() => undefined), PATIENCE_MS);
    try {
      await runCommand(context, typed.text);
      await context.done();
    } catch (error) {
      room.log.error({ error, channel: typed.channel_id }, 'a slash command failed');
      await context.tell(failureWords(room));
    } finally {
      clearTimeout(early);
    }
  });
}

/** `incident`: picked with a button, when the channel is not an incident's own. */
export async function runCommand(context: CommandContext, text: string, incident?: number): Promise<void> {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  const name = word.toLowerCase();
  const argument = text.trim().slice(word.length).trim();
  if (rest.length === 0 && name === '') return showHelp(context, incident);
  const alone = withoutIncident[name];
  if (alone) return alone(context, argument);
  const needs = withIncident[name];
  if (!needs) {
    const near = nearest(
      name,
      subcommands.map((one) => one.name),
    );
    return showHelp(context, incident, { typed: name, ...(near ? { near } : {}) });
  }
  const number = incident ?? (await context.room.door.incidentOfChannel(context.channel));
  if (number === undefined) return pickIncident(context, text.trim());
  return needs(context, number, argument);
}
