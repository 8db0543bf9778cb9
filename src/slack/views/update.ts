/** An update for everybody who waits: outside, in the incident's channel, and the reminder when a promised one has not come. */
import type { EventOf } from '../../incidents/events.ts';
import type { Incident } from '../../incidents/state.ts';
import { actions, type Block, button, context, section } from '../blocks.ts';
import { fitBlocks, joined } from '../fit.ts';
import { esc, line, moment, ping, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import type { Message } from './waiting.ts';

type Posted = EventOf<'update_posted'>;

/** What became of it outside of the incident's channel. */
export type Outside =
  | { readonly kind: 'posted'; readonly link: string }
  | { readonly kind: 'not configured' }
  | { readonly kind: 'refused'; readonly channel: string }
  | { readonly kind: 'kept' };

const bodyOf = (text: string): Block[] => joined(esc(text, 3000).split('\n')).map(section);

function promise(incident: Incident, next: number | undefined): string {
  if (next === undefined) return '';
  return `Next update: ${moment(next, incident.declared.zone, '{date_short_pretty} {time}')}.`;
}

/** For the channel of updates. Of a private incident only the words that somebody let out. */
export function updateOutside(incident: Incident, { body, by }: Posted): Message {
  const { declared, number, severity, status, channel } = incident;
  const open = !declared.private;
  const title = open
    ? `*INC-${number} ${line(declared.title, 200)}*: ${severity}, ${status}`
    : '*Update about an incident*';
  const where = open && channel ? ` in <#${channel.id}>` : '';
  const foot = [`${who(by)}${where}.`, promise(incident, body.next)].filter((text) => text !== '');
  return {
    text: open ? `INC-${number} ${line(declared.title, 200)}: update` : 'Update about an incident',
    blocks: fitBlocks([
      section(`${drillMark(incident)}:mega: ${title}`),
      ...bodyOf(body.text),
      context(foot.join(' ')),
    ]),
  };
}

function outsideWords(outside: Outside): string {
  switch (outside.kind) {
    case 'posted':
      return `<${outside.link}|Everybody else reads it here>.`;
    case 'not configured':
      return 'It stands only here and on the timeline: `slack.updates_channel` is not set in handrail.yaml.';
    case 'refused':
      return `It stands only here and on the timeline: it could not be posted in ${line(outside.channel, 80)}, which is \`slack.updates_channel\` in handrail.yaml.`;
    case 'kept':
      return 'It stands only here and on the timeline: the incident is private.';
  }
}

/** For the incident's own channel. */
export function updateInside(incident: Incident, { body, by }: Posted, outside: Outside): Message {
  const foot = [outsideWords(outside), promise(incident, body.next)].filter((text) => text !== '');
  return {
    text: `${line(by.name, 80)} posted an update`,
    blocks: fitBlocks([
      section(`${drillMark(incident)}:mega: *Update* by ${who(by)}`),
      ...bodyOf(body.text),
      context(foot.join(' ')),
    ]),
  };
}

/** Calls the lead, once. */
export function updateReminder(
  incident: Incident,
  { body: { promised } }: EventOf<'update_missed'>,
): Message {
  const lead = incident.roles.get('lead');
  const when = moment(promised, incident.declared.zone, '{date_short_pretty} {time}');
  const text = `An update was promised for ${when}, and people wait for it.`;
  return {
    text,
    blocks: [
      section(`${drillMark(incident)}:alarm_clock: ${lead ? `${ping(lead)} ` : ''}${text}`),
      ...actions(
        [button('open-update', 'Write the update', { incident: incident.number }, { style: 'primary' })],
        'wait:update',
      ),
    ],
  };
}

/** The reminder, once the update has come. */
export function reminderAnswered(link: string): Message {
  const text = `:white_check_mark: The promised update has come: <${link}|here>.`;
  return { text, blocks: [context(text)] };
}
