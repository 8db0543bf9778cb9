/** What people write for the report, and how far it is. */
import type { ReportWhat } from '../commands/report.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';
import { addFollowUp, changeFollowUp } from './follow-ups.ts';
import { setReportStatus, waive } from './reporting.ts';
import { needs } from './rights.ts';
import { writeWhy } from './whys.ts';
import { writtenText } from './written-text.ts';

/** Characters of one section; a form takes 3,000, a file more. */
const LONGEST = 12_000;

export function decideReport(draft: Draft, what: ReportWhat): void {
  switch (what.do) {
    case 'post report':
      return emit(draft, 'report_asked', {});
    case 'record report':
      return emit(draft, 'report_posted', {
        file: what.file,
        hash: what.hash,
        ...(what.profile === undefined ? {} : { profile: what.profile }),
      });
    case 'write section':
      return writeSection(draft, what);
    case 'write why':
      return writeWhy(draft, what);
    case 'add follow-up':
      return addFollowUp(draft, what);
    case 'change follow-up':
      return changeFollowUp(draft, what);
    case 'set report status':
      return setReportStatus(draft, what);
    case 'waive':
      return waive(draft, what);
  }
}

/** The last text of a section counts; an empty one takes it away. Which sections there are is the report's business. */
function writeSection(draft: Draft, what: Extract<ReportWhat, { do: 'write section' }>): void {
  needs(draft, 'observe', 'write for the report');
  const section = what.section.trim();
  if (section === '' || section.length > 60) throw new Refused('section', 'There is no such section.');
  emit(draft, 'section_written', { section, text: writtenText(what.text, LONGEST, '') });
}
