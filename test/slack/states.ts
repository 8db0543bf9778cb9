// Arbitrary states of an incident, with texts that try to break what shows them.

import fc from 'fast-check';
import type {
  Incident,
  LooseEnd,
  Phase,
  RepeatedCheck,
  RunState,
  StepState,
  TryState,
} from '../../src/incidents/state.ts';
import type { ActStep, Runbook, Step } from '../../src/runbooks/runbook.ts';

const nasty = fc.constantFrom(
  '<!channel>',
  '<@U0ANYBODY>',
  '<https://evil.example|click>',
  '```',
  '*_~`',
  '&amp;&lt;',
  '\u202Eright to left',
  '👩‍👩‍👧‍👦'.repeat(50),
  '&'.repeat(4000),
  'x'.repeat(4000),
  '\n\n\n> quoted',
  '',
);
export const words = fc.oneof(
  nasty,
  fc.string({ maxLength: 60 }),
  fc.tuple(nasty, fc.string(), nasty).map((all) => all.join(' ')),
);
export const instant = fc.integer({ min: 1_500_000_000_000, max: 1_900_000_000_000 });
export const person = fc.record({
  id: fc.constantFrom('slack:UANA', 'slack:UBEN', 'terminal:ana@laptop', 'bot'),
  name: words,
});
const few = <T>(one: fc.Arbitrary<T>, most = 60): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(one, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.array(one, { minLength: most, maxLength: most }) },
  );

const phase = fc.constantFrom<Phase>(
  'checking',
  'planning',
  'planned',
  'approval',
  'calling',
  'looking',
  'verifying',
  'decide',
  'asking',
  'by hand',
  'params',
  'nested',
  'closed',
);

const planned = fc.record({
  run: fc.constant(1),
  step: fc.constant('s0'),
  try: fc.constant(1),
  operation: fc.constant('hr-1'),
  plan: fc.record({
    target: fc.record({ kind: words, namespace: words, name: words }),
    changes: few(fc.record({ field: words, before: words, after: words })),
    values: fc.constant({}),
    notes: few(words),
    unknowns: few(words),
    undo: fc.constant({}),
  }),
  hash: fc.constant('a'.repeat(64)),
  says: words,
  level: fc.constantFrom('click' as const, 'type' as const, 'two-person' as const),
  from: few(words, 10),
  expiresMs: fc.constant(600_000),
  verify: fc.record({ uses: words, args: fc.constant({}), says: words }),
  undo: words,
  leaves: few(
    fc.record({
      kind: fc.constantFrom('temporary' as const, 'permanent' as const, 'nothing' as const),
      says: words,
      until: words,
    }),
    10,
  ),
  locks: few(words, 8),
  byHand: few(words, 20),
});

const aTry: fc.Arbitrary<TryState> = fc.record(
  {
    try: fc.constant(1),
    operation: fc.constant('hr-1'),
    args: fc.constant({}),
    namespace: words,
    title: words,
    byHand: few(words, 20),
    says: words,
    choices: fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[a-z_]{1,20}$/), label: words }), {
      maxLength: 25,
      selector: (one) => one.id,
    }),
    phase,
    closedAs: fc.constantFrom('done' as const, 'failed' as const, 'undone' as const, 'accepted' as const),
    planned,
    planFailed: words,
    lastSays: words,
    verified: fc.record({
      run: fc.constant(1),
      step: fc.constant('s0'),
      try: fc.constant(1),
      held: fc.constant(false),
      says: words,
      byEye: fc.boolean(),
      seconds: fc.constant(1),
    }),
    outcome: fc.record({
      run: fc.constant(1),
      step: fc.constant('s0'),
      try: fc.constant(1),
      outcome: fc.constantFrom('failed' as const, 'unknown' as const),
      says: words,
      seconds: fc.constant(1),
    }),
    requested: fc.record({
      by: person,
      at: instant,
      hash: fc.constant('a'),
      expiresAt: instant,
      aloneAt: instant,
      aloneAllowed: fc.boolean(),
    }),
    approvedBy: person,
    confirmedBy: person,
    started: fc.boolean(),
    holds: fc.boolean(),
    holdsSince: instant,
    lostLocks: few(fc.record({ keys: few(words, 8), by: person, to: fc.nat(9), at: instant }), 4),
    elsewhere: words,
    verdict: fc.constantFrom('ok' as const, 'warn' as const, 'bad' as const, 'unknown' as const),
    openedAt: instant,
  },
  { requiredKeys: ['try', 'operation', 'args', 'namespace', 'title', 'byHand', 'phase', 'openedAt'] },
);

