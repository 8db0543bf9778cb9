/** The first things to know about the system, and the public line that an incident exists. */
import type { Incident } from '../../incidents/state.ts';
import { type Block, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { line, link, moment, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';

const isLink = (url: string): boolean => /^https?:\/\//.test(url);

/** Undefined when no system was named. */
export function orientation({ declared }: Incident): { text: string; blocks: Block[] } | undefined {
  const { system } = declared;
  if (!system) return undefined;
  const { picture, docs, dependencies, contacts } = system;
  const rows = [
    ...(picture
      ? [`*Picture* ${isLink(picture) ? link(picture, 'the system on one page') : line(picture, 300)}`]
      : []),
    ...(docs.length > 0
      ? [
          `*Documents* ${docs
            .slice(0, 10)
            .map((doc) => (isLink(doc.url) ? link(doc.url, doc.title) : line(doc.title, 100)))
            .join(', ')}`,
        ]
      : []),
    ...(dependencies.length > 0
      ? [
          `*Depends on* ${dependencies
            .slice(0, 20)
            .map((one) => line(one, 80))
            .join(', ')}`,
        ]
      : []),
    ...(contacts.length > 0
      ? [
          `*Ask* ${contacts
            .slice(0, 10)
            .map(
              (one) =>
                `${line(one.name, 80)} (${line(one.what, 150)}${one.channel ? `, #${line(one.channel, 80)}` : ''})`,
            )
            .join('; ')}`,
        ]
      : []),
  ];
  if (rows.length === 0) return undefined;
  const text = `About ${line(system.title, 150)}`;
  return { text, blocks: fitBlocks([section(`*${text}*\n${rows.join('\n')}`)]) };
}

/** How the incident stands now: drawn again on the same message whenever that changes. */
export function announcement(incident: Incident, channel: string): { text: string; blocks: Block[] } {
  const { declared, severity, number, status, roles, closedAt, resolvedAt } = incident;
  const lead = roles.get('lead');
  const led = `lead ${lead ? who(lead) : 'nobody yet'}`;
  const over = closedAt !== undefined || resolvedAt !== undefined;
  const ended = resolvedAt === undefined ? '' : `service is back since ${moment(resolvedAt, declared.zone)}`;
  const mark = closedAt !== undefined ? ':lock:' : over ? ':white_check_mark:' : ':rotating_light:';
  const stands =
    closedAt !== undefined
      ? [severity, 'closed', ...(ended ? [ended] : [])]
      : [severity, over ? ended : status, led];
  const text = `${drillMark(incident)}${mark} *INC-${number}* ${line(declared.title, 200)} (${stands.join(', ')}), declared by ${who(incident.declaredBy)}: <#${channel}>`;
  return { text, blocks: [section(text)] };
}
