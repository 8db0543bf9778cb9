/** `/incident handover`: a form with how things are, what was done and what is needed, then somebody else has the role. */
import { handoverDraft } from '../../incidents/so-far.ts';
import { leadingPerson } from '../message-text.ts';
import { line } from '../mrkdwn.ts';
import { notDoneWords } from '../told-alone.ts';
import { HANDOVER, handoverModal } from '../views/modals/handover.ts';
import { type CommandContext, send } from './context.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { overFor } from './over.ts';
import { lookSoon } from './soon.ts';
import { misspeltRole } from './unknown-words.ts';

/** `@ben`, `@ben deputy`, or nothing: the form asks. */
export async function handoverCommand(
  context: CommandContext,
  incident: number,
  typed: string,
): Promise<void> {
  const who = leadingPerson(typed);
  const role = (who ? who.rest : typed).trim().toLowerCase() || 'lead';
  if (!who && typed.trim() !== '')
    return context.tell('Write the person, then the role: `/incident handover @somebody lead`.');
  if (role.length > 40) return context.tell(`“${line(role, 100)}” is too long for a role.`);
  const misspelt = misspeltRole(role);
  if (misspelt) return context.tell(misspelt);
  const { room } = context;
  const over = await overFor(room, incident, 'roles');
  if (over) return context.tell(notDoneWords(over));
  const now = room.door.now();
  const draft = await lookSoon(room, incident, (state) => handoverDraft(state, now));
  await context.open(
    handoverModal({
      incident,
      role,
      ...(who ? { to: who.user } : {}),
      draft: draft ?? { conditions: '', actions: '', needs: '' },
    }),
  );
}

const labels = [
  [HANDOVER.conditions, 'Conditions'],
  [HANDOVER.actions, 'Actions'],
  [HANDOVER.needs, 'Needs'],
] as const;

export async function handoverFrom(context: ModalContext, { incident }: { incident: number }): Promise<Done> {
  const { entered, room } = context;
  const user = entered.one(HANDOVER.person);
  if (user === '') return { reply: { errors: { [HANDOVER.person]: 'Choose somebody.' } } };
  if (user === room.bot.user)
    return { reply: { errors: { [HANDOVER.person]: 'Handrail leads nothing. Choose a person.' } } };
  const says = labels
    .map(
      ([block, label]) =>
        [
          label,
          entered
            .one(block)
            .replace(/\s*\n\s*/g, ' ')
            .trim(),
        ] as const,
    )
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label}: ${text}`)
    .join('\n');
  const to = { id: `slack:${user}`, name: await room.people.name(user) };
  const answer = await send(context, incident, {
    do: 'hand over',
    role: entered.one(HANDOVER.role),
    to,
    says,
  });
  return { reply: replyTo(answer, { role: HANDOVER.role, 'same-person': HANDOVER.person }) };
}
