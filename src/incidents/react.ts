/** What has to be shown after an event: repeatable work, in order, done when whoever performs it says so. */
import type { At, Event } from './events.ts';
import type { Incident } from './state.ts';

export type Effect =
  /** Open the channel, invite, pin the card, set topic and bookmark, say so where it was declared. */
  | { readonly kind: 'open channel' }
  /** Draw the pinned card (and the topic) from the newest state. */
  | { readonly kind: 'card' }
  /** Draw the message of a run from the newest state. */
  | { readonly kind: 'run'; readonly run: number }
  /** A new short message at the bottom: something waits for a person, or an outcome that people must see. */
  | { readonly kind: 'wait'; readonly version: number; readonly at?: At }
  /** What a check found or a change gave, into the thread of its run. */
  | { readonly kind: 'evidence'; readonly version: number; readonly at: At }
  /** One line in the channel about this event. */
  | { readonly kind: 'tell'; readonly version: number }
  /** The list of what was left behind. */
  | { readonly kind: 'left'; readonly version: number }
  /** Words for everybody who waits, into the channel for updates. */
  | { readonly kind: 'update'; readonly version: number }
  /** Nothing was written down for a while: a question at the bottom. */
  | { readonly kind: 'quiet'; readonly version: number }
  /** The report as a Markdown file. */
  | { readonly kind: 'report'; readonly version: number };

/** The effects of these events, in order. A quiet incident has no channel and so shows nothing. */
export function react(events: readonly Event[], incident: Incident): Effect[] {
  if (incident.declared.quiet) return [];
  const effects: Effect[] = [];
  for (const event of events)
    for (const effect of of(event, incident)) effects.push(effect, ...around(effect, incident));
  const over = incident.quietQuestion?.over?.version;
  // Somebody wrote: the question to the quiet channel asks no more.
  if (events.some(({ version }) => version === over))
    effects.push({ kind: 'quiet', version: over as number });
  return collapse(effects);
}

/**
 * Drawings come from the newest state, so of several only the last one counts. A run is drawn first as well: what a
 * check found goes into the thread of its message, which must be there.
 */
function collapse(effects: readonly Effect[]): Effect[] {
  const last = new Map<string, number>();
  const first = new Map<string, number>();
  effects.forEach((effect, index) => {
    if (effect.kind === 'card' || effect.kind === 'run') last.set(keyOf(effect), index);
    if (effect.kind === 'run' && !first.has(keyOf(effect))) first.set(keyOf(effect), index);
  });
  return effects.filter((effect, index) => {
    const key = keyOf(effect);
    return (last.get(key) ?? index) === index || first.get(key) === index;
  });
}

/** Two drawings with the same key show the same thing. */
export function keyOf(effect: Effect): string {
  return effect.kind === 'run' ? `run ${effect.run}` : effect.kind;
}

/** The line of a runbook inside a step tells how far it is, so the runs around it are drawn after it. */
function around(effect: Effect, incident: Incident): Effect[] {
  const drawn: Effect[] = [];
  let inner = effect.kind === 'run' ? incident.runs.get(effect.run) : undefined;
  for (; inner?.parent; inner = incident.runs.get(inner.parent.run))
    drawn.push({ kind: 'run', run: inner.parent.run });
  return drawn;
}

/** The runs' messages; of a run that is open and waits for somebody, that message as well. */
function everyRun(incident: Incident): Effect[] {
  return [...incident.runs.keys()].map((run) => ({ kind: 'run', run }));
}

function everyWait(incident: Incident, version: number): Effect[] {
  return [...incident.runs].flatMap(([run, { steps }]) =>
    [...steps].flatMap(([step, { tries }]): Effect[] => {
      const one = tries.at(-1);
      return one && one.phase !== 'closed'
        ? [{ kind: 'wait', version, at: { run, step, try: one.try } }]
        : [];
    }),
  );
}