const kinds = ['check', 'act', 'ask', 'manual', 'run'] as const;

function stepOf(index: number, kind: (typeof kinds)[number], title: string): Step {
  return {
    id: `s${index}`,
    kind,
    title,
    line: 1,
    undo: { kind: 'auto' },
    choices: [],
    form: {},
  } as unknown as ActStep;
}

const run: fc.Arbitrary<RunState> = fc
  .record({
    titles: fc.array(words, { minLength: 1, maxLength: 60 }),
    tries: fc.array(aTry, { maxLength: 60 }),
    kind: fc.array(fc.constantFrom(...kinds), { minLength: 60, maxLength: 60 }),
    person,
    title: words,
    at: instant,
    ended: fc.boolean(),
    unwinding: fc.constantFrom('no', 'under way', 'finished', 'stopped'),
    says: words,
  })
  .map(({ titles, tries, kind, person: by, title, at, ended, unwinding, says }): RunState => {
    const steps = titles.map((one, index) => stepOf(index, kind[index] ?? 'check', one));
    const states = new Map<string, StepState>();
    tries.slice(0, steps.length).forEach((one, index) => {
      states.set(`s${index}`, { id: `s${index}`, kind: kind[index] ?? 'check', tries: [one] });
    });
    const runbook = { id: 'resize', title, summary: says, steps, params: {} } as unknown as Runbook;
    const changes = titles.map((one, index) => ({ run: 1, step: `s${index}`, try: 1, title: one }));
    const how = { run: 1, says, left: changes };
    const stands =
      unwinding === 'finished' || unwinding === 'stopped'
        ? { ended: { ...how, why: unwinding } as const }
        : {};
    const current = states.size > 0 && !ended ? { current: `s${states.size - 1}` } : {};
    return {
      run: 1,
      runbook,
      hash: 'abcdef0123456789',
      params: { name: title },
      startedBy: by,
      startedAt: at,
      counts: { checks: 1, changes: 2, byHand: 3 },
      steps: states,
      ...current,
      ...(unwinding === 'no' ? {} : { unwinding: { version: 7, by, changes, passed: [], ...stands } }),
      ...(ended
        ? {
            ended: {
              run: 1,
              why: 'finished' as const,
              says,
              offer: { runbook: 'resize', with: { a: says }, or: [{ runbook: 'other', with: { a: says } }] },
            },
          }
        : {}),
    };
  });

const looseEnd: fc.Arbitrary<LooseEnd> = fc.record(
  {
    id: fc.stringMatching(/^L[0-9]{1,6}$/),
    opened: fc.record({
      id: fc.stringMatching(/^L[0-9]{1,6}$/),
      kind: fc.constantFrom('temporary' as const, 'approval-alone' as const),
      title: words,
      object: words,
      namespace: words,
      state: fc.constant('open' as const),
      until: words,
      sensitivity: fc.constantFrom('personal-data' as const, 'access' as const, undefined),
      run: fc.constant(1),
      step: fc.constantFrom('s0', undefined),
      probe: fc.constantFrom(undefined, { uses: 't.size', args: {}, gone: 'true' }),
      before: words,
      during: words,
    }),
    openedAt: instant,
    openedBy: person,
    state: fc.constantFrom<LooseEnd['state']>('may exist', 'open', 'gone', 'accepted', 'moved'),
    says: words,
    owner: person,
    keptUntil: fc.constantFrom(1_700_000_000_000, 1_800_000_000_000),
    askedFor: fc.constant(1_700_000_000_000),
    link: fc.oneof(words, fc.webUrl()),
    waits: fc.record({
      for: fc.constantFrom('keep' as const, 'gone' as const),
      by: person,
      at: instant,
      says: words,
    }),
    keepAsked: fc.record({ id: words, reason: words, owner: person, until: words }),
  },
  { requiredKeys: ['id', 'opened', 'openedAt', 'openedBy', 'state'] },
);

