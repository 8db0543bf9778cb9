/** The post-incident report of an incident: its events as one Markdown file. */
import type { Root, RootContent } from 'mdast';
import type { Event } from '../incidents/events.ts';
import { markdown } from './markdown.ts';
import { type Head, model, type ReportModel } from './model.ts';
import type { PeopleStyle } from './people.ts';
import { type ProfileName, profiles } from './profiles.ts';
import { fillTemplate, type ReportTemplate } from './template.ts';
import { type Times, timesIn } from './times.ts';
import { oneLine } from './typed.ts';

/** Raised when the same events give another text. */
const reportVersion = 4;

/** What a profile gives: the sections and the file's name. */
export interface Profile {
  content(report: ReportModel, times: Times): RootContent[];
  fileName(report: ReportModel, times: Times): string;
}

export interface ReportOptions {
  /** IANA zone; without it that of the incident. */
  readonly zone?: string;
  readonly profile: ProfileName;
  readonly people: PeopleStyle;
  /** Version of Handrail, for the last line. */
  readonly version?: string;
  /** A team's own form, in place of the profile's; the file is named as the profile names it. */
  readonly template?: ReportTemplate;
  /** The last entry of the record and its hash, of whoever read the events: the report then says it. */
  readonly head?: Head;
}

function lastLine(options: ReportOptions, zone: string): string {
  const handrail = options.version ? ` (Handrail ${options.version})` : '';
  const { template } = options;
  const profile = template ? `template, file ${oneLine(template.name).trim()}` : options.profile;
  return `Report version ${reportVersion}${handrail}, profile ${profile}, people ${options.people}, zone ${zone}`;
}

/**
 * Pure: the same events and options give the same bytes; there is no clock. Throws NoIncident when the events hold no
 * declaration, UnknownZone when the zone is no IANA name, BadTemplate for a template with problems.
 */
export function report(
  events: readonly Event[],
  options: ReportOptions,
): { readonly markdown: string; readonly fileName: string } {
  const { people, head } = options;
  const whole = model(events, { people, ...(head ? { head } : {}) });
  const times = timesIn(options.zone ?? whole.zone);
  const profile: Profile = profiles[options.profile];
  const last: RootContent[] = [
    { type: 'thematicBreak' },
    { type: 'paragraph', children: [{ type: 'text', value: `${lastLine(options, times.zone)}.` }] },
  ];
  const content = options.template
    ? fillTemplate(options.template, whole, times)
    : profile.content(whole, times);
  const root: Root = { type: 'root', children: [...content, ...last] };
  return { markdown: markdown(root), fileName: profile.fileName(whole, times) };
}
