/** What the incident leaves behind, each with its ways out, and why it cannot be closed yet. */

import { closeGate, gateLine, theRest } from '../../incidents/close-gate.ts';
import { DEFAULT_UNTIL } from '../../incidents/coming-time.ts';
import { byUrgency, leftTitle } from '../../incidents/left-words.ts';
import { isLeft, isOverdue } from '../../incidents/loose-end.ts';
import type { Incident, LooseEnd } from '../../incidents/state.ts';
import { actions, type Block, type Button, button, context, header, section } from '../blocks.ts';
import { fitBlocks, textLength } from '../fit.ts';
import { esc, line } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { leftItem, leftLine } from './left-item.ts';

/** Items of one message, and the length of their texts: what comes after them is on the next page. */
const MOST = 10;
const MOST_TEXT = 7000;

/** Somebody has to say what becomes of it. */
const waits = (end: LooseEnd): boolean => isLeft(end) || isOverdue(end);

/** What may still be changed: what waits first, then what is kept. */
function pagesOf(incident: Incident): LooseEnd[][] {
  const ends = byUrgency(incident.looseEnds.values());
  const kept = ends.filter((end) => end.state === 'accepted' && !waits(end));
  const pages: LooseEnd[][] = [];
  let length = 0;
  for (const end of [...ends.filter(waits), ...kept]) {
    const size = textLength(leftItem(incident, end, 0));
    const page = pages.at(-1);
    if (page && page.length < MOST && length + size <= MOST_TEXT) {
      page.push(end);
      length += size;
    } else {
      pages.push([end]);
      length = size;
    }
  }
  return pages;
}

/** The message in the channel: what waits, as far as it fits, what was settled, and the buttons for all of it. */
export function leftMessage(incident: Incident): { text: string; blocks: Block[] } {
  const ends = byUrgency(incident.looseEnds.values());
  const open = ends.filter(waits);
  const pages = pagesOf(incident);
  const shown = (pages[0] ?? []).filter(waits);
  const settled = ends.filter((end) => !waits(end));
  const text = leftTitle(open.length);
  const gate = gateLine(incident);
  return {
    text: `INC-${incident.number}: ${text}`,
    blocks: fitBlocks([
      header(text),
      ...(gate ? [section(esc(gate, 1500))] : []),
      ...(incident.declared.drill ? [context(drillMark(incident))] : []),
      ...shown.flatMap((end, n) => leftItem(incident, end, n)),
      ...(open.length > shown.length
        ? [context(`… and ${open.length - shown.length} more: *Show the others*.`)]
        : []),
      ...(settled.length > 0
        ? [
            section(
              settled
                .slice(0, 15)
                .map((end) => leftLine(end, incident))
                .join('\n'),
            ),
          ]
        : []),
      ...followUps(incident),
      ...actions(forAll(incident, open, shown.length), 'left'),
    ]),
  };
}

/** A page of all that may still be changed, for one person; the first is 0. A page that is not there any more is the last. */
export function leftPage(incident: Incident, page: number): { text: string; blocks: Block[] } {
  const pages = pagesOf(incident);
  const at = Math.min(page, pages.length - 1);
  const ends = pages[at];
  if (!ends) return { text: leftTitle(0), blocks: [section(leftTitle(0))] };
  const text = pages.length === 1 ? 'Left behind' : `Left behind, page ${at + 1} of ${pages.length}`;
  const { number } = incident;
  const turn: Button[] = [
    ...(at > 0 ? [button('left-page', 'Back', { incident: number, page: at - 1 }, { n: 0 })] : []),
    ...(at < pages.length - 1
      ? [button('left-page', 'Further', { incident: number, page: at + 1 }, { n: 1 })]
      : []),
  ];
  return {
    text,
    blocks: fitBlocks([
      section(`*${text}*`),
      ...ends.flatMap((end, n) => leftItem(incident, end, n)),
      ...actions(turn, 'left-page'),
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

/** *Keep the other 12*, or all of them when nothing sensitive is beside them. Nothing when there is nothing to keep. */
export function keepRestButton(incident: Incident): Button[] {
  const rest = theRest(incident);
  if (rest === 0) return [];
  const held = closeGate(incident).some(({ why }) => why === 'sensitive');
  const what = held ? `the other ${rest === 1 ? 'one' : rest}` : rest === 1 ? 'it' : `all ${rest}`;
  return [button('open-keep-rest', `Keep ${what}, ask ${DEFAULT_UNTIL}`, { incident: incident.number })];
}

function forAll(incident: Incident, open: readonly LooseEnd[], shown: number): Button[] {
  const { number } = incident;
  const kept = [...incident.looseEnds.values()].some(({ state }) => state === 'accepted');
  return [
    ...(open.length > shown ? [button('left-page', 'Show the others', { incident: number, page: 1 })] : []),
    ...(open.length === shown && kept
      ? [button('left-page', 'Change what is kept', { incident: number, page: 0 })]
      : []),
    ...keepRestButton(incident),
    button('open-add-left', 'Add', { incident: number }),
    ...(open.some(({ opened }) => opened.probe || opened.source === 'diff')
      ? [button('left-check', 'Check again', { incident: number })]
      : []),
  ];
}

function followUps(incident: Incident): Block[] {
  const all = [...incident.followUps.values()];
  if (all.length === 0) return [];
  const lines = all.slice(0, 10).map((followUp) => `• ${line(followUp.text, 200)}`);
  const more = all.length > 10 ? [`… and ${all.length - 10} more`] : [];
  return [section(['*Follow-ups*', ...lines, ...more].join('\n'))];
}
