/** What people write for the report, and how far it is. */
import type { ReportWhat } from '../commands/report.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';

export function decideReport(draft: Draft, what: ReportWhat): void {
  switch (what.do) {
    case 'post report':
      return emit(draft, 'report_asked', {});
    case 'record report':
      return emit(draft, 'report_posted', { file: what.file, hash: what.hash });
    case 'write section':
    case 'write why':
    case 'add follow-up':
    case 'change follow-up':
    case 'set report status':
    case 'waive':
      throw new Refused('later', 'Not there yet.');
  }
}
