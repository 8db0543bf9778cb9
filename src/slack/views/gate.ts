/** Why an incident cannot be closed yet, for the one who wanted to close it. */
import { closeGate, gateLine } from '../../incidents/close-gate.ts';
import type { Incident } from '../../incidents/state.ts';
import { actions, type Block, button, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { esc, line, moment, who } from '../mrkdwn.ts';
import { keepRestButton } from './left.ts';

/** Each reason with what settles it, and the way to keep the rest in one press; empty when nothing keeps it open. */
export function gateBlocks(incident: Incident): Block[] {
  const reasons = closeGate(incident);
  const { number, declared } = incident;
  if (reasons.length === 0) return [];
  const shown = reasons.slice(0, 10).map(({ title, stands, since, who: by, press }) => {
    const when = moment(since, declared.zone, '{date_short_pretty} {time}');
    return `• *${line(title, 150)}*: ${stands}, since ${when} by ${who(by)} – ${line(press, 150)}`;
  });
  const more = reasons.length > 10 ? [`… and ${reasons.length - 10} more`] : [];
  return fitBlocks([
    section(`:no_entry_sign: ${esc(gateLine(incident) ?? '', 1000)}`),
    section([...shown, ...more].join('\n')),
    ...actions(
      [...keepRestButton(incident), button('left-check', 'Show the list', { incident: number })],
      'gate',
    ),
  ]);
}
