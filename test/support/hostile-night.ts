/** One incident in which every text that a person, a runbook or a system can give is the same given text. */
import type { Event } from '../../src/incidents/events.ts';
import { bot, declaration, note, runbook, story } from './story.ts';

export function hostileNight(text: string): Event[] {
  const s = story('2024-01-10', 'UTC').at('10:00');
  const ana = { id: 'slack:U0ANA', name: text };
  const target = { namespace: text, kind: 'service', name: text, says: text };
  const at = { run: 1, step: 'act', try: 1 };
  const base = { title: text, uses: text, namespace: text, byHand: [text, text] };
  s.add(ana, 'incident_declared', {
    ...declaration({ title: text, noticed: text, namespace: text, zone: 'UTC', since: s.now(), place: text }),
    system: {
      id: text,
      title: text,
      namespace: text,
      project: text,
      environment: text,
      docs: [{ title: text, url: text }],
      dependencies: [text],
      contacts: [],
    },
  });
  s.add(ana, 'role_set', { role: text, person: ana });
  for (const kind of ['note', 'ruled-out', 'help-asked', 'help-answered', 'decision'] as const)
    s.add(ana, 'note_added', note(`note ${text}`, s.now(), { kind, entry: kind }));
  s.add(
    ana,
    'note_added',
    note(`cause: x ${text}`, s.now(), { entry: 'cause', source: { kind: 'slack', ts: '1.1' } }),
  );
  s.add(ana, 'severity_changed', { from: 'SEV2', to: 'SEV1', reason: text });
  s.add(ana, 'run_started', {
    run: 1,
    runbook: { ...runbook(text, text), owner: text },
    hash: 'abc',
    revision: text,
    params: {},
    counts: { checks: 1, changes: 1, byHand: 1 },
  });
  const check = { run: 1, step: 'check', try: 1 };
  s.add(ana, 'step_opened', { ...check, ...base, kind: 'check', uses: 'k8s.last-termination' });
  s.add(bot, 'check_done', {
    ...check,
    verdict: 'unknown',
    says: text,
    seconds: 1,
    milestone: true,
    elsewhere: text,
    evidence: { fields: { reason: `r ${text}`, exit_code: 1, log: `a\n${text}\nb`, pod: text }, hash: text },
  });
  s.add(bot, 'target_proposed', { run: 1, step: 'check', target });
  s.add(ana, 'target_confirmed', { target });
  s.add(ana, 'step_opened', { ...at, ...base, kind: 'act' });
  s.add(bot, 'plan_made', {
    ...at,
    operation: 'op',
    plan: {
      target: { kind: text, namespace: text, name: text },
      changes: [{ field: text, before: text, after: text }],
      values: {},
      notes: [],
      unknowns: [`u ${text}`],
    },
    hash: 'h',
    level: 'two-person',
    from: [],
    expiresMs: 1,
    undo: text,
    leaves: [{ kind: 'permanent', says: `p ${text}`, followUp: `p ${text}` }],
    locks: [],
    byHand: [`run ${text}`],
  });
  s.add(ana, 'approval_requested', { ...at, hash: 'h', expiresAt: 0, aloneAt: 0 });
  s.add(ana, 'approved', { ...at, hash: 'h', alone: true, reason: `because ${text}` });
  s.add(ana, 'act_started', { ...at, operation: 'op', executeBy: 0, attempt: '1' });
  s.add(bot, 'attempt_lost', { ...at, attempt: '1', says: text });
  s.add(bot, 'act_found', { ...at, happened: 'cannot tell', says: text });
  s.add(bot, 'verified', { ...at, held: false, says: text, seconds: 3 });
  s.add(bot, 'outcome_late', { ...at, attempt: '1', says: text });
  s.add(ana, 'step_closed', { ...at, state: 'accepted', reason: text });
  const hand = { run: 1, step: 'hand', try: 1 };
  s.add(ana, 'step_opened', { ...hand, ...base, kind: 'manual', says: `do ${text}`, byHand: [`a ${text}`] });
  s.add(ana, 'by_hand_claimed', { ...hand, says: `did ${text}` });
  const ask = { run: 1, step: 'ask', try: 1 };
  s.add(ana, 'step_opened', { ...ask, ...base, kind: 'ask', says: text });
  s.add(ana, 'choice_made', {
    ...ask,
    label: text,
    reason: text,
    options: ['other', text],
    form: { field: text },
  });
  s.add(bot, 'run_ended', { run: 1, why: 'stopped', says: text });
  const end = { object: text, namespace: text, before: text, during: text, until: text };
  s.add(ana, 'loose_end_opened', {
    id: 'a',
    kind: 'temporary',
    title: `t ${text}`,
    state: 'may exist',
    ...end,
  });
  s.add(ana, 'loose_end_opened', { id: 'b', kind: 'temporary', title: `k ${text}`, state: 'open', ...end });
  s.add(ana, 'loose_end_settled', { id: 'b', state: 'accepted', says: text, owner: ana, until: `u ${text}` });
  s.add(ana, 'follow_up_added', { id: 'f', text: `f ${text}`, owner: ana, due: `d ${text}` });
  const again = { run: 1, step: 'check', try: 1, attempt: '9', title: text, was: 'bad' } as const;
  s.add(ana, 'resolved', {
    at: s.now(),
    summary: `s ${text}`,
    repeats: [again, { ...again, attempt: '10' }, { ...again, attempt: '11' }],
  });
  const answer = { resolve: s.events.length, says: text, seconds: 1 };
  s.add(bot, 'check_repeated', { ...again, ...answer, verdict: 'bad', left: 2 });
  s.add(bot, 'check_repeated', {
    ...again,
    ...answer,
    attempt: '10',
    verdict: 'unknown',
    evidence: { fields: { log: text }, hash: text },
    left: 1,
  });
  return s.events;
}
