/** What the incident leaves behind, each with its ways out. */
import { byUrgency, isLeft, leftTitle, sensitiveWords, stateWords } from '../../incidents/left-words.ts';
import type { Incident, LooseEnd } from '../../incidents/state.ts';
import { actions, type Block, type Button, button, context, header, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { code, line, moment, stayWords, who } from '../mrkdwn.ts';
import { aloneButtons } from './alone.ts';
import { drillMark } from './card.ts';

const marks = {
  'may exist': ':grey_question:',
  open: ':large_yellow_circle:',
  gone: ':white_check_mark:',
  accepted: ':ballot_box_with_check:',
  moved: ':arrow_right:',
} as const;

const wordsOf = (end: LooseEnd): string => `${marks[end.state]} ${stateWords(end)}`;

/** Items of one message; further ones are named in words. */
const MOST = 12;

export function leftMessage(incident: Incident): { text: string; blocks: Block[] } {
  const ends = byUrgency(incident.looseEnds.values());
  const open = ends.filter(isLeft);
  const shown = open.slice(0, MOST);
  const settled = ends.filter((end) => !open.includes(end));
  const { number } = incident;
  const check: Button[] = open.some((end) => end.opened.probe)
    ? [button('left-check', 'Check again', { incident: number })]
    : [];
  const text = leftTitle(open.length);
  const followUps = [...incident.followUps.values()];
  return {
    text: `INC-${number}: ${text}`,
    blocks: fitBlocks([
      header(text),
      ...(incident.declared.drill ? [context(drillMark(incident))] : []),
      ...shown.flatMap((end, n) => one(incident, end, n)),
      ...(open.length > MOST
        ? [context(`… and ${open.length - MOST} more; they come up when these are settled.`)]
        : []),
      ...(settled.length > 0
        ? [
            section(
              settled
                .slice(-15)
                .map(
                  (end) =>
                    `${wordsOf(end)}  ${line(end.opened.title, 150)}${end.says ? ` – ${line(end.says, 150)}` : ''}`,
                )
                .join('\n'),
            ),
          ]
        : []),
      ...(followUps.length > 0
        ? [
            section(
              `*Follow-ups*\n${followUps
                .slice(0, 10)
                .map((followUp) => `• ${line(followUp.text, 200)}`)
                .join('\n')}`,
            ),
          ]
        : []),
      ...actions(check, 'left'),
    ]),
  };
}

/** What an older list becomes: no buttons, and the way to the newer one. */
export function newerList(link: string): { text: string; blocks: Block[] } {
  return {
    text: 'A newer list of what was left behind is further down',
    blocks: [context(`<${link}|What was left behind: the newer list>`)],
  };
}

function one(incident: Incident, end: LooseEnd, n: number): Block[] {
  const { opened } = end;
  const { number, declared } = incident;
  const holds = sensitiveWords(end);
  const sensitive = holds ? ` · *${holds}*` : '';
  const values =
    opened.before && opened.during ? `\n${code(opened.before, 100)} → ${code(opened.during, 100)}` : '';
  const over =
    incident.closedAt !== undefined ? 'closed' : incident.resolvedAt !== undefined ? 'resolved' : undefined;
  const until = opened.until ? `, ${stayWords(opened.until, over)}` : '';
  const value = { incident: number, looseEnd: opened.id };
  const canUndo =
    opened.kind === 'temporary' &&
    opened.run !== undefined &&
    opened.step !== undefined &&
    opened.beside !== true &&
    incident.closedAt === undefined;
  const buttons: Button[] = [
    ...(canUndo ? [button('left-undo', 'Undo', value, { n })] : []),
    ...(opened.kind === 'approval-alone' ? aloneButtons(incident, opened.id, n) : []),
    ...(opened.sensitivity ? [] : [button('open-keep', 'Keep', value, { n })]),
  ];
  return [
    section(
      `${wordsOf(end)}  *${line(opened.title, 250)}*${sensitive}\n${line(opened.object, 200)} since ${moment(end.openedAt, declared.zone)} by ${who(end.openedBy)}${until}${values}${end.says ? `\n${line(end.says, 250)}` : ''}`,
    ),
    ...actions(buttons, `left:${n}`),
  ];
}
