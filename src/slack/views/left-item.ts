/** One thing that was left behind: how it stands, and the ways out of it that apply. */
import { sensitiveWords, stateWords, untilWords, waitsWords } from '../../incidents/left-words.ts';
import { canBeLookedFor, isOverdue } from '../../incidents/loose-end.ts';
import type { Incident, LooseEnd } from '../../incidents/state.ts';
import { actions, type Block, type Button, button, section } from '../blocks.ts';
import { code, line, link, moment, who } from '../mrkdwn.ts';
import { aloneButtons } from './alone.ts';

const marks = {
  'may exist': ':grey_question:',
  open: ':large_yellow_circle:',
  gone: ':white_check_mark:',
  accepted: ':ballot_box_with_check:',
  moved: ':arrow_right:',
} as const;

export const markedState = (end: LooseEnd): string =>
  `${isOverdue(end) ? ':alarm_clock:' : marks[end.state]} ${stateWords(end)}`;

/** With its buttons; `n` tells those of several items in one message apart. */
export function leftItem(incident: Incident, end: LooseEnd, n: number): Block[] {
  const { opened } = end;
  const sensitive = sensitiveWords(end);
  const until = untilWords(end, incident);
  const values =
    opened.before && opened.during ? `\n${code(opened.before, 80)} → ${code(opened.during, 80)}` : '';
  const waits = waitsWords(end);
  const owner = end.owner ? `, looked after by ${who(end.owner)}` : '';
  const where = opened.object === '' ? '' : `${line(opened.object, 150)} `;
  const lines = [
    `${markedState(end)}  *${line(opened.title, 200)}*${sensitive ? ` · *${sensitive}*` : ''}`,
    `${where}since ${moment(end.openedAt, incident.declared.zone)} by ${who(end.openedBy)}${until ? `, ${line(until, 150)}` : ''}${owner}${values}`,
    ...(end.says ? [line(end.says, 200)] : []),
    ...(waits ? [`:busts_in_silhouette: ${line(waits, 400)}`] : []),
  ];
  return [section(lines.join('\n')), ...actions(ways(incident, end, n), `left:${n}`)];
}

/** In one line, for what waits for nobody. */
export function leftLine(end: LooseEnd, incident: Incident): string {
  const until = end.state === 'accepted' ? untilWords(end, incident) : undefined;
  const by = end.state === 'accepted' && end.owner ? `, looked after by ${who(end.owner)}` : '';
  const place = end.state === 'moved' && end.link ? ` – ${link(end.link, end.link)}` : '';
  const says = end.says && end.state !== 'moved' ? ` – ${line(end.says, 150)}` : '';
  return `${markedState(end)}  ${line(end.opened.title, 150)}${until ? ` (${line(until, 150)}${by})` : by}${says}${place}`;
}

function ways(incident: Incident, end: LooseEnd, n: number): Button[] {
  const { opened, waits } = end;
  const value = { incident: incident.number, looseEnd: opened.id };
  if (opened.kind === 'approval-alone')
    return [
      ...aloneButtons(incident, opened.id, n),
      ...(end.state === 'accepted' ? [] : [button('open-keep', 'Keep', value, { n })]),
    ];
  const canUndo =
    opened.kind === 'temporary' &&
    opened.run !== undefined &&
    opened.step !== undefined &&
    opened.beside !== true &&
    incident.closedAt === undefined;
  const asked = waits?.for === 'keep' ? { ...value, asked: waits.at } : undefined;
  const keep = opened.sensitivity ? 'Keep (two people)' : end.state === 'accepted' ? 'Keep longer' : 'Keep';
  return [
    ...(asked ? [button('agree-keep', 'Agree to keep', asked, { n, style: 'primary' })] : []),
    ...(canUndo ? [button('left-undo', 'Undo', value, { n })] : []),
    ...(canBeLookedFor(end)
      ? [button('left-check-one', 'Check again', value, { n })]
      : [
          button('open-gone', waits?.for === 'gone' ? 'It is gone: I looked too' : 'It is gone', value, {
            n,
          }),
        ]),
    button('open-keep', keep, value, { n }),
    ...(opened.sensitivity ? [] : [button('open-move', 'Move to a ticket', value, { n })]),
  ];
}
