/** Submitted modals: checks which one it is, sends what was entered, and shows the answer in the modal. */
import type { App } from '@slack/bolt';
import type { Answer } from '../../incidents/commands.ts';
import { ours, refusalWords } from '../answering.ts';
import { submitId } from '../command-ids.ts';
import type { View } from '../blocks.ts';
import { anyModal, readModal } from '../ids.ts';
import type { Actor, Room } from '../room.ts';
import { toldModal } from '../views/modals/declare.ts';
import { type Entered, readEntered } from '../views/modals/values.ts';
import { actorOf, type Submission, submission } from './bolt.ts';
import { submitted } from './submitted.ts';

export type Reply = { readonly errors: Record<string, string> } | { readonly update: View } | { readonly close: true };

export interface ModalContext {
  readonly room: Room;
  readonly actor: Actor;
  readonly channel: string;
  readonly entered: Entered;
  readonly view: { readonly id: string };
  id(part?: string): string;
}

export function modalListener(app: App, room: Room): void {
  app.view(anyModal, async ({ body, ack }) => {
    const parsed = submission.safeParse(body);
    const found = parsed.success ? readModal(parsed.data.view.callback_id, parsed.data.view.private_metadata) : undefined;
    const entered = parsed.success ? readEntered(parsed.data.view.state.values) : undefined;
    if (!parsed.success || !found || !entered) {
      room.log.warn({ callback: parsed.data?.view.callback_id }, 'a malformed modal was refused');
      return ack();
    }
    const context = contextOf(room, parsed.data, entered);
    let after: (() => Promise<void>) | undefined;
    let reply: Reply;
    try {
      const done = await submitted(context, found);
      reply = done.reply;
      after = done.after;
    } catch (error) {
      room.log.error({ error, modal: found.modal }, 'a modal failed');
      reply = { update: toldModal('Not done', ours) };
    }
    if ('errors' in reply) await ack({ response_action: 'errors', errors: reply.errors });
    else if ('update' in reply) await ack({ response_action: 'update', view: reply.update });
    else await ack();
    await after?.();
  });
}

function contextOf(room: Room, body: Submission, entered: Entered): ModalContext {
  const { view } = body;
  const actor = actorOf(body.user);
  const id = submitId({ team: body.team?.id ?? '', user: actor.user, view: view.id, hash: view.hash, values: view.state.values });
  return { room, actor, channel: '', entered, view, id: (part) => (part ? `${id}:${part}` : id) };
}

/** A refusal under the field that it is about, or in place of the form, so that the next try is a new one. */
export function replyTo(answer: Answer, fields: Readonly<Record<string, string>> = {}): Reply {
  if (answer.ok) return { close: true };
  const field = fields[answer.code];
  if (field) return { errors: { [field]: answer.says.slice(0, 1500) } };
  return { update: toldModal('Not done', `:no_entry_sign: ${refusalWords(answer)}`) };
}
