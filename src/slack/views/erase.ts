/** Somebody asks to erase an entry: the message in which a second person agrees, and what it says afterwards. */
import type { EventOf } from '../../incidents/events.ts';
import type { Incident } from '../../incidents/state.ts';
import { erasedWords } from '../../incidents/timeline/erased-lines.ts';
import { actions, button, context, section } from '../blocks.ts';
import { esc, line, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import type { Message } from './waiting.ts';

export function eraseAsked(incident: Incident, { body, by }: EventOf<'erase_asked'>): Message {
  const { number, erases } = incident;
  const words = `${drillMark(incident)}:eject: *${who(by)} asks to erase an entry for good:* ${esc(body.reason, 900)}`;
  const open = erases.has(body.erase);
  const value = { incident: number, erase: body.erase };
  return {
    text: `${line(by.name, 80)} asks to erase an entry`,
    blocks: [
      section(words),
      ...(open
        ? [
            context(
              'Somebody else who may approve looks at it and agrees. Its words are gone for good then.',
            ),
            ...actions(
              [
                button('open-entry', 'Look at it', { incident: number, entry: body.entry }),
                button('erase', 'Agree: erase it', value, { style: 'danger' }),
              ],
              `erase:${body.erase}`,
            ),
          ]
        : [context('This is done.')]),
    ],
  };
}

/** In place of what Handrail itself had posted about the entry, and as the answer to who asked. */
export function erasedMessage(incident: Incident, event: EventOf<'entry_erased'>): Message {
  const words = esc(
    erasedWords(event, ({ name }) => name),
    1200,
  );
  return { text: words, blocks: [context(`${drillMark(incident)}:eject: ${words}`)] };
}

/** In place of an update in the channel for everybody else. */
export const erasedOutside: Message = {
  text: 'This update was taken back.',
  blocks: [context('This update was taken back.')],
};
