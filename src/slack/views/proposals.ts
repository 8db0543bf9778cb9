/** What is proposed and waits for one click: a target, the runbook that could come next. */
import type { Event, Target } from '../../incidents/events.ts';
import type { Incident } from '../../incidents/state.ts';
import { actions, button, context, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { code, line, ping } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import type { Message } from './waiting.ts';

/** A proposed target waits for one click. */
export function targetMessage(
  incident: Incident,
  event: Extract<Event, { type: 'target_proposed' }>,
): Message {
  const { target, run } = event.body;
  const { namespace, kind, name } = target;
  const starter = incident.runs.get(run)?.startedBy ?? incident.declaredBy;
  const same = incident.target?.name === name && incident.target.namespace === namespace;
  const says = `The check found: ${line(kind, 60)} ${code(name, 200)} in ${code(namespace, 100)}. ${line(target.says, 600)}`;
  const ask = same
    ? 'It is confirmed.'
    : `${ping(starter)} is this what we work on? Look at it before you confirm.`;
  const value = {
    incident: incident.number,
    target: { namespace, kind, name, says: target.says.replace(/[\s\p{C}]+/gu, ' ').slice(0, 300) },
  };
  return {
    text: `Is ${line(name, 150)} the right target?`,
    blocks: fitBlocks([
      section(`${drillMark(incident)}*Is this the right target?*\n${says}\n${ask}`),
      ...(same
        ? []
        : actions(
            [button('confirm-target', 'Yes, this is the target', value, { style: 'primary' })],
            `wait:${event.version}`,
          )),
    ]),
  };
}

/** What the question becomes when somebody has confirmed a target. */
export function targetAnswered({ kind, name, namespace }: Target): Message {
  const text = `:dart: Confirmed target: ${line(kind, 60)} ${code(name, 200)} in ${code(namespace, 100)}`;
  return { text, blocks: [context(text)] };
}

/** A run ended and names the runbook that could come next. */
export function offerMessage(
  incident: Incident,
  event: Extract<Event, { type: 'run_ended' }>,
): Message | undefined {
  const { offer, run, says } = event.body;
  if (!offer) return undefined;
  const ended = incident.runs.get(run);
  const value = { incident: incident.number, runbook: offer.runbook, with: offer.with };
  const short =
    JSON.stringify(value).length > 1900 ? { incident: incident.number, runbook: offer.runbook } : value;
  const whom = ended ? ` ${ping(ended.startedBy)}` : '';
  return {
    text: `Next could be the runbook ${line(offer.runbook, 100)}`,
    blocks: [
      section(
        `${drillMark(incident)}${line(says, 500)} Next could be the runbook ${code(offer.runbook, 100)}.${whom}`,
      ),
      ...actions(
        [button('open-run', `Start ${offer.runbook}`, short, { style: 'primary' })],
        `wait:${event.version}`,
      ),
    ],
  };
}
