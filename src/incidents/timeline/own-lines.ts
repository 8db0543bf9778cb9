/** The timeline lines of events that stand alone: what people said, decided and set, and what became of the incident. */
import type { Event, EventOf, Target } from '../events.ts';
import { milestoneWords } from '../milestone.ts';
import { changedWords, pinnedAs } from '../pin.ts';
import { clause, sentence } from '../sentence.ts';
import type { Entry, NameOf } from './entry.ts';
import { erasedWords } from './erased-lines.ts';
import { line, said } from './line.ts';
import { lockLostWords, lockTakenWords, repeatedWords, unwindWords, unwoundWords } from './words.ts';

const targetWords = (target: Target): string => `${target.kind} ${target.name} in ${target.namespace}`;

function declaredLines(event: EventOf<'incident_declared'>): Entry[] {
  const { severity, noticed, since, drill } = event.body;
  const as = `Incident declared as ${severity}${drill ? ' (a drill)' : ''}`;
  const first = noticed.trim() === '' ? 'First sign of trouble.' : `First noticed: ${sentence(noticed)}`;
  const sooner = line(event, 'milestone', first, {
    id: `v${event.version}-since`,
    at: since,
    ...said(event),
  });
  return [sooner, line(event, 'milestone', `${as}.`, said(event))];
}

function noteLine(event: EventOf<'note_added'>): Entry {
  const { entry, kind, text, at, until, precision, source, late } = event.body;
  const by = source.author ?? event.by;
  const more = { id: entry, at, precision, source, late, by, show: 'keep' } as const;
  return line(event, kind, text, until === undefined ? more : { ...more, until });
}

