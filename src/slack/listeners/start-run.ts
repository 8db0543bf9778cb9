/** Starts a run from the modal *Run a runbook*, or the runbook inside a step from its own. */
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
    // Another runbook chosen in the form is not what was offered.
    ...(data.follows !== undefined && id === data.runbook ? { follows: data.follows } : {}),
    ...(revision ? { revision } : {}),
  });
  return { reply: replyTo(answer, { params: RUNBOOK }) };
}

/** Starts the runbook inside a step, from the modal that asked for what it needs. */
export async function startInsideFrom(context: ModalContext, data: ModalData<'inside'>): Promise<Done> {
  const { room, entered } = context;
  const { incident, at } = data;
  const declared = room.door.runbooks().find((one) => one.id === data.runbook)?.runbook?.params ?? {};
  const names = Object.keys(declared);
  const blockOf = (name: string) => paramBlock(data.runbook, name);
  const first = names.map(blockOf).find((block) => entered.has(block)) ?? '';
  const { values: params, errors } = readFields(declared, entered, blockOf, first);
  if (Object.keys(errors).length > 0) return { reply: { errors } };
  const answer = await send(context, incident, { do: 'start inside', at, params });
  return { reply: replyTo(answer, first === '' ? {} : { params: first }) };
}
