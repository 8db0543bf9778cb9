/** A question, work to be done by hand, and what a runbook inside still needs. */
import type { AskStep } from '../../runbooks/runbook.ts';
import { type Block, type Button, button, section } from '../blocks.ts';
import { esc, line, ping } from '../mrkdwn.ts';
import { byHandBlocks } from './plan.ts';
import type { Waiting } from './waiting.ts';

/** A choice is one click when it needs no reason and no form; otherwise a modal takes them. */
export function askBlocks({ incident, run, one, at }: Waiting): {
  text: string;
  blocks: Block[];
  buttons: Button[];
} {
  const step = run.runbook.steps.find(
    (candidate): candidate is AskStep => candidate.kind === 'ask' && candidate.id === at.step,
  );
  const needsForm = Object.keys(step?.form ?? {}).length > 0;
  const choices = one.choices ?? [];
  const value = { incident: incident.number, at };
  const few = choices.length > 0 && choices.length <= 8;
  const buttons: Button[] = few
    ? choices.map((choice, n) => {
        const reason = step?.choices.find((candidate) => candidate.id === choice.id)?.reason === 'required';
        return reason || needsForm
          ? button('open-choose', choice.label, { ...value, choice: choice.id }, { n })
          : button('choose', choice.label, { ...value, choice: choice.id }, { n });
      })
    : [button('open-choose', 'Answer', value, { style: 'primary' })];
  const says = one.says ? `\n${esc(one.says, 1500)}` : '';
  return {
    text: 'a decision is needed',
    blocks: [
      section(
        `:question: ${ping(run.startedBy)} please decide. Who, when and why go into the report.${says}`,
      ),
      ...(few ? [] : choices.slice(0, 20).map((choice) => section(`• ${line(choice.label, 300)}`))),
    ],
    buttons: [...buttons, button('open-skip', 'Skip', value)],
  };
}

export function manualBlocks({ incident, run, one, at }: Waiting): {
  text: string;
  blocks: Block[];
  buttons: Button[];
} {
  const value = { incident: incident.number, at };
  return {
    text: 'to be done by hand',
    blocks: [
      section(
        `:hammer_and_wrench: ${ping(run.startedBy)} this is done by hand. Press *Done by hand* afterwards: then it is verified.\n${esc(one.says ?? '', 2000)}`,
      ),
      ...byHandBlocks(one.byHand, 'Commands'),
    ],
    buttons: [
      button('by-hand', 'Done by hand', value, { style: 'primary' }),
      button('open-skip', 'Skip', value),
    ],
  };
}

/** The runbook inside a step needs more than the step gives it. */
export function paramsBlocks({ incident, run, one, at }: Waiting): {
  text: string;
  blocks: Block[];
  buttons: Button[];
} {
  const value = { incident: incident.number, at };
  const says = one.lastSays ?? '';
  return {
    text: 'something has to be filled in',
    blocks: [section(`:pencil: ${ping(run.startedBy)} ${esc(says, 1500)}`)],
    buttons: [
      button('open-inside', 'Fill in and start', value, { style: 'primary' }),
      button('open-skip', 'Skip', value),
    ],
  };
}
