/** Folds one event into an incident. Changes the incident that it is given: what grows is never copied. */
import type { Event, EventOf, Person } from './events.ts';
import { type Incident, lastTry, mainTry, type RunState, type StepState, type TryState } from './state.ts';

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
    runs: new Map(),
    looseEnds: new Map(),
    followUps: new Map(),
    pinned: new Map(),
    lost: new Set(),
    unknownEvents: 0,
  };
}

/** Folds the event in; its version must be the next one. */
export function evolve(incident: Incident, event: Event): void {
  incident.version = event.version;
  switch (event.type) {
    case 'incident_declared':
    case 'slack_failed':
    case 'outcome_late':
    case 'report_asked':
    case 'left_asked':
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
        if (pinned.entry === event.body.entry && event.body.hidden !== undefined)
          pinned.hidden = event.body.hidden;
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
      incident.proposed = event.body;
      return;
    case 'target_confirmed':
      incident.target = event.body.target;
      incident.proposed = undefined;
      return;
    case 'run_started':
      incident.runs.set(event.body.run, {
        run: event.body.run,
        ...(event.body.parent ? { parent: event.body.parent } : {}),
        runbook: event.body.runbook,
        hash: event.body.hash,
        ...(event.body.revision ? { revision: event.body.revision } : {}),
        params: event.body.params,
        startedBy: event.by,
        startedAt: event.at,
        counts: event.body.counts,
        steps: new Map(),
      });
      return;
    case 'step_opened':
      opened(runOf(incident, event.body.run), event);
      return;
    case 'check_done':
      onTry(incident, event.body, (one, run) => {
        one.verdict = event.body.verdict;
        one.lastSays = event.body.says;
        one.out = event.body.out;
        one.phase = 'closed';
        one.closedAt = event.at;
        one.attempt = undefined;
        run.lastVerdict = event.body.verdict;
      });
      return;
    case 'plan_made':
      onTry(incident, event.body, (one) => {
        one.planned = event.body;
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
    case 'looked_again':
      onTry(incident, event.body, (one) => {
        one.phase = event.body.phase;
      });
      return;
    case 'approved':
      onTry(incident, event.body, (one) => {
        one.approvedBy = event.by;
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
        // A plan that is no longer true was proved not to be carried out.
        if (event.body.why === 'plan changed') one.started = one.holds = false;
      });
      return;
    case 'act_started':
      onTry(incident, event.body, (one) => {
        one.phase = 'calling';
        one.started = one.holds = true;
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
        one.confirmedBy = event.by;
      });
      return;
    case 'stop_asked':
      onTry(incident, event.body, (one) => {
        one.stopAsked = true;
      });
      return;
    case 'choice_made':
      onTry(incident, event.body, (one) => {
        one.out = { ...event.body.form, ...(event.body.choice ? { choice: event.body.choice } : {}) };
        one.lastSays = event.body.label;
      });
      return;
    case 'step_closed':
      closed(incident, event);
      return;
    case 'run_ended': {
      const run = runOf(incident, event.body.run);
      run.ended = event.body;
      run.current = undefined;
      // A runbook inside another one hands it its last verdict.
      const parent = run.parent && incident.runs.get(run.parent.run);
      const caller = parent && run.parent && lastTry(parent.steps.get(run.parent.step));
      if (parent && caller?.phase === 'nested' && run.lastVerdict)
        parent.lastVerdict = caller.verdict = run.lastVerdict;
      return;
    }
    case 'loose_end_opened':
      incident.looseEnds.set(event.body.id, {
        id: event.body.id,
        opened: event.body,
        openedAt: event.at,
        // Who asked for it, also when somebody else approved it.
        openedBy: confirmerOf(incident, event.body) ?? event.by,
        state: event.body.state,
      });
      return;
    case 'loose_end_settled': {
      const end = incident.looseEnds.get(event.body.id);
      if (!end) return;
      end.state = event.body.state;
      end.says = event.body.says;
      end.settledAt = event.at;
      if (event.body.owner) end.owner = event.body.owner;
      return;
    }
    case 'follow_up_added':
      incident.followUps.set(event.body.id, event.body);
      return;
    case 'attempt_lost':
      incident.lost.add(event.body.attempt);
      return;
    case 'resolved':
      incident.resolvedAt = event.body.at;
      incident.status = 'resolved';
      return;
    case 'reopened':
      incident.resolvedAt = undefined;
      incident.closedAt = undefined;
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
  }
}

/** The run of this number. Throws when the stream is damaged. */
export function runOf(incident: Incident, number: number): RunState {
  const run = incident.runs.get(number);
  if (!run) throw new Error(`INC-${incident.number} has no run ${number}`);
  return run;
}

function opened(run: RunState, event: EventOf<'step_opened'>): void {
  const { body } = event;
  const known = run.steps.get(body.step);
  const step: StepState =
    known && known.kind !== 'none' ? known : { id: body.step, kind: body.kind, tries: [] };
  const phases = {
    check: 'checking',
    act: 'planning',
    ask: 'asking',
    manual: 'by hand',
    run: 'nested',
  } as const;
  step.tries.push({
    try: body.try,
    ...(body.undoes === undefined ? {} : { undoes: body.undoes }),
    ...(body.aside ? { aside: true } : {}),
    ...(body.uses === undefined ? {} : { uses: body.uses }),
    operation: body.operation ?? '',
    args: body.args ?? {},
    namespace: body.namespace,
    title: body.title,
    byHand: body.byHand,
    ...(body.says === undefined ? {} : { says: body.says }),
    ...(body.choices === undefined ? {} : { choices: body.choices }),
    phase: body.undoes === undefined ? phases[body.kind] : 'planning',
    openedAt: event.at,
  });
  run.steps.set(body.step, step);
  if (body.undoes === undefined && !body.aside) run.current = body.step;
}

function closed(incident: Incident, event: EventOf<'step_closed'>): void {
  const { body } = event;
  const run = runOf(incident, body.run);
  const step = run.steps.get(body.step);
  if (!step || step.tries.length === 0) {
    run.steps.set(body.step, { id: body.step, kind: 'none', tries: [], notNeeded: body.reason ?? '' });
    return;
  }
  // Left out the second time round: what it did the first time stays as it is.
  if (body.state === 'not needed') return;
  const one = step.tries.find((candidate) => candidate.try === body.try) ?? lastTry(step);
  if (!one) return;
  one.phase = 'closed';
  one.holds = false;
  one.closedAs = body.state;
  one.closedAt = event.at;
  one.attempt = undefined;
  if (body.state === 'undone') {
    const main = step.tries.find((candidate) => candidate.try === one.undoes) ?? mainTry(step);
    if (main) main.closedAs = 'undone';
  }
}

function confirmerOf(incident: Incident, end: EventOf<'loose_end_opened'>['body']): Person | undefined {
  const { run, step, try: number } = end;
  const state = run === undefined || step === undefined ? undefined : incident.runs.get(run)?.steps.get(step);
  return state?.tries.find((one) => one.try === number)?.confirmedBy;
}

function onTry(
  incident: Incident,
  at: { run: number; step: string; try: number },
  change: (one: TryState, run: RunState) => void,
): void {
  const run = runOf(incident, at.run);
  const one = run.steps.get(at.step)?.tries.find((candidate) => candidate.try === at.try);
  if (one) change(one, run);
}
