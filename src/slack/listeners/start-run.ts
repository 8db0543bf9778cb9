/** Starts a run from the modal *Run a runbook*. */
import type { ModalData } from '../ids.ts';
import { paramBlock, RUNBOOK } from '../views/modals/run.ts';
import { readFields } from '../views/modals/values.ts';
import { send } from './context.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';

export async function startRunFrom(context: ModalContext, data: ModalData<'run'>): Promise<Done> {
  const { room, entered } = context;
  const id = entered.one(RUNBOOK) || data.runbook;
  const listed = room.door.runbooks().find((one) => one.id === id);
  if (!listed?.runbook) return { reply: { errors: { [RUNBOOK]: 'Choose a runbook.' } } };
  const { values: params, errors } = readFields(
    listed.runbook.params,
    entered,
    (name) => paramBlock(listed.id, name),
    RUNBOOK,
  );
  if (Object.keys(errors).length > 0) return { reply: { errors } };
  const { runbook, hash, revision } = listed;
  const answer = await send(context, data.incident, {
    do: 'start run',
    runbook,
    hash,
    params,
    ...(revision ? { revision } : {}),
  });
  return { reply: replyTo(answer, { params: RUNBOOK }) };
}
