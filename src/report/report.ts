/** The post-incident report of an incident: its events as one Markdown file. */
import type { Root, RootContent } from 'mdast';
import type { Event } from '../incidents/events.ts';
import { markdown } from './markdown.ts';
import { type Head, model, type ReportModel } from './model.ts';
import type { PeopleStyle } from './people.ts';
import { type ProfileName, profiles } from './profiles.ts';
import { type Times, timesIn } from './times.ts';

/** Raised when the same events give another text. */
const reportVersion = 3;

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
  /** The last entry of the record and its hash, of whoever read the events: the report then says it. */
  readonly head?: Head;
}

function lastLine(options: ReportOptions, zone: string): string {
  const handrail = options.version ? ` (Handrail ${options.version})` : '';
  return `Report version ${reportVersion}${handrail}, profile ${options.profile}, people ${options.people}, zone ${zone}`;
}

/**
 * Pure: the same events and options give the same bytes; there is no clock. Throws NoIncident when the events hold no
 * declaration, UnknownZone when the zone is no IANA name.
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
  const root: Root = { type: 'root', children: [...profile.content(whole, times), ...last] };
  return { markdown: markdown(root), fileName: profile.fileName(whole, times) };
}
