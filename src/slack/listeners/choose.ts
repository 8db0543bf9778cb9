/** The form of a question: it opens at once, then shows its fields, then their live choices; and what is entered there. */
import type { What } from '../../incidents/commands.ts';
import type { AskStep } from '../../runbooks/runbook.ts';
import type { Clicked, Submitted } from '../ids.ts';
import { toldModal } from '../views/modals/declare.ts';
import { CHOICE, chooseModal, formBlock } from '../views/modals/steps.ts';
import { readFields } from '../views/modals/values.ts';
import { loadingModal } from '../views/modals/write.ts';
import { tryOf } from '../views/wait.ts';
import { type CommandContext, send } from './context.ts';
import { change, hasLive, liveChoices } from './live-choices.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';

type Asked = Extract<Clicked, { verb: 'open-choose' }>['value'];

/** Gives the words of a refusal when the question is answered already. */
export async function openChoose(
  { room, open }: Pick<CommandContext, 'room' | 'open'>,
  { incident, at, choice }: Asked,
): Promise<string | undefined> {
  const opened = await open(loadingModal('Decide'));
  if (!opened) return undefined;
  const found = await room.door.look(incident, (state) => {
    const asked = tryOf(state, at);
    const step = asked?.run.runbook.steps.find(
      (candidate): candidate is AskStep => candidate.kind === 'ask' && candidate.id === at.step,
    );
    if (!asked || !step || asked.one.phase !== 'asking') return undefined;
    const { title, choices = [] } = asked.one;
    return { title, choices, step, runbook: asked.run.runbook };
  });
  if (!found) {
    const over = 'This question is answered.';
    await change(room, opened, toldModal('Not done', `:no_entry_sign: ${over}`));
    return over;
  }
  const { title, choices, step, runbook } = found;
  const reasonNeeded = step.choices.find((one) => one.id === choice)?.reason === 'required';
  const given = { title, choices, step, reasonNeeded, ...(choice ? { chosen: choice } : {}) };
  const data = { incident, at };
  const loading = hasLive(step.form);
  const shown = await change(room, opened, chooseModal({ ...given, loading }, data));
  if (!shown || !loading) return undefined;
  const live = await liveChoices(room, step.form, incident, runbook);
  await change(room, shown, chooseModal({ ...given, live }, data));
  return undefined;
}

export async function chooseFrom(
  context: ModalContext,
  { incident, at }: Extract<Submitted, { modal: 'choose' }>['data'],
): Promise<Done> {
  const { entered, room } = context;
  const step = await room.door.look(incident, (state) =>
    tryOf(state, at)?.run.runbook.steps.find((candidate) => candidate.id === at.step),
  );
  const declared = step?.kind === 'ask' ? step.form : {};
  const { values: form, errors } = readFields(declared, entered, formBlock, CHOICE.reason);
  if (Object.keys(errors).length > 0) return { reply: { errors } };
  const choice = entered.one(CHOICE.choice);
  const reason = entered.one(CHOICE.reason);
  const what: What = {
    do: 'choose',
    at,
    ...(choice ? { choice } : {}),
    ...(reason ? { reason } : {}),
    ...(Object.keys(form).length > 0 ? { form } : {}),
  };
  return { reply: replyTo(await send(context, incident, what), { reason: CHOICE.reason }) };
}