function of(event: Event, incident: Incident): Effect[] {
  const card: Effect = { kind: 'card' };
  const { version } = event;
  const tell: Effect = { kind: 'tell', version };
  switch (event.type) {
    case 'incident_declared':
      return [{ kind: 'open channel' }, card];
    case 'channel_opened':
    case 'message_posted':
    case 'entry_corrected':
    case 'report_posted':
    case 'follow_up_added':
    case 'time_over':
    case 'attempt_lost':
    case 'section_written':
    case 'why_written':
    case 'follow_up_changed':
    case 'lint_waived':
    case 'file_kept':
      return [];
    case 'file_not_kept':
      return [tell];
    case 'milestone_set':
    case 'erase_asked':
    case 'handed_over':
    case 'difference_failed':
      return [card, tell];
    case 'entry_erased':
      // What a run's message says of its steps may have been it.
      return [card, ...everyRun(incident), tell];
    case 'report_status_set':
      return event.body.to === 'final' ? [card, tell, { kind: 'report', version }] : [card, tell];
    case 'update_posted':
    case 'update_missed':
      return [card, { kind: 'update', version }];
    case 'quiet_asked':
    case 'quiet_snoozed':
      return [{ kind: 'quiet', version }];
    case 'loose_end_keep_asked':
    case 'loose_end_gone_said':
    case 'loose_end_moved':
      return [card, tell];
    case 'ends_reminded':
      return [tell, { kind: 'left', version }];
    case 'difference_found':
      if (event.body.again) return [card];
      // Who asked for the list has it: it is drawn anew with the card.
      if (!event.body.resolve || event.body.asked.length === 0) return [card, tell];
      return [card, tell, { kind: 'left', version }];
    case 'approved':
      // The others are told that somebody went alone.
      return event.body.alone ? [{ kind: 'tell', version }] : [];
    case 'slack_failed':
      return [tell];
    case 'outcome_late': {
      // What people may do about it is something else now.
      const { run, made } = event.body;
      const again: Effect[] = [
        { kind: 'run', run },
        { kind: 'wait', version, at: atOf(event.body) },
      ];
      return made && incident.runs.has(run) ? [tell, ...again] : [tell];
    }
    case 'recorded_later':
      return [card, tell];
    case 'note_added':
      return event.body.source.ts ? [] : [tell];
    case 'role_set':
    case 'severity_changed':
    case 'status_changed':
      return [card, tell];
    case 'reopened':
      // What waited when it was closed waits again.
      return [card, tell, ...everyRun(incident), ...everyWait(incident, version)];
    case 'target_confirmed':
    case 'target_dropped':
      return [card, tell];
    case 'lock_taken':
    case 'lock_lost':
      return [card, { kind: 'run', run: event.body.run }, tell];
    case 'target_proposed':
      return [card, { kind: 'wait', version }];
    case 'run_started': {
      const { run, follows } = event.body;
      const drawn: Effect = { kind: 'run', run };
      // The offer that was taken loses its button.
      return follows === undefined ? [card, drawn] : [card, drawn, { kind: 'run', run: follows }];
    }
    case 'runbook_changed': {
      const drawn: Effect = { kind: 'run', run: event.body.run };
      return event.body.again ? [drawn] : [drawn, tell];
    }
    case 'step_opened': {
      const { run, kind } = event.body;
      const drawn: Effect = { kind: 'run', run };
      const at = atOf(event.body);
      return kind === 'ask' || kind === 'manual' ? [drawn, { kind: 'wait', version, at }] : [drawn];
    }
    case 'check_done': {
      const at = atOf(event.body);
      const drawn: Effect = { kind: 'run', run: at.run };
      const evidence: Effect[] = event.body.evidence ? [{ kind: 'evidence', version, at }] : [];
      const { verdict } = event.body;
      const wait: Effect[] =
        verdict === 'bad' || verdict === 'unknown' ? [{ kind: 'wait', version, at }] : [];
      return [drawn, ...evidence, ...wait];
    }
    case 'check_repeated': {
      const evidence: Effect[] = event.body.evidence
        ? [{ kind: 'evidence', version, at: atOf(event.body) }]
        : [];
      // One message about all of them, when the last one is in.
      return event.body.left === 0 ? [...evidence, card, { kind: 'wait', version }] : evidence;
    }
    case 'params_asked':
    case 'plan_made':
    case 'plan_failed':
    case 'approval_requested':
    case 'approval_lapsed':
    case 'alone_allowed':
    case 'act_found': {
      const at = atOf(event.body);
      return [
        { kind: 'run', run: at.run },
        { kind: 'wait', version, at },
      ];
    }
    case 'verified': {
      const at = atOf(event.body);
      const evidence: Effect[] = event.body.evidence ? [{ kind: 'evidence', version, at }] : [];
      return [{ kind: 'run', run: at.run }, ...evidence, { kind: 'wait', version, at }];
    }
    case 'act_done': {
      const at = atOf(event.body);
      const drawn: Effect = { kind: 'run', run: at.run };
      const evidence: Effect[] = event.body.evidence ? [{ kind: 'evidence', version, at }] : [];
      return event.body.outcome === 'made' ? [drawn, ...evidence] : [drawn, { kind: 'wait', version, at }];
    }
    case 'act_started':
    case 'looked_again':
    case 'stop_asked':
    case 'by_hand_claimed':
    case 'step_closed':
      return [{ kind: 'run', run: event.body.run }];
    case 'choice_made':
    case 'unwind_started':
    case 'unwind_ended':
      return [{ kind: 'run', run: event.body.run }, tell];
    case 'run_ended':
      return [
        card,
        { kind: 'run', run: event.body.run },
        ...(event.body.offer ? [{ kind: 'wait', version } as const] : []),
      ];
    case 'loose_end_opened':
      return [card];
    case 'loose_end_settled':
      if (event.body.overdue) return [card, tell, { kind: 'left', version }];
      // The first of two is told what the second one said.
      if (event.body.second) return [card, tell];
      return incident.looseEnds.get(event.body.id)?.opened.kind === 'approval-alone' ? [card, tell] : [card];
    case 'resolved':
      return [card, tell, { kind: 'left', version }, { kind: 'report', version }];
    case 'left_asked':
      return [{ kind: 'left', version }];
    case 'report_asked':
      return [{ kind: 'report', version }];
    case 'closed':
      // Nothing waits any more: the buttons go.
      return [card, ...everyRun(incident), tell, { kind: 'report', version }];
  }
}

function atOf(body: At): At {
  return { run: body.run, step: body.step, try: body.try };
}
