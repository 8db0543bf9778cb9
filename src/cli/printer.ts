/** Prints a run's events to a terminal as they come: readable without colour, or one JSON object a line for scripts. */
import type { Event, EventOf } from '../incidents/events.ts';
import { everyOffer } from '../incidents/offers.ts';
import { changedWords, pinnedAs } from '../incidents/pin.ts';
import { countWords } from '../runbooks/count-words.ts';

export type Print = (line: string) => void;

export const verdicts = { ok: 'OK', warn: 'LOOK', bad: 'BAD', unknown: 'NOT KNOWN' } as const;

/** The lines for one event; none for bookkeeping. */
export function linesOf(event: Event): string[] {
  switch (event.type) {
    case 'run_started': {
      const { runbook } = event.body;
      return [`${runbook.title} — ${pinnedAs(runbook.id, event.body)}`, countWords(runbook.steps)];
    }
    case 'runbook_changed':
      return event.body.again ? [] : [`  ${changedWords(event.body)}`];
    case 'step_opened': {
      const { title, kind, says, byHand } = event.body;
      if (kind === 'manual') return ['', `- ${title}`, ...indented(says), ...commands(byHand)];
      const undo = event.body.undoes === undefined ? '' : 'Undo: ';
      return ['', `- ${undo}${title}`, ...(kind === 'ask' ? indented(says) : [])];
    }
    case 'check_done':
      return [
        `  ${verdicts[event.body.verdict]}: ${event.body.says}`,
        ...(event.body.elsewhere ? [`  ${event.body.elsewhere}`] : []),
      ];
    case 'check_repeated':
      return [
        `  Checked again: ${event.body.title}`,
        `  ${verdicts[event.body.verdict]}: ${event.body.says}`,
      ];
    case 'plan_made': {
      const { plan, undo, leaves, says, verify, byHand } = event.body;
      return [
        `  Plan for ${plan.target.kind} ${plan.target.namespace}/${plan.target.name}:`,
        ...plan.changes.map((change) => `    ${change.field}: ${change.before} -> ${change.after}`),
        ...(says ? [`  ${says}`] : []),
        ...plan.notes.map((note) => `  Note: ${note}`),
        ...plan.unknowns.map((unknown) => `  Not known: ${unknown}`),
        ...(verify ? [`  Verified by: ${verify.says}`] : []),
        `  Undo: ${undo}`,
        ...leaves.map((leave) => `  Leaves behind: ${leave.says}`),
        ...(byHand.length > 0 ? ['  By hand it would be:', ...commands(byHand)] : []),
      ];
    }
    case 'params_asked':
      return [`  ${event.body.says}`];
    case 'plan_failed':
      return [`  No plan: ${event.body.says}`];
    case 'approval_requested':
      return ['  Asked for approval.'];
    case 'alone_allowed':
      return [`  ${event.body.says}`];
    case 'approved':
      return [`  Approved by ${event.by.name}${event.body.alone ? ' (alone)' : ''}.`];
    case 'approval_lapsed':
      return [`  ${event.body.says}`];
    case 'act_started':
      return [`  Started by ${event.by.name}.`];
    case 'act_done':
      return [`  ${outcomeWords(event.body)}`];
    case 'act_found':
    case 'attempt_lost':
    case 'outcome_late':
    case 'verified':
      return [`  ${event.body.says}`];
    case 'choice_made':
      return [`  Decided: ${event.body.label}`];
    case 'step_closed':
      return event.body.state === 'not needed' || event.body.state === 'done'
        ? []
        : [`  ${event.body.state}${event.body.reason ? `: ${event.body.reason}` : ''}`];
    case 'target_proposed':
      return [`  Proposed target: ${event.body.target.kind} ${event.body.target.name}`];
    case 'unwind_started':
      return [
        '',
        `Unwinding run ${event.body.run}: ${event.body.changes.length} changes, newest first`,
        ...event.body.passed.map(({ title, why }) => `  Stays as it is: ${title}. ${why}`),
      ];
    case 'unwind_ended':
      return ['', event.body.says, ...event.body.left.map(({ title }) => `  Not taken back: ${title}`)];
    case 'target_confirmed':
      return [
        `  Confirmed target: ${event.body.target.kind} ${event.body.target.name}${event.body.also ? ', as well' : ''}`,
      ];
    case 'target_dropped':
      return [`  Not a target any more: ${event.body.target.kind} ${event.body.target.name}`];
    case 'lock_taken':
      return [
        `  Taken over by ${event.by.name}: ${event.body.locks.map((lock) => `${lock.key} from ${lock.by} in INC-${lock.incident}`).join(', ')}.`,
      ];
    case 'lock_lost':
      return [
        `  ${event.body.by.name} took over ${event.body.keys.join(', ')} for INC-${event.body.to}. What was started here goes on; look before you go on.`,
      ];
    case 'loose_end_opened':
      return event.body.kind === 'approval-alone'
        ? [`  ${event.body.title}. A second person looks at it afterwards.`]
        : [`  Left behind until taken back: ${event.body.title}`];
    case 'loose_end_settled':
      return event.body.state === 'gone' || event.body.overdue ? [`  ${event.body.says}`] : [];
    case 'run_ended':
      return [
        '',
        event.body.says,
        ...(event.body.offer ? everyOffer(event.body.offer) : []).map(
          (one, index) => `${index === 0 ? 'Next could be' : 'Or'}: ${commandOf(one, event.incident)}`,
        ),
      ];
    case 'incident_declared':
    case 'channel_opened':
    case 'message_posted':
    case 'slack_failed':
    case 'loose_end_keep_asked':
    case 'loose_end_gone_said':
    case 'loose_end_moved':
    case 'ends_reminded':
    case 'follow_up_changed':
    case 'section_written':
    case 'why_written':
    case 'lint_waived':
    case 'report_status_set':
    case 'milestone_set':
    case 'erase_asked':
    case 'entry_erased':
    case 'file_kept':
    case 'file_not_kept':
    case 'update_posted':
    case 'handed_over':
    case 'quiet_asked':
    case 'update_missed':
    case 'quiet_snoozed':
    case 'difference_found':
    case 'difference_failed':
    case 'note_added':
    case 'entry_corrected':
    case 'role_set':
    case 'severity_changed':
    case 'status_changed':
    case 'looked_again':
    case 'stop_asked':
    case 'by_hand_claimed':
    case 'follow_up_added':
    case 'time_over':
    case 'resolved':
    case 'reopened':
    case 'recorded_later':
    case 'report_asked':
    case 'left_asked':
    case 'report_posted':
    case 'closed':
      return [];
  }
}

/** An author's text, each of its lines under the heading. */
function indented(text: string | undefined): string[] {
  if (text === undefined || text.trim() === '') return [];
  return text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`);
}

function commands(lines: readonly string[]): string[] {
  return lines.map((line) => `    $ ${line}`);
}

/** `Made. replicas: 1.`: what was answered begins with a word of its own. */
function outcomeWords({ outcome, says }: EventOf<'act_done'>['body']): string {
  if (outcome !== 'made') return `${outcome === 'failed' ? 'Not made' : 'Not known'}: ${says}`;
  const rest = says.replace(/^Done\.\s*/, '');
  return rest === '' ? 'Made.' : `Made. ${rest}`;
}

/** The offer as a command to be typed, in the same incident, with what is known already. */
export function commandOf(
  { runbook, with: known }: { runbook: string; with: Readonly<Record<string, unknown>> },
  incident: number,
): string {
  const params = Object.entries(known).map(
    ([name, value]) => ` --param ${quoted(`${name}=${String(value)}`)}`,
  );
  return `handrail runbook run ${runbook} --incident INC-${incident}${params.join('')}`;
}

/** For a POSIX shell: within single quotes nothing has a meaning. */
function quoted(word: string): string {
  return /^[\w=./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
