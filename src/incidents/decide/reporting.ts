/** Decides how far the report is: draft, in review, final, and back. */
import type { ReportWhat } from '../commands/report.ts';
import { type Draft, emit } from '../draft.ts';
import type { EventType } from '../events.ts';
import { Refused } from '../refused.ts';
import { needs } from './rights.ts';
import { writtenText } from './written-text.ts';

type Of<K extends ReportWhat['do']> = Extract<ReportWhat, { do: K }>;

/**
 * Final only out of the review and only for the record that was checked: whoever checked it names the version, and
 * what was written since then has to be checked as well.
 */
export function setReportStatus(draft: Draft, what: Of<'set report status'>): void {
  const { incident } = draft;
  needs(draft, what.to === 'final' ? 'operate' : 'observe', `make the report ${article(what.to)}`);
  if (incident.reportStatus === what.to) {
    draft.says = `The report is ${article(what.to)} already.`;
    return;
  }
  if (what.to === 'final') {
    if (incident.reportStatus !== 'in review')
      throw new Refused('not-in-review', 'Put the report in review first, so that others can read it.');
    if (incident.resolvedAt === undefined)
      throw new Refused('not-resolved', 'The service is not back yet: a report is final after the incident.');
    if (what.checked !== incident.version)
      throw new Refused('changed', 'Something was written meanwhile. Look at the report once more.');
  }
  emit(draft, 'report_status_set', { to: what.to, problems: [...(what.problems ?? [])] });
  draft.says = `The report is ${article(what.to)}.`;
}

const article = (status: Of<'set report status'>['to']): string => (status === 'draft' ? 'a draft' : status);

/** A question that does not apply here; what it is about is known by its key, wherever the words move to. */
export function waive(draft: Draft, what: Of<'waive'>): void {
  needs(draft, 'observe', 'say that a question does not apply');
  if (!/^PIR\d{3}$/.test(what.code) || what.code === 'PIR016')
    throw new Refused('rule', 'A secret or personal data cannot be waived. Take it out.');
  const reason = writtenText(what.reason, 500, 'Give a short reason; it stays in the report.');
  if (reason.length < 5) throw new Refused('empty', 'Give a short reason; it stays in the report.');
  emit(draft, 'lint_waived', { code: what.code, key: what.key, reason });
}

/** What changes the words of a report; what machines see afterwards does not take a final report back. */
const changesReport: ReadonlySet<EventType> = new Set([
  'section_written',
  'why_written',
  'follow_up_added',
  'follow_up_changed',
  'lint_waived',
  'note_added',
  'entry_corrected',
  'entry_erased',
  'milestone_set',
  'severity_changed',
  'update_posted',
  'handed_over',
  'reopened',
  'resolved',
]);

/** What is written after a report was final is not in it: it is a draft again, and says so. */
export function draftAgain(draft: Draft): void {
  if (draft.incident.reportStatus !== 'final') return;
  if (!draft.events.some(({ type }) => changesReport.has(type))) return;
  emit(draft, 'report_status_set', { to: 'draft', problems: [] });
}
