/** Somebody went alone: who could have approved is told, and says afterwards what they think of it. */
import type { Incident, LooseEnd } from '../../incidents/state.ts';
import { actions, type Button, button, section } from '../blocks.ts';
import type { Callable } from '../door.ts';
import { esc, line, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { calls } from './wait-confirm.ts';
import type { Message } from './waiting.ts';

/** One message that calls who could have approved; without its buttons once somebody has looked at it. */
export function aloneMessage(incident: Incident, end: LooseEnd, approvers: Callable): Message {
  const others = calls(approvers, end.openedBy.id);
  const why = end.opened.during ? `: ${esc(end.opened.during, 800)}` : '';
  const words = `${line(end.opened.title, 250)}${why}`;
  const open = end.state !== 'gone';
  const please = open ? 'Please look at it afterwards, and say whether you agree.' : esc(end.says ?? '', 800);
  return {
    text: words,
    blocks: [
      section(
        `${drillMark(incident)}:bust_in_silhouette: ${open && others ? `${others}: ` : ''}${words}\n${please}`,
      ),
      ...(open ? actions(aloneButtons(incident, end.id), `wait:alone:${end.id}`) : []),
    ],
  };
}

export function aloneButtons({ number }: Incident, looseEnd: string, n?: number): Button[] {
  const value = { incident: number, looseEnd };
  const more = n === undefined ? {} : { n };
  return [
    button('alone-agree', 'Seen and agreed', value, more),
    button('open-alone-disagree', 'Not agreed', value, more),
  ];
}

/** What a second person said of it. */
export function aloneLine(end: LooseEnd, says: string): string {
  return `:busts_in_silhouette: ${line(end.opened.title, 200)} (by ${who(end.openedBy)}). ${esc(says, 800)}`;
}
