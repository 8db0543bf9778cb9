/** One line in the channel about one event. */
import type { Event } from '../../incidents/events.ts';
import type { Incident } from '../../incidents/state.ts';
import { timeWords } from '../../incidents/time-words.ts';
import { code, esc, line, who } from '../mrkdwn.ts';

const noteWords = {
  note: 'noted',
  'ruled-out': 'ruled out',
  'help-asked': 'asked for help',
  'help-answered': 'got help',
  decision: 'decided',
} as const;

/** Undefined for events that are shown elsewhere. */
export function tellLine(incident: Incident, event: Event): string | undefined {
  const frame = { zone: incident.declared.zone, now: event.at };
  const by = who(event.by);
  const words = (at: number, precision: 'exact' | 'about' = 'exact'): string =>
    esc(timeWords({ at, precision }, frame), 100);
  const then = (at: number): string => (Math.abs(at - event.at) > 120_000 ? ` at ${words(at)}` : '');
  switch (event.type) {
    case 'note_added': {
      const { kind, text, at, precision, late } = event.body;
      return `:memo: ${words(at, precision)} ${by} ${noteWords[kind]}: ${esc(text, 2500)}${late ? ' _(after the incident was closed)_' : ''}`;
    }
    case 'role_set':
      return `:bust_in_silhouette: ${line(event.body.role, 60)}: ${who(event.body.person)}${event.by.id === event.body.person.id ? '' : ` (set by ${by})`}`;
    case 'severity_changed':
      return `:chart_with_upwards_trend: ${by} changed the severity ${event.body.from} → ${event.body.to}.${event.body.reason ? ` ${esc(event.body.reason, 800)}` : ''}`;
    case 'status_changed':
      return `:traffic_light: ${by} set the status: *${event.body.to}*${then(event.body.at)}`;
    case 'target_confirmed': {
      const { kind, name, namespace } = event.body.target;
      return `:dart: ${by} confirmed the target: ${line(kind, 60)} ${code(name, 200)} in ${code(namespace, 100)}`;
    }
    case 'choice_made':
      return `:ballot_box_with_check: ${by} decided: *${line(event.body.label, 300)}*${event.body.reason ? `. ${esc(event.body.reason, 800)}` : ''}`;
    case 'resolved':
      return `:white_check_mark: ${by} says that the service is back${then(event.body.at)}.${event.body.summary ? ` ${esc(event.body.summary, 1500)}` : ''}`;
    case 'reopened':
      return `:rotating_light: ${by} reopened the incident.${event.body.reason ? ` ${esc(event.body.reason, 800)}` : ''}`;
    case 'closed':
      return `:lock: ${by} closed the incident.`;
    case 'outcome_late':
      return `:hourglass: Late: ${esc(event.body.says, 1000)}`;
    case 'slack_failed':
      return `:warning: Slack would not: ${line(event.body.what, 200)}. ${esc(event.body.says, 800)}`;
    default:
      return undefined;
  }
}
