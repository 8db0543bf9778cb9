/** A role goes to somebody else: they are called, and read how things are. */
import type { EventOf } from '../../incidents/events.ts';
import type { Incident } from '../../incidents/state.ts';
import { section } from '../blocks.ts';
import { fitBlocks, joined } from '../fit.ts';
import { esc, line, ping, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import type { Message } from './waiting.ts';

/** The three heads that the form gives; what a person has typed at a terminal may have none. */
const headed = (words: string): string => words.replace(/^(Conditions|Actions|Needs):/, '*$1*');

export function handoverMessage(incident: Incident, { body, by }: EventOf<'handed_over'>): Message {
  const { role, from, to, says } = body;
  const before = from && from.id !== by.id ? `, from ${who(from)}` : '';
  const text = `${line(to.name, 80)} has the role ${line(role, 60)} now`;
  return {
    text,
    blocks: fitBlocks([
      section(
        `${drillMark(incident)}:handshake: ${ping(to)} you have the role *${line(role, 60)}* now (by ${who(by)}${before}).`,
      ),
      ...(says.trim() === '' ? [] : joined(esc(says, 3000).split('\n').map(headed)).map(section)),
    ]),
  };
}
