/** Decides: an incident and a command give events and calls, or a refusal in words. Pure; folds into the draft it gets. */

import { ExpressionFailed } from '../../runbooks/expressions.ts';
import type { Command, What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import { isLeft } from '../loose-end.ts';
import { Refused } from '../refused.ts';
import { timeWords } from '../time-words.ts';
import { allowAlone, approve, askApproval, goAlone, lapse } from './approvals.ts';
import { checkAgain, choose, confirm, goOnAnyway, stop, tryAgain, undo } from './asks.ts';
import { decideDifference } from './baseline.ts';
import { doneByHand } from './by-hand.ts';
import { close } from './closing.ts';
import { endOf, skip } from './ending.ts';
import { giveUp } from './give-up.ts';
import { decideLeft } from './left.ts';
import { probeAll } from './loose-ends.ts';
import { runbookChanged } from './pinned.ts';
import { decideRecord } from './record.ts';
import { repeatOpenChecks } from './repeats.ts';
import { decideReport } from './report.ts';
import { draftAgain } from './reporting.ts';
import { needs } from './rights.ts';
import { settle } from './settle.ts';
import { decideSharing } from './sharing.ts';
import { startInside, startRun } from './starting.ts';
import { lockLost, takeOver } from './take-over.ts';
import { confirmTarget, dropTarget } from './targets.ts';
import { timeOver } from './time-over.ts';
import { goOnUnwinding, unwind } from './unwind.ts';
import { correct, note } from './writing.ts';

/** Observations are always accepted; decisions need an incident that is open and wholly understood. */
const observations: ReadonlySet<What['do']> = new Set([
  'settle',
  'give up attempt',
  'note',
  'correct',
  'record channel',
  'record post',
  'record slack failure',
  'record report',
  'record outage',
  'runbook changed',
  'lapse approval',
  'allow alone',
  'record lock lost',
  'end time',
  'remind',
  'correct entry',
  'record difference',
  'record no difference',
  'record file',
  'record file failure',
  'ask about quiet',
  'remind update',
]);

/** What may still be asked of a closed incident. */
const afterClose: ReadonlySet<What['do']> = new Set([
  'reopen',
  'check what is left',
  'post report',
  'keep',
  'agree keep',
  'keep rest',
  'say gone',
  'move',
  'add left',
  'remind',
  'judge alone',
  'ask erase',
  'erase',
  'set milestone',
  'write section',
  'write why',
  'add follow-up',
  'change follow-up',
  'set report status',
  'waive',
]);

/** Folds the command into the draft. Throws Refused with words for the person. */
export function decide(draft: Draft): void {
  const { incident, command } = draft;
  const { what } = command;
  if (!observations.has(what.do)) {
    if (incident.unknownEvents > 0)
      throw new Refused(
        'newer',
        'A newer Handrail has written to this incident. Nothing is decided here until all copies run the new version.',
      );
    if (incident.closedAt !== undefined && !afterClose.has(what.do))
      throw new Refused('closed', `INC-${incident.number} is closed. Reopen it first.`);
  }
  try {
    apply(draft, command, what);
    goOnUnwinding(draft);
    draftAgain(draft);
  } catch (error) {
    // The runbook's words do not fit what is there now. Who asked reads why; an outcome never comes here.
    if (error instanceof ExpressionFailed && !observations.has(what.do))
      throw new Refused('expression', `The runbook cannot do this here: ${error.message}.`);
    throw error;
  }
}

function apply(draft: Draft, command: Command, what: What): void {
  const { incident } = draft;
  switch (what.do) {
    case 'declare':
      return;
    case 'record channel':
      if (!incident.channel) emit(draft, 'channel_opened', { channel: what.channel, name: what.name });
      return;
    case 'record post':
      return emit(draft, 'message_posted', { what: what.what, channel: what.channel, ts: what.ts });
    case 'record slack failure':
      return emit(draft, 'slack_failed', { what: what.what, says: what.says });
    case 'note':
      return note(draft, what);
    case 'correct':
      return correct(draft, what);
    case 'set role':
      needs(draft, 'observe', 'set roles');
      if (incident.roles.get(what.role)?.id === what.person.id) {
        draft.says = `${what.person.name} is already ${what.role}.`;
        return;
      }
      return emit(draft, 'role_set', { role: what.role, person: what.person });
    case 'set severity':
      needs(draft, 'observe', 'change the severity');
      if (incident.severity === what.severity) {
        draft.says = `It is already ${what.severity}.`;
        return;
      }
      return emit(draft, 'severity_changed', {
        from: incident.severity,
        to: what.severity,
        ...(what.reason ? { reason: what.reason } : {}),
      });
    case 'set status':
      needs(draft, 'observe', 'change the status');
      if (incident.status === what.status) {
        draft.says = `It is already ${what.status}.`;
        return;
      }
      return emit(draft, 'status_changed', { to: what.status, at: what.at });
    case 'confirm target':
      return confirmTarget(draft, what);
    case 'drop target':
      return dropTarget(draft, what);
    case 'start run':
      return startRun(draft, what);
    case 'start inside':
      return startInside(draft, what);
    case 'runbook changed':
      fromWorker(command);
      return runbookChanged(draft, what);
    case 'settle':
      fromWorker(command);
      return settle(draft, what);
    case 'give up attempt':
      fromWorker(command);
      return giveUp(draft, what);
    case 'confirm':
      return confirm(draft, what);
    case 'take over':
      return takeOver(draft, what);
    case 'record lock lost':
      fromWorker(command);
      return lockLost(draft, what);
    case 'ask approval':
      return askApproval(draft, what);
    case 'approve':
      return approve(draft, what);
    case 'go alone':
      return goAlone(draft, what);
    case 'lapse approval':
      return lapse(draft, what);
    case 'allow alone':
      return allowAlone(draft, what);
    case 'end time':
      fromWorker(command);
      return timeOver(draft, what);
    case 'plan again':
    case 'try again':
      return tryAgain(draft, what);
    case 'check again':
      return checkAgain(draft, what);
    case 'go on':
      return goOnAnyway(draft, what);
    case 'skip':
      return skip(draft, what);
    case 'stop':
      return stop(draft, what);
    case 'undo':
      return undo(draft, what);
    case 'unwind':
      return unwind(draft, what);
    case 'done by hand':
      return doneByHand(draft, what);
    case 'choose':
      return choose(draft, what);
    case 'end run':
      return endOf(draft, what);
    case 'check what is left':
    case 'keep':
    case 'agree keep':
    case 'keep rest':
    case 'say gone':
    case 'move':
    case 'add left':
    case 'remind':
    case 'judge alone':
      return decideLeft(draft, what);
    case 'correct entry':
    case 'ask erase':
    case 'erase':
    case 'set milestone':
      return decideRecord(draft, what);
    case 'record file':
    case 'record file failure':
      fromWorker(command);
      return decideRecord(draft, what);
    case 'write section':
    case 'write why':
    case 'add follow-up':
    case 'change follow-up':
    case 'set report status':
    case 'waive':
    case 'post report':
    case 'record report':
      return decideReport(draft, what);
    case 'post update':
    case 'remind update':
    case 'hand over':
    case 'snooze quiet':
    case 'ask about quiet':
      return decideSharing(draft, what);
    case 'record difference':
    case 'record no difference':
      fromWorker(command);
      return decideDifference(draft, what);
    case 'resolve': {
      needs(draft, 'operate', 'resolve the incident');
      if (incident.resolvedAt !== undefined)
        throw new Refused('resolved', `INC-${incident.number} is already resolved.`);
      // A minute as people type it may begin before the instant at which the trouble did.
      if (what.at < incident.declared.since - 60_000) {
        const { since, zone } = incident.declared;
        const words = timeWords({ at: since, precision: 'exact' }, { zone, now: command.now });
        throw new Refused('before', `That is before the first sign of trouble, at ${words}.`);
      }
      const repeats = repeatOpenChecks(draft);
      emit(draft, 'resolved', {
        at: what.at,
        ...(what.summary ? { summary: what.summary } : {}),
        ...(repeats ? { repeats } : {}),
      });
      probeAll(draft, isLeft);
      return;
    }
    case 'reopen': {
      needs(draft, 'operate', 'reopen the incident');
      if (incident.resolvedAt === undefined && incident.closedAt === undefined)
        throw new Refused('open', `INC-${incident.number} is open.`);
      const reason = what.reason.trim();
      if (reason === '')
        throw new Refused(
          'reason',
          'Give a short reason; it goes into the report: /incident reopen <reason>',
        );
      return emit(draft, 'reopened', { reason });
    }
    case 'close':
      return close(draft, command.now);
    case 'record outage': {
      const { since, until, commands } = what;
      return emit(draft, 'recorded_later', { since, until, commands: [...commands] });
    }
  }
}

/** What a call has done is said by who made it, never by a person. */
function fromWorker({ by }: Command): void {
  if (by.person.id !== 'bot') throw new Refused('rights', 'Only a worker brings the outcome of a call.');
}