const repeatedCheck: fc.Arbitrary<RepeatedCheck> = fc.record(
  {
    run: fc.constant(1),
    step: fc.constant('s0'),
    title: words,
    was: fc.constant('bad' as const),
    verdict: fc.constantFrom('ok' as const, 'warn' as const, 'bad' as const, 'unknown' as const),
    says: words,
  },
  { requiredKeys: ['run', 'step', 'title', 'was'] },
);

const declared: fc.Arbitrary<Incident['declared']> = fc.record({
  title: words,
  severity: fc.constant('SEV2' as const),
  system: fc.record({
    id: words,
    title: words,
    namespace: words,
    picture: words,
    docs: few(fc.record({ title: words, url: fc.oneof(words, fc.webUrl()) }), 20),
    dependencies: few(words, 30),
    contacts: few(fc.record({ name: words, what: words, channel: words }), 20),
  }),
  namespace: words,
  noticed: words,
  since: instant,
  zone: fc.constantFrom('UTC', 'America/Vancouver'),
  private: fc.boolean(),
  drill: fc.boolean(),
  quiet: fc.constant(false),
  invited: fc.constant([]),
});

/** Names as long as Kubernetes takes them. */
const target = fc.record({
  namespace: words.map((text) => text.slice(0, 253)),
  kind: fc.constantFrom('statefulset', 'service'),
  name: words.map((text) => text.slice(0, 253)),
  says: words,
});

export const incidents: fc.Arbitrary<Incident> = fc
  .record({
    declared,
    person,
    run,
    ends: few(looseEnd, 30),
    repeated: few(repeatedCheck, 30),
    resolved: fc.boolean(),
    closed: fc.boolean(),
    at: instant,
    followUps: few(words, 20),
    targets: few(target, 20),
    roles: fc.dictionary(fc.string({ maxLength: 40 }), person, { maxKeys: 4 }),
  })
  .map(
    ({
      declared: body,
      person: by,
      run: one,
      ends,
      repeated,
      resolved,
      closed,
      at,
      followUps,
      roles,
      targets,
    }): Incident => ({
      number: 7,
      version: 99,
      declared: body,
      declaredAt: at,
      declaredBy: by,
      severity: 'SEV2',
      status: 'investigating',
      channel: { id: 'C1', name: 'inc-7' },
      posts: new Map(),
      roles: new Map([['lead', by], ...Object.entries(roles)]),
      targets: targets.slice(0, -2).map((target) => ({ target, by, at })),
      proposals: targets,
      runs: new Map([[1, one]]),
      looseEnds: new Map(ends.map((end) => [end.id, end])),
      record: {
        notes: new Map(),
        lines: [1],
        touched: new Map(),
        milestones: new Map(),
        erased: new Set(),
      },
      erases: new Map(),
      whys: new Map(),
      differences: new Map(),
      lastEntryAt: 0,
      reportStatus: 'draft',
      followUps: new Map(followUps.map((text, index) => [String(index), { id: String(index), text }])),
      pinned: new Map(),
      lost: new Set(),
      repeats: [{ resolve: 42, by, checks: new Map(repeated.map((check, index) => [String(index), check])) }],
      ...(resolved ? { resolvedAt: at } : {}),
      ...(closed ? { closedAt: at } : {}),
      unknownEvents: 0,
    }),
  );
