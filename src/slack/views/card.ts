/** The pinned card: what an incident is now, and one row of buttons. */
import { pinnedAs } from '../../incidents/pin.ts';
import type { Incident } from '../../incidents/state.ts';
import { actions, type Block, button, context, header, section } from '../blocks.ts';
import { cut, fitBlocks, MOST } from '../fit.ts';
import { code, esc, line, moment, who } from '../mrkdwn.ts';
import { comparedWords } from './baseline.ts';
import { lockLines } from './locks.ts';
import { repeatedFact } from './repeated-fact.ts';

const severityWords = {
  SEV1: ':red_circle: SEV1',
  SEV2: ':large_orange_circle: SEV2',
  SEV3: ':large_yellow_circle: SEV3',
  SEV4: ':white_circle: SEV4',
};

export const drillMark = (incident: Incident): string =>
  incident.declared.drill ? ':jigsaw: *This is a drill.* ' : '';

/** What is still there, or may be. */
export function stillLeft(incident: Incident) {
  return [...incident.looseEnds.values()].filter((end) => end.state === 'open' || end.state === 'may exist');
}

/** `awaySince`: the database does not answer since then (ms), and this is what was known last. */
export function card(incident: Incident, awaySince?: number): Block[] {
  const { declared, number } = incident;
  const { zone } = declared;
  const lead = incident.roles.get('lead');
  const others = [...incident.roles].filter(([role]) => role !== 'lead');
  const runs = [...incident.runs.values()].filter((run) => !run.ended && !run.parent);
  const left = stillLeft(incident);
  const facts = [
    `*Severity* ${severityWords[incident.severity]}`,
    `*Status* ${incident.status}`,
    `*Lead* ${lead ? who(lead) : 'nobody yet'}`,
    `*Since* ${moment(declared.since, zone, '{date_short_pretty} {time} ({ago})')}`,
    `*System* ${declared.system ? line(declared.system.title, 150) : 'not named'} in ${code(declared.namespace, 80)}`,
    targetFact(incident),
  ];
  const ended =
    incident.closedAt !== undefined
      ? `*Closed* ${moment(incident.closedAt, zone, '{date_short_pretty} {time}')}`
      : incident.resolvedAt !== undefined
        ? `*Service back* ${moment(incident.resolvedAt, zone, '{date_short_pretty} {time}')}`
        : undefined;
  const repeated = repeatedFact(incident);
  const locked = [...incident.runs.values()].flatMap((run) => lockLines(incident, run));
  const more = [
    ...(ended ? [ended] : []),
    ...(repeated ? [repeated] : []),
    ...(others.length > 0
      ? [`*Roles* ${others.map(([role, person]) => `${line(role, 40)}: ${who(person)}`).join(', ')}`]
      : []),
    `*Runbook* ${runs.length === 0 ? 'none open' : runs.map((run) => `${line(run.runbook.title, 100)} (run ${run.run}, ${code(pinnedAs(run.runbook.id, run), 120)})`).join(', ')}`,
    `*Left behind* ${
      left.length === 0
        ? 'nothing known'
        : left
            .slice(0, 5)
            .map((end) => line(end.opened.title, 120))
            .join('; ')
    }${left.length > 5 ? ` and ${left.length - 5} more` : ''}${comparedWords(incident)}`,
    ...(incident.updateNext === undefined || incident.closedAt !== undefined
      ? []
      : [`*Next update* promised for ${moment(incident.updateNext, zone, '{date_short_pretty} {time}')}`]),
    ...locked.slice(0, 5),
  ];
  const noticed = declared.noticed.trim() === '' ? [] : [section(`*Noticed* ${esc(declared.noticed, 1500)}`)];
  return fitBlocks([
    header(`INC-${number} ${declared.title}`),
    ...(declared.drill ? [section(drillMark(incident).trim())] : []),
    ...(awaySince === undefined ? [] : [section(awayWords(awaySince, zone))]),
    { type: 'section', fields: facts.map((text) => ({ type: 'mrkdwn' as const, text: cut(text, 1900) })) },
    ...noticed,
    section(more.join('\n')),
    ...cardButtons(incident),
    ...(incident.unknownEvents > 0
      ? [
          context(
            'A newer Handrail has written to this incident: nothing can be decided here until all copies are updated.',
          ),
        ]
      : []),
  ]);
}

function targetFact({ targets }: Incident): string {
  if (targets.length === 0) return '*Target* not confirmed yet';
  const names = targets.slice(0, 5).map(({ target }) => `${line(target.kind, 40)} ${code(target.name, 120)}`);
  const more = targets.length > 5 ? ` and ${targets.length - 5} more` : '';
  return `*Target${targets.length > 1 ? 's' : ''}* ${names.join(', ')}${more}`;
}

/** Nothing is lost, and what to do meanwhile. */
export function awayWords(since: number, zone: string): string {
  return `:floppy_disk: *Not saved centrally since ${moment(since, zone)}.* Handrail's own database does not answer. Notes still work: they are kept on disk and go onto the timeline later. Buttons that change something say what to type instead.`;
}

function cardButtons({ number, resolvedAt, closedAt }: Incident): Block[] {
  const alone = { incident: number };
  if (closedAt !== undefined) return actions([button('open-note', 'Note', alone)], 'card');
  return actions(
    [
      button('open-run', 'Run a runbook', alone, resolvedAt === undefined ? { style: 'primary' } : {}),
      button('open-note', 'Note', alone),
      button('open-update', 'Update', alone),
      button('open-roles', 'Roles', alone),
      ...(resolvedAt === undefined ? [button('open-resolve', 'Resolve', alone)] : []),
    ],
    'card',
  );
}

/** At most 250 characters; how it stands comes before a title that may be long. */
export function topic(incident: Incident): string {
  const { declared, number, severity, status } = incident;
  const lead = incident.roles.get('lead');
  const drill = declared.drill ? ['DRILL'] : [];
  const led = lead ? [`lead ${cut(lead.name, 40)}`] : [];
  const stands = [...drill, `INC-${number}`, severity, status, ...led].join(' · ');
  return `${stands} · ${cut(declared.title.replace(/\s+/g, ' '), MOST.topic - stands.length - 3)}`;
}

/** Fall-back text, for notifications and screen readers. */
export function cardText(incident: Incident): string {
  return esc(
    `INC-${incident.number} ${incident.declared.title}: ${incident.severity}, ${incident.status}`,
    300,
  );
}

/** `inc-7-web-api-timeouts`: the number is what it is found by again. */
export function channelName(incident: Incident): string {
  const words = incident.declared.title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const prefix = `inc-${incident.number}`;
  const name = words === '' ? prefix : `${prefix}-${words}`;
  // Names over 40 characters do not fit the side bar of a phone.
  const most = Math.min(MOST.channelName, 46);
  if (name.length <= most) return name;
  const whole = name.slice(0, name.lastIndexOf('-', most));
  return (whole.length > most / 2 ? whole : name.slice(0, most)).replace(/-+$/, '');
}
