/** Folds what happens to a change: its plan, its approval, the call, the look for its trace, its verification. */
import type { EventOf } from '../events.ts';
import type { Incident } from '../state.ts';
import { onTry } from './tries.ts';

type ChangeEvent = EventOf<
  | 'plan_made'
  | 'plan_failed'
  | 'approval_requested'
  | 'alone_allowed'
  | 'lock_taken'
  | 'lock_lost'
  | 'looked_again'
  | 'approved'
  | 'approval_lapsed'
  | 'act_started'
  | 'act_done'
  | 'act_found'
  | 'verified'
  | 'by_hand_claimed'
  | 'stop_asked'
>;

export function evolveChange(incident: Incident, event: ChangeEvent): void {
  switch (event.type) {
    case 'plan_made':
      onTry(incident, event.body, (one) => {
        one.planned = event.body;
        one.plannedAt = event.at;
        one.phase = 'planned';
        one.planFailed = undefined;
        one.requested = undefined;
        one.attempt = undefined;
      });
      return;
    case 'plan_failed':
      onTry(incident, event.body, (one) => {
        one.planFailed = event.body.says;
        one.lastSays = event.body.says;
        one.phase = 'decide';
        one.attempt = undefined;
      });
      return;
    case 'approval_requested':
      onTry(incident, event.body, (one) => {
        const { hash, expiresAt, aloneAt } = event.body;
        one.requested = { by: event.by, at: event.at, hash, expiresAt, aloneAt };
        one.phase = 'approval';
      });
      return;
    case 'alone_allowed':
      onTry(incident, event.body, (one) => {
        if (one.requested) one.requested.aloneAllowed = true;
      });
      return;
    case 'lock_taken':
      onTry(incident, event.body, (one) => {
        one.holds = true;
        one.holdsSince = event.at;
        one.lostLocks = undefined;
      });
      return;
    case 'lock_lost':
      onTry(incident, event.body, (one) => {
        const { keys, since, to, by } = event.body;
        // Told late: it has been confirmed anew since, and holds them again.
        if (one.holdsSince !== since) return;
        one.lostLocks = [...(one.lostLocks ?? []), { keys, to, by, at: event.at }];
      });
      return;
    case 'looked_again':
      onTry(incident, event.body, (one) => {
        one.phase = event.body.phase;
      });
      return;
    case 'approved':
      onTry(incident, event.body, (one) => {
        one.approvedBy = event.body.under?.by ?? event.by;
        one.alone = event.body.alone;
      });
      return;
    case 'approval_lapsed':
      onTry(incident, event.body, (one) => {
        one.requested = undefined;
        one.approvedBy = undefined;
        one.lastSays = event.body.says;
        one.phase = event.body.why === 'plan changed' ? 'planning' : 'planned';
        one.attempt = undefined;
        // What it had taken over it had not used: it is free for others.
        one.holds = false;
        // A plan that is no longer true, or was confirmed too long ago, was proved not to be carried out.
        one.started = one.holds = false;
      });
      return;
    case 'act_started':
      onTry(incident, event.body, (one) => {
        one.phase = 'calling';
        one.started = one.holds = true;
        one.holdsSince = event.at;
        one.lostLocks = undefined;
        one.changedIn = event.version;
        one.stopAsked = false;
        one.confirmedBy = one.requested?.by ?? event.by;
        one.attempt = event.body.attempt;
      });
      return;
    case 'act_done':
      onTry(incident, event.body, (one) => {
        one.outcome = event.body;
        one.lastSays = event.body.says;
        one.attempt = undefined;
        if (event.body.out) one.out = event.body.out;
        one.phase =
          event.body.outcome === 'made'
            ? 'verifying'
            : event.body.outcome === 'unknown'
              ? 'looking'
              : 'decide';
        if (event.body.outcome === 'failed') one.holds = false;
      });
      return;
    case 'act_found':
      onTry(incident, event.body, (one) => {
        one.found = event.body;
        one.lastSays = event.body.says;
        one.attempt = undefined;
        const { happened } = event.body;
        one.phase = happened === 'made' ? 'verifying' : happened === 'still running' ? 'looking' : 'decide';
        if (happened === 'not made') one.holds = false;
      });
      return;
    case 'verified':
      onTry(incident, event.body, (one) => {
        one.verified = event.body;
        one.holds = false;
        one.lastSays = event.body.says;
        one.attempt = undefined;
        one.phase = 'decide';
      });
      return;
    case 'by_hand_claimed':
      onTry(incident, event.body, (one) => {
        one.phase = 'verifying';
        one.claimed = true;
        one.changedIn = event.version;
        one.confirmedBy = event.by;
      });
      return;
    case 'stop_asked':
      onTry(incident, event.body, (one) => {
        one.stopAsked = true;
      });
      return;
  }
}
