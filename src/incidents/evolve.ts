/** Folds one event into an incident. Changes the incident that it is given: what grows is never copied. */
import type { Event, EventOf } from './events.ts';
import { evolveDifference } from './evolve/baseline.ts';
import { evolveChange } from './evolve/changes.ts';
import { evolveLeft } from './evolve/left-behind.ts';
import { emptyIndex, evolveIndex, evolveRecord } from './evolve/record.ts';
import { evolveRepeated, evolveRepeats } from './evolve/repeats.ts';
import { evolveReport } from './evolve/report.ts';
import { evolveRun } from './evolve/runs.ts';
import { evolveQuiet, evolveSharing } from './evolve/sharing.ts';
import { evolveTarget } from './evolve/targets.ts';
import { onTry } from './evolve/tries.ts';
import { evolveUnwinding } from './evolve/unwinding.ts';
import type { Incident } from './state.ts';

export { runOf } from './evolve/tries.ts';

/** The incident that its first event opens. */
export function begin(event: EventOf<'incident_declared'>): Incident {
  return {
    number: event.incident,
    version: event.version,
    declared: event.body,
    declaredAt: event.at,
    declaredBy: event.by,
    severity: event.body.severity,
    status: 'investigating',
    posts: new Map(),
    roles: new Map([['lead', event.by]]),
    targets: [],
    proposals: [],
    runs: new Map(),
    looseEnds: new Map(),
    followUps: new Map(),
    record: emptyIndex(event),
    erases: new Map(),
    whys: new Map(),
    differences: new Map(),
    lastEntryAt: event.at,
    reportStatus: 'draft',
    pinned: new Map(),
    lost: new Set(),
    repeats: [],
    unknownEvents: 0,
  };
}

/** Folds the event in; its version must be the next one. */
export function evolve(incident: Incident, event: Event): void {
  incident.version = event.version;
  evolveQuiet(incident, event);
  evolveIndex(incident.record, event);
  switch (event.type) {
    case 'incident_declared':
    case 'slack_failed':
    case 'recorded_later':
    case 'report_asked':
      return;
    case 'left_asked':
      incident.compareFor = event.version;
      return;
    case 'outcome_late':
      if (event.body.made && incident.runs.has(event.body.run))
        onTry(incident, event.body, (one) => {
          one.madeLate = true;
        });
      return;
    case 'channel_opened':
      incident.channel = { id: event.body.channel, name: event.body.name };
      return;
    case 'message_posted':
      incident.posts.set(event.body.what, { channel: event.body.channel, ts: event.body.ts });
      return;
    case 'note_added': {
      const { source } = event.body;
      if (source.channel && source.ts)
        incident.pinned.set(`${source.channel}/${source.ts}`, { entry: event.body.entry, hidden: false });
      return;
    }
    case 'entry_corrected':
      for (const pinned of incident.pinned.values())
        if (pinned.entry === event.body.entry && event.body.hidden !== undefined) {
          pinned.hidden = event.body.hidden;
          pinned.takenOff = event.body.hidden && event.body.why === 'corrected';
        }
      return;
    case 'role_set':
      incident.roles.set(event.body.role, event.body.person);
      return;
    case 'severity_changed':
      incident.severity = event.body.to;
      return;
    case 'status_changed':
      incident.status = event.body.to;
      return;
    case 'target_proposed':
    case 'target_confirmed':
    case 'target_dropped':
      return evolveTarget(incident, event);
    case 'attempt_lost':
      incident.lost.add(event.body.attempt);
      return;
    case 'resolved':
      incident.resolvedAt = event.body.at;
      incident.status = 'resolved';
      incident.compareFor = event.version;
      incident.compareAtResolve = true;
      evolveRepeats(incident, event);
      return;
    case 'check_repeated':
      return evolveRepeated(incident, event);
    case 'reopened':
      incident.resolvedAt = undefined;
      incident.closedAt = undefined;
      incident.compareFor = undefined;
      incident.status = 'investigating';
      return;
    case 'report_posted':
      incident.reportHash = event.body.hash;
      return;
    case 'closed':
      incident.closedAt = event.body.at;
      incident.status = 'closed';
      for (const run of incident.runs.values())
        for (const step of run.steps.values()) for (const one of step.tries) one.holds = false;
      return;
    case 'run_started':
    case 'runbook_changed':
    case 'step_opened':
    case 'check_done':
    case 'choice_made':
    case 'params_asked':
    case 'step_closed':
    case 'run_ended':
      return evolveRun(incident, event);
    case 'plan_made':
    case 'plan_failed':
    case 'approval_requested':
    case 'alone_allowed':
    case 'lock_taken':
    case 'lock_lost':
    case 'looked_again':
    case 'approved':
    case 'approval_lapsed':
    case 'act_started':
    case 'act_done':
    case 'act_found':
    case 'verified':
    case 'by_hand_claimed':
    case 'stop_asked':
      return evolveChange(incident, event);
    case 'loose_end_opened':
    case 'time_over':
    case 'loose_end_settled':
    case 'loose_end_keep_asked':
    case 'loose_end_gone_said':
    case 'loose_end_moved':
    case 'ends_reminded':
    case 'follow_up_added':
      return evolveLeft(incident, event);
    case 'milestone_set':
    case 'erase_asked':
    case 'entry_erased':
    case 'file_kept':
    case 'file_not_kept':
      return evolveRecord(incident, event);
    case 'update_posted':
    case 'update_missed':
    case 'handed_over':
    case 'quiet_asked':
    case 'quiet_snoozed':
      return evolveSharing(incident, event);
    case 'section_written':
    case 'why_written':
    case 'follow_up_changed':
    case 'report_status_set':
    case 'lint_waived':
      return evolveReport(incident, event);
    case 'difference_found':
    case 'difference_failed':
      return evolveDifference(incident, event);
    case 'unwind_started':
    case 'unwind_ended':
      return evolveUnwinding(incident, event);
  }
}
