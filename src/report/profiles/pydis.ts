/** The form of a community's operations team: a short story, then nine headings, each with its prompt. */
import type { RootContent } from 'mdast';
import { fileNameOf, slug } from '../file-name.ts';
import type { ReportModel } from '../model.ts';
import { heading, paragraph, question } from '../nodes.ts';
import type { Profile } from '../report.ts';
import type { Times } from '../times.ts';
import { leftBehind, record } from './default/after.ts';
import { followUps } from './default/follow-ups.ts';
import { detection, impact, recovery, response } from './default/story.ts';
import { timelineTable } from './default/timeline.ts';
import { waived } from './default/told.ts';
import { intro, leadup, lessons, rootCause } from './pydis/story.ts';
import { whys } from './whys.ts';

type Section = readonly [
  name: string,
  prompt: string,
  content: (report: ReportModel, times: Times) => RootContent[],
];

const sections: readonly Section[] = [
  ['⚠️ Leadup', 'List the sequence of events that led to the incident.', leadup],
  ['🥏 Impact', 'Describe how internal and external users were impacted during the incident.', impact],
  [
    '👁️ Detection',
    'Report when the team detected the incident, and how we could improve detection time.',
    detection,
  ],
  ['🙋🏿‍♂️ Response', 'Who responded to the incident, and what obstacles did they encounter?', response],
  ['🙆🏽‍♀️ Recovery', 'How was the incident resolved? How can we improve future mitigation?', recovery],
  ["🔎 Five Why's", 'Run a 5-whys analysis to understand the true cause of the incident.', whys],
  [
    '🌱 Blameless root cause',
    'Note the final root cause and describe what needs to change to prevent reoccurrence.',
    rootCause,
  ],
  ['🤔 Lessons learned', 'What did we learn from this incident?', lessons],
  ['☑️ Follow-up tasks', 'List any tasks we should complete that are relevant to this incident.', followUps],
];

export const pydisProfile: Profile = {
  content(report, times) {
    const { start } = report.moments;
    const drill = report.drill ? 'Drill: ' : '';
    const title = report.title.trim() === '' ? `${report.id} without a title` : report.title;
    return [
      heading(1, `${times.date(start)}: ${drill}${title}`),
      ...intro(report, times),
      ...sections.flatMap(([name, prompt, content]) => [
        heading(2, name),
        paragraph(question(prompt)),
        ...content(report, times),
      ]),
      // Not in the form, and nothing of it may be lost.
      heading(2, 'Left behind'),
      ...leftBehind(report, times),
      heading(2, 'Timeline'),
      ...timelineTable(report, times),
      ...(report.waived.length > 0 ? [heading(2, 'Waived questions'), ...waived(report, times)] : []),
      ...(report.head ? [heading(2, 'Record'), ...record(report)] : []),
    ];
  },
  fileName: (report, times) => fileNameOf(times.date(report.moments.start), slug(report.title)),
};
