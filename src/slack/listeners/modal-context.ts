/** What a submitted modal works with, and what it is answered. */
import type { Answer } from '../../incidents/commands.ts';
import { refusalWords } from '../answering.ts';
import type { View } from '../blocks.ts';
import type { Actor, Room } from '../room.ts';
import { toldModal } from '../views/modals/declare.ts';
import type { Entered } from '../views/modals/values.ts';

export type Reply =
  | { readonly errors: Record<string, string> }
  | { readonly update: View }
  | { readonly close: true };

export interface ModalContext {
  readonly room: Room;
  readonly actor: Actor;
  readonly channel: string;
  readonly entered: Entered;
  readonly view: { readonly id: string };
  id(part?: string): string;
}

export interface Done {
  readonly reply: Reply;
  /** What follows the acknowledgement. */
  readonly after?: () => Promise<void>;
}

/** A refusal under the field that it is about, or in place of the form, so that the next try is a new one. */
export function replyTo(answer: Answer, fields: Readonly<Record<string, string>> = {}): Reply {
  if (answer.ok) return { close: true };
  const field = fields[answer.code];
  if (field) return { errors: { [field]: answer.says.slice(0, 1500) } };
  return { update: toldModal('Not done', `:no_entry_sign: ${refusalWords(answer)}`) };
}
