/** What the comparison with before the incident found, in one line; and where there was none, so that nobody relies on it. */
import { notCheckedWords } from '../../incidents/baseline/words.ts';
import type { EventOf } from '../../incidents/events.ts';
import { sentence } from '../../incidents/sentence.ts';
import type { Incident } from '../../incidents/state.ts';
import { esc, line } from '../mrkdwn.ts';

/** As many as one reads in a channel. */
const MOST = 5;

export function differenceLine(
  { body }: EventOf<'difference_found'>,
  words: (at: number, precision: 'about') => string,
): string {
  const { from, objects, questions, asked, more, older, notChecked } = body;
  const compared = `Compared ${objects} ${objects === 1 ? 'object' : 'objects'} with how they were at ${words(from, 'about')}`;
  const many = asked.length + (more ?? 0);
  const news =
    many > 0
      ? `*${many === 1 ? '1 change that nobody recorded is' : `${many} changes that nobody recorded are`} on the list of what is left behind*${more ? ` (the first ${asked.length} of them)` : ''}`
      : questions > 0
        ? 'nothing new that nobody recorded'
        : 'nothing that nobody recorded';
  return `:mag: ${compared}: ${news}.${listed('Changed long before the first sign of trouble, so not asked', older)}${listed('Not checked', notChecked.map(notCheckedWords))}`;
}

export function notComparedLine({ body }: EventOf<'difference_failed'>): string {
  return `:mag: Not compared with before the incident. ${esc(sentence(body.says), 800)} What somebody changed without Handrail is not on the list of what is left behind.`;
}

/** For the card, behind what is known to be left. */
export function comparedWords({ compared, notCompared }: Incident): string {
  if (notCompared !== undefined) return ' _(not compared with before the incident)_';
  if (compared && compared.notChecked > 0)
    return ` _(${compared.notChecked} ${compared.notChecked === 1 ? 'kind' : 'kinds'} of object not checked)_`;
  return '';
}

function listed(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, MOST).map((item) => `\n• ${line(item, 250)}`);
  const rest = items.length - shown.length;
  return `\n${title}:${shown.join('')}${rest > 0 ? `\n… and ${rest} more` : ''}`;
}
