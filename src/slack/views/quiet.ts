/** The question to a channel in which nothing was written down for a while, and what it says once that is over. */
import type { QuietQuestion } from '../../incidents/quiet.ts';
import type { Incident } from '../../incidents/state.ts';
import { actions, button, context, section } from '../blocks.ts';
import { moment, ping, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import type { Message } from './waiting.ts';

/** Calls the lead; without its buttons once somebody wrote, or asked for it to come again. */
export function quietMessage(incident: Incident, question: QuietQuestion): Message {
  const { declared, roles, number } = incident;
  const since = moment(question.since, declared.zone);
  const lead = roles.get('lead');
  if (question.over) {
    const { at, by } = question.over;
    const how = by.id === 'bot' ? 'Something came in' : `${who(by)} went on`;
    const text = `Nothing was written down from ${since} to ${moment(at, declared.zone)}. ${how}.`;
    return { text, blocks: [context(`${drillMark(incident)}:speech_balloon: ${text}`)] };
  }
  const nothing = `Nothing was written down since ${since}.`;
  if (question.snoozed) {
    const { until, by } = question.snoozed;
    const text = `${nothing} ${who(by)}: ask again at ${moment(until, declared.zone)}.`;
    return { text, blocks: [context(`${drillMark(incident)}:zzz: ${text}`)] };
  }
  const text = `${nothing} What is happening?`;
  const value = { incident: number };
  return {
    text,
    blocks: [
      section(`${drillMark(incident)}:speech_balloon: ${lead ? `${ping(lead)} ` : ''}${text}`),
      ...actions(
        [
          button('open-still', 'Still working on it', value, { style: 'primary' }),
          button('open-note', 'Note', value),
          button('quiet-later', 'Ask again in 1 hour', value),
        ],
        'wait:quiet',
      ),
    ],
  };
}

/** An older question: the newer one asks the same. */
export function quietAskedAgain(link: string): Message {
  const text = `:speech_balloon: <${link}|Asked again below>`;
  return { text, blocks: [context(text)] };
}
