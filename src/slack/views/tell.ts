/** One line in the channel about one event. */
import type { Event } from '../../incidents/events.ts';
import { milestoneWords } from '../../incidents/milestone.ts';
import { changedWords } from '../../incidents/pin.ts';
import type { Incident } from '../../incidents/state.ts';
import { timeWords } from '../../incidents/time-words.ts';
import { esc, line, ping, who } from '../mrkdwn.ts';
import { aloneLine } from './alone.ts';
import { differenceLine, notComparedLine } from './baseline.ts';
import { goneSaidLine, movedLine, remindedLine, secondLine } from './left-told.ts';
import { lockLostLine, lockTakenLine } from './locks.ts';
import { reportStatusLine } from './report-status.ts';
import { targetWords } from './targets.ts';

const noteWords = {
  note: 'noted',
  'ruled-out': 'ruled out',
  'help-asked': 'asked for help',
  'help-answered': 'got help',
  decision: 'decided',
} as const;

/** What Slack would not do in a workspace without canvases: on record, and not told, since it is so every time. */
export const noCanvas = 'keep the report in a canvas as well';

/** What a list of five leaves out. */
const others = (count: number): string => (count > 5 ? `\n… and ${count - 5} more` : '');

/** Undefined for events that are shown elsewhere. */
export function tellLine(incident: Incident, event: Event): string | undefined {
  const frame = { zone: incident.declared.zone, now: event.at };
  const by = who(event.by);
  const words = (at: number, precision: 'exact' | 'about' = 'exact', until?: number): string =>
    esc(timeWords({ at, precision, ...(until === undefined ? {} : { until }) }, frame), 120);
  const then = (at: number): string => (Math.abs(at - event.at) > 120_000 ? ` at ${words(at)}` : '');
  switch (event.type) {
    case 'note_added': {
      const { kind, text, at, until, precision, late } = event.body;
      return `:memo: ${words(at, precision, until)} ${by} ${noteWords[kind]}: ${esc(text, 2500)}${late ? ' _(after the incident was closed)_' : ''}`;
    }
    case 'role_set':
      return `:bust_in_silhouette: ${line(event.body.role, 60)}: ${who(event.body.person)}${event.by.id === event.body.person.id ? '' : ` (set by ${by})`}`;
    case 'severity_changed':
      return `:chart_with_upwards_trend: ${by} changed the severity ${event.body.from} → ${event.body.to}.${event.body.reason ? ` ${esc(event.body.reason, 800)}` : ''}`;
    case 'status_changed':
      return `:traffic_light: ${by} set the status: *${event.body.to}*${then(event.body.at)}`;
    case 'target_confirmed': {
      const { target, also } = event.body;
      return `:dart: ${by} confirmed ${also ? 'one more target' : 'the target'}: ${targetWords(target)}`;
    }
    case 'target_dropped':
      return `:dart: ${by} took a target off: ${targetWords(event.body.target)}`;
    case 'lock_taken':
      return lockTakenLine(event);
    case 'lock_lost':
      return lockLostLine(incident, event);
    case 'choice_made':
      return `:ballot_box_with_check: ${by} decided: *${line(event.body.label, 300)}*${event.body.reason ? `. ${esc(event.body.reason, 800)}` : ''}`;
    case 'unwind_started': {
      const { run, changes, passed } = event.body;
      const stays = passed.map(
        ({ title, why }) => `\n• _${line(title, 150)}_ stays as it is: ${line(why, 300)}`,
      );
      return `:leftwards_arrow_with_hook: ${by} undoes run ${run}: ${changes.length === 1 ? '1 change' : `${changes.length} changes, newest first`}. Each asks for a confirmation.${stays.slice(0, 5).join('')}${others(stays.length)}`;
    }
    case 'unwind_ended': {
      const { run, why, says, left } = event.body;
      const rest = left.map(({ title }) => `\n• _${line(title, 150)}_ is not taken back`);
      return why === 'finished'
        ? `:leftwards_arrow_with_hook: Run ${run}: ${esc(says, 800)}`
        : `:octagonal_sign: Undoing run ${run} stopped. ${esc(says, 800)}${rest.slice(0, 5).join('')}${others(rest.length)}`;
    }
    case 'loose_end_settled': {
      const end = incident.looseEnds.get(event.body.id);
      if (end && event.body.overdue)
        return `:alarm_clock: *${line(end.opened.title, 250)}*. ${esc(event.body.says, 500)} ${ping(end.openedBy)} take it back${end.opened.sensitivity ? '' : ', or keep it with a reason'}: the list is below.`;
      if (end && event.body.second) return secondLine(end, event);
      return end?.opened.kind === 'approval-alone' ? aloneLine(end, event.body.says) : undefined;
    }
    case 'loose_end_gone_said':
      return goneSaidLine(incident, event);
    case 'loose_end_moved':
      return movedLine(incident, event);
    case 'ends_reminded':
      return remindedLine(incident, event);
    case 'milestone_set': {
      const { milestone, at, precision } = event.body;
      return `:round_pushpin: ${by} set a milestone: *${line(milestoneWords(milestone), 60)}* at ${words(at, precision)}`;
    }
    case 'resolved':
      return `:white_check_mark: ${by} says that the service is back${then(event.body.at)}.${event.body.summary ? ` ${esc(event.body.summary, 1500)}` : ''}`;
    case 'reopened':
      return `:rotating_light: ${by} reopened the incident.${event.body.reason ? ` ${esc(event.body.reason, 800)}` : ''}`;
    case 'closed':
      return `:lock: ${by} closed the incident.`;
    case 'report_status_set':
      return reportStatusLine(event);
    case 'difference_found':
      return differenceLine(event, words);
    case 'difference_failed':
      return notComparedLine(event);
    case 'outcome_late':
      return `:hourglass: Late: ${esc(event.body.says, 1000)}`;
    case 'recorded_later':
      return `:floppy_disk: Handrail's own database did not answer from ${words(event.body.since)} to ${words(event.body.until)}. ${event.body.commands.length === 1 ? 'One entry' : `${event.body.commands.length} entries`} kept meanwhile ${event.body.commands.length === 1 ? 'is' : 'are'} on the timeline now.`;
    case 'runbook_changed':
      return `:page_facing_up: ${esc(changedWords(event.body), 600)}`;
    case 'file_not_kept': {
      const { name, says } = event.body;
      return `:paperclip: The file ${line(name, 120)} could not be kept: ${esc(says, 500)}`;
    }
    case 'slack_failed':
      if (event.body.what === noCanvas) return undefined;
      return `:warning: Slack would not: ${line(event.body.what, 200)}. ${esc(event.body.says, 800)}`;
    default:
      return undefined;
  }
}
