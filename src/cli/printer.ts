/** Prints a run's events to a terminal as they come: readable without colour, or one JSON object a line for scripts. */
import type { Event } from '../incidents/events.ts';

export type Print = (line: string) => void;

const verdicts = { ok: 'OK', warn: 'LOOK', bad: 'BAD', unknown: 'NOT KNOWN' } as const;

/** The lines for one event; none for bookkeeping. */
export function linesOf(event: Event): string[] {
  switch (event.type) {
    case 'run_started': {
      const { runbook, hash, revision, counts } = event.body;
      const pinned = revision ? ` @ ${revision}` : ` (${hash.slice(0, 12)})`;
      return [
        `${runbook.title} — ${runbook.id}${pinned}`,
        `checks ${counts.checks}, changes ${counts.changes}, by hand ${counts.byHand}`,
      ];
    }
    case 'step_opened': {
      const { title, kind, says, byHand } = event.body;
      if (kind === 'manual')
        return ['', `- ${title}`, ...(says ? [`  ${says.trim()}`] : []), ...commands(byHand)];
      return ['', `- ${title}`, ...(kind === 'ask' && says ? [`  ${says.trim()}`] : [])];
    }
    case 'check_done':
      return [
        `  ${verdicts[event.body.verdict]}: ${event.body.says}`,
        ...(event.body.elsewhere ? [`  ${event.body.elsewhere}`] : []),
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
      return [
        `  ${event.body.outcome === 'made' ? 'Made' : event.body.outcome === 'failed' ? 'Not made' : 'Not known'}: ${event.body.says}`,
      ];
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
    case 'loose_end_opened':
      return [`  Left behind until taken back: ${event.body.title}`];
    case 'loose_end_settled':
      return event.body.state === 'gone' ? [`  ${event.body.says}`] : [];
    case 'run_ended':
      return [
        '',
        event.body.says,
        ...(event.body.offer ? [`Next could be: handrail runbook run ${event.body.offer.runbook}`] : []),
      ];
    case 'incident_declared':
    case 'channel_opened':
    case 'message_posted':
    case 'slack_failed':
    case 'note_added':
    case 'entry_corrected':
    case 'role_set':
    case 'severity_changed':
    case 'status_changed':
    case 'target_confirmed':
    case 'looked_again':
    case 'stop_asked':
    case 'by_hand_claimed':
    case 'follow_up_added':
    case 'resolved':
    case 'reopened':
    case 'report_asked':
    case 'left_asked':
    case 'report_posted':
    case 'closed':
      return [];
  }
}

function commands(lines: readonly string[]): string[] {
  return lines.map((line) => `    $ ${line}`);
}