/** Lines of events that stand alone; steps are told together in `storyLines` (timeline.ts). */
export function ownLines(event: Event, name: NameOf, titles: ReadonlyMap<string, string>): Entry[] {
  switch (event.type) {
    case 'incident_declared':
      return declaredLines(event);
    case 'note_added':
      return [noteLine(event)];
    case 'role_set':
      return [
        line(event, 'update', `Role ${event.body.role}: ${sentence(name(event.body.person))}`, said(event)),
      ];
    case 'severity_changed': {
      const reason = event.body.reason ? ` ${sentence(event.body.reason)}` : '';
      const text = `Severity ${event.body.from} → ${event.body.to}.${reason}`;
      return [line(event, 'update', text, said(event))];
    }
    case 'status_changed':
      // These two have an event of their own, with more to say.
      if (event.body.to === 'resolved' || event.body.to === 'closed') return [];
      return [line(event, 'milestone', `Status: ${event.body.to}.`, { at: event.body.at, ...said(event) })];
    case 'target_proposed': {
      const { target } = event.body;
      return [line(event, 'milestone', `Target proposed: ${sentence(targetWords(target))}`)];
    }
    case 'target_confirmed': {
      const what = event.body.also ? 'One more target' : 'Target';
      const text = `${what} confirmed by ${name(event.by)}: ${sentence(targetWords(event.body.target))}`;
      return [line(event, 'milestone', text, said(event))];
    }
    case 'target_dropped': {
      const text = `Target taken off by ${name(event.by)}: ${sentence(targetWords(event.body.target))}`;
      return [line(event, 'milestone', text, said(event))];
    }
    case 'lock_taken':
      return [line(event, 'update', lockTakenWords(event, name), said(event))];
    case 'lock_lost':
      // Of the same incident it is in the line of who took it.
      return event.body.to === event.incident ? [] : [line(event, 'update', lockLostWords(event, name))];
    case 'run_started': {
      const { runbook, run, parent } = event.body;
      const inside = parent ? ', inside another runbook' : '';
      const pinned = pinnedAs(runbook.id, event.body);
      return [line(event, 'update', `Runbook ${pinned} started (run ${run}${inside}).`, said(event))];
    }
    case 'runbook_changed':
      return event.body.again ? [] : [line(event, 'update', changedWords(event.body))];
    case 'run_ended': {
      if (event.body.why === 'finished') return [];
      const text = `Run ${event.body.run} ${event.body.why === 'stopped' ? 'was stopped' : 'was ended'}: `;
      return [line(event, 'update', `${text}${sentence(event.body.says)}`, said(event))];
    }
    case 'unwind_started':
      return [line(event, 'update', unwindWords(event), said(event))];
    case 'unwind_ended':
      return [line(event, 'update', unwoundWords(event))];
    case 'loose_end_settled': {
      const { state, says, owner, until, second } = event.body;
      const title = titles.get(event.body.id) ?? event.body.id;
      if (state === 'open') return [];
      if (state === 'gone') return [line(event, 'loose-end', `Gone: ${clause(title)}. ${sentence(says)}`)];
      const agreed = second ? `agreed by ${name(second)}` : '';
      const who = [owner ? `owner ${name(owner)}` : '', until ? `until ${until}` : '', agreed]
        .filter(Boolean)
        .join(', ');
      const text = `Kept: ${clause(title)}${who ? ` (${who})` : ''}. ${sentence(says)}`;
      return [line(event, 'loose-end', text, said(event))];
    }
    case 'resolved': {
      const summary = event.body.summary ? ` ${sentence(event.body.summary)}` : '';
      return [line(event, 'milestone', `Service restored.${summary}`, { at: event.body.at, ...said(event) })];
    }
    case 'check_repeated': {
      const { evidence } = event.body;
      return [line(event, 'check', repeatedWords(event), { evidence: evidence ? [evidence] : [] })];
    }
    case 'reopened': {
      const reason = event.body.reason ? `: ${sentence(event.body.reason)}` : '.';
      return [line(event, 'milestone', `Reopened${reason}`, said(event))];
    }
    case 'recorded_later': {
      const { since, until, commands } = event.body;
      const many = commands.length === 1 ? 'One entry was' : `${commands.length} entries were`;
      const minutes = Math.max(1, Math.round((until - since) / 60_000));
      const text = `Handrail's own database did not answer for ${minutes} min. ${many} kept on disk and recorded later.`;
      return [line(event, 'update', text, { at: since, until, show: 'keep' })];
    }
    case 'loose_end_opened': {
      if (event.body.source !== 'manual') return [];
      const { title, object } = event.body;
      const where = object === '' ? '' : ` (${object})`;
      return [line(event, 'loose-end', `Left behind: ${clause(title)}${where}.`, said(event))];
    }
    case 'loose_end_moved': {
      const title = titles.get(event.body.id) ?? event.body.id;
      return [
        line(event, 'loose-end', `Moved: ${clause(title)}. Followed at ${event.body.link}`, said(event)),
      ];
    }
    case 'milestone_set': {
      const { milestone, at, precision } = event.body;
      return [
        line(event, 'milestone', `${clause(milestoneWords(milestone))}.`, { at, precision, ...said(event) }),
      ];
    }
    case 'entry_erased':
      return [line(event, 'correction', erasedWords(event, name), said(event))];
    case 'update_posted':
      return [line(event, 'update', `Update for everybody: ${sentence(event.body.text)}`, said(event))];
    case 'handed_over': {
      const { role, from, to, says } = event.body;
      const own = from?.id === event.by.id ? `${name(event.by)} handed ${role} over to ` : `Role ${role}: `;
      return [line(event, 'update', `${own}${name(to)}. ${sentence(says)}`.trim(), said(event))];
    }
    case 'report_status_set':
      return [line(event, 'update', `Report: ${event.body.to}.`, said(event))];
    case 'difference_found': {
      const { questions, objects, notChecked, again } = event.body;
      if (again) return [];
      const found =
        questions === 0
          ? 'nothing that nobody recorded'
          : `${questions} ${questions === 1 ? 'change' : 'changes'} that nobody recorded`;
      const unread = notChecked.map(({ kind }) => kind).join(', ');
      const not = unread === '' ? '' : ` Not checked: ${unread}.`;
      return [line(event, 'check', `Compared ${objects} objects with before the incident: ${found}.${not}`)];
    }
    case 'difference_failed':
      return [line(event, 'check', `Not compared with before the incident. ${sentence(event.body.says)}`)];
    case 'closed':
      return [line(event, 'milestone', 'Incident closed.', { at: event.body.at, ...said(event) })];
    // Bookkeeping, or told in the line of its step or in a section of its own.
    case 'channel_opened':
    case 'message_posted':
    case 'slack_failed':
    case 'entry_corrected':
    case 'step_opened':
    case 'params_asked':
    case 'check_done':
    case 'plan_made':
    case 'plan_failed':
    case 'approval_requested':
    case 'approved':
    case 'alone_allowed':
    case 'approval_lapsed':
    case 'act_started':
    case 'act_done':
    case 'act_found':
    case 'looked_again':
    case 'stop_asked':
    case 'verified':
    case 'by_hand_claimed':
    case 'choice_made':
    case 'step_closed':
    case 'time_over':
    case 'loose_end_keep_asked':
    case 'loose_end_gone_said':
    case 'ends_reminded':
    case 'follow_up_added':
    case 'follow_up_changed':
    case 'section_written':
    case 'why_written':
    case 'lint_waived':
    case 'erase_asked':
    case 'file_kept':
    case 'file_not_kept':
    case 'quiet_asked':
    case 'update_missed':
    case 'quiet_snoozed':
    case 'attempt_lost':
    case 'outcome_late':
    case 'report_asked':
    case 'left_asked':
    case 'report_posted':
      return [];
  }
}
