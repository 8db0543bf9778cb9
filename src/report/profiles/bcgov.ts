/** The form of a provincial government team: header lines, one line for each thing that happened, takeaways. */
import type { RootContent } from 'mdast';
import { fileNameOf, slug } from '../file-name.ts';
import type { ReportModel } from '../model.ts';
import { heading, paragraph, strong } from '../nodes.ts';
import type { Profile } from '../report.ts';
import type { Times } from '../times.ts';
import { lines } from './bcgov/lines.ts';
import { takeaways } from './bcgov/takeaways.ts';
import { leftBehind, record } from './default/after.ts';
import { followUps } from './default/follow-ups.ts';
import { waived } from './default/told.ts';

function header(report: ReportModel, times: Times): RootContent[] {
  const { system, moments } = report;
  const environment = system?.environment ?? report.namespace;
  const where = environment.includes(report.namespace) ? environment : `${report.namespace} (${environment})`;
  const title = `${report.id}: ${report.title.trim() === '' ? 'without a title' : report.title}`;
  return [
    paragraph(strong('Project:'), ` ${system?.project ?? system?.title ?? report.namespace}`),
    paragraph(
      strong('Date of incident:'),
      ` ${times.longDate(moments.start)} ${times.clock12(moments.start)}`,
    ),
    paragraph(strong('Environment Affected:'), ` ${where}`),
    paragraph(strong('Incident:'), ` ${report.drill ? 'Drill: ' : ''}${title}`),
  ];
}

export const bcgovProfile: Profile = {
  content(report, times) {
    const sections = [
      ['Takeaways', takeaways(report, times)],
      ['Follow-ups', followUps(report)],
      ['Left behind', leftBehind(report, times)],
      ['Waived questions', waived(report, times)],
      ['Record', record(report)],
    ] as const;
    return [
      heading(1, 'Post Incident Report'),
      ...header(report, times),
      heading(2, 'Timeline'),
      ...lines(report, times),
      ...sections.flatMap(([name, content]) => (content.length === 0 ? [] : [heading(2, name), ...content])),
    ];
  },
  fileName: (report, times) =>
    fileNameOf(report.id.toLowerCase(), times.date(report.moments.start), slug(report.title)),
};
