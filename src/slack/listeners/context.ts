/** What a sub-command works with, whether it was typed or comes from a button that picked the incident. */
import type { Answer, What } from '../../incidents/commands.ts';
import type { Block, View } from '../blocks.ts';
import { type Actor, personOf, type Room } from '../room.ts';

/** A view as Slack knows it. */
export interface OpenView {
  readonly id: string;
  readonly hash: string;
}

export interface CommandContext {
  readonly room: Room;
  readonly actor: Actor;
  readonly channel: string;
  /** The id that its command gets; `part` when there is more than one. */
  id(part?: string): string;
  /** Opens a modal, before anything else, then acknowledges. Undefined when Slack had shown one for this already. */
  readonly open: (view: View) => Promise<OpenView | undefined>;
  /** Acknowledges, with words that only this person sees. Afterwards it adds to them. */
  tell(text: string, blocks?: readonly Block[]): Promise<void>;
  /** Acknowledges without words. */
  done(): Promise<void>;
}

/** Through the door, as this person with the rights of this moment. */
export async function send(
  context: Pick<CommandContext, 'room' | 'actor' | 'id'>,
  incident: number | undefined,
  what: What,
  part?: string,
): Promise<Answer> {
  const { door } = context.room;
  const by = await door.asker(personOf(context.actor), incident);
  return door.send({
    id: context.id(part),
    ...(incident === undefined ? {} : { incident }),
    by,
    now: door.now(),
    what,
  });
}
