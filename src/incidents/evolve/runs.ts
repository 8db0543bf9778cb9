/** Folds what happens in a run: it starts, its steps open and close, checks are answered, people choose. */
import type { EventOf } from '../events.ts';
import { type Incident, lastTry, mainTry, type RunState, type StepState } from '../state.ts';
import { onTry, runOf } from './tries.ts';

type RunEvent = EventOf<
  | 'run_started'
  | 'runbook_changed'
  | 'step_opened'
  | 'check_done'
  | 'choice_made'
  | 'params_asked'
  | 'step_closed'
  | 'run_ended'
>;

export function evolveRun(incident: Incident, event: RunEvent): void {
  switch (event.type) {
    case 'run_started': {
      const { parent } = event.body;
      const calling = parent && incident.runs.get(parent.run);
      const caller = parent && lastTry(calling?.steps.get(parent.step));
      if (caller && caller.phase !== 'closed') {
        caller.phase = 'nested';
        caller.inner = event.body.run;
      }
      const before = event.body.follows === undefined ? undefined : incident.runs.get(event.body.follows);
      if (before) before.followedBy ??= event.body.run;
      incident.runs.set(event.body.run, {
        run: event.body.run,
        ...(parent ? { parent } : {}),
        runbook: event.body.runbook,
        hash: event.body.hash,
        ...(event.body.revision ? { revision: event.body.revision } : {}),
        params: event.body.params,
        // A check's outcome leads to it: whoever started the outer run is the one to ask.
        startedBy: event.by.id === 'bot' && calling ? calling.startedBy : event.by,
        startedAt: event.at,
        counts: event.body.counts,
        steps: new Map(),
      });
      return;
    }
    case 'runbook_changed': {
      const run = runOf(incident, event.body.run);
      run.changedTo = [...(run.changedTo ?? []), event.body.to];
      return;
    }
    case 'step_opened':
      opened(runOf(incident, event.body.run), event);
      return;
    case 'check_done':
      onTry(incident, event.body, (one, run) => {
        one.verdict = event.body.verdict;
        one.lastSays = event.body.says;
        one.out = event.body.out;
        one.elsewhere = event.body.elsewhere;
        one.phase = 'closed';
        one.closedAt = event.at;
        one.attempt = undefined;
        run.lastVerdict = event.body.verdict;
      });
      return;
    case 'choice_made':
      onTry(incident, event.body, (one) => {
        const { form, choice, reason } = event.body;
        // A reason can be read where choices are offered (runbooks/scope-types.ts).
        one.out = { ...form, ...(choice ? { choice, ...(reason ? { reason } : {}) } : {}) };
        one.lastSays = event.body.label;
      });
      return;
    case 'params_asked':
      onTry(incident, event.body, (one) => {
        const { runbook, known, says } = event.body;
        one.phase = 'params';
        one.asks = { runbook, known };
        one.lastSays = says;
      });
      return;
    case 'step_closed':
      closed(incident, event);
      return;
    case 'run_ended': {
      const run = runOf(incident, event.body.run);
      run.ended = event.body;
      run.current = undefined;
      const parent = run.parent && incident.runs.get(run.parent.run);
      const caller = parent && run.parent && lastTry(parent.steps.get(run.parent.step));
      if (!parent || caller?.phase !== 'nested') return;
      // A runbook inside another one hands it its last verdict; one that a person ended leaves the question open.
      const verdict = event.body.why === 'ended' ? 'unknown' : run.lastVerdict;
      if (verdict) parent.lastVerdict = caller.verdict = verdict;
      if (event.body.why === 'ended')
        caller.lastSays = `run ${run.run} was ended by ${event.by.name}. ${event.body.says}`;
      return;
    }
  }
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
    ...(body.unwinds === undefined ? {} : { unwinds: body.unwinds }),
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
