// Events of every version stay readable: what was once written is parsed to the same values. Fields are only ever added.
// A new type or field is added to the file with HANDRAIL_WRITE_GOLDEN=1; nothing in it is ever changed or removed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventTypes, parseEvent } from '../../src/incidents/events.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { pidpNight } from '../support/pidp-night.ts';

interface Golden {
  readonly type: string;
  readonly body: Record<string, unknown>;
}

const file = new URL('golden-events.jsonl', import.meta.url);
const at = { run: 1, step: 'scale', try: 1 };
const rare: Golden[] = [
  {
    type: 'note_added',
    body: {
      entry: 'n',
      kind: 'note',
      text: 'a picture: disk.png',
      at: 1_704_911_400_000,
      precision: 'exact',
      source: { kind: 'slack', channel: 'C1', ts: '1704911400.000100' },
      files: [{ id: 'F1', name: 'disk.png', mimetype: 'image/png', bytes: 2048 }],
    },
  },
  {
    type: 'file_kept',
    body: {
      entry: 'n',
      file: 'F1',
      name: 'disk.png',
      mimetype: 'image/png',
      bytes: 2048,
      sha256: '1f2e3d4c5b6a79881f2e3d4c5b6a79881f2e3d4c5b6a79881f2e3d4c5b6a7988',
    },
  },
  {
    type: 'file_not_kept',
    body: { entry: 'n', file: 'F2', name: 'all.dump', says: 'It has 20.0 MB, and at most 10.0 MB are kept.' },
  },
  { type: 'milestone_set', body: { milestone: 'detected', at: 1_704_911_400_000, precision: 'about' } },
  { type: 'erase_asked', body: { erase: 'E1', entry: 'n', reason: 'a patient is named' } },
  {
    type: 'entry_erased',
    body: {
      erase: 'E1',
      entry: 'n',
      left: [{ version: 3, body: '{}' }],
      reason: 'a patient is named',
      askedBy: { id: 'slack:UANA', name: 'Ana' },
    },
  },
  {
    type: 'entry_corrected',
    body: {
      entry: 'n',
      why: 'corrected',
      at: 1_704_911_400_000,
      until: 1_704_911_460_000,
      precision: 'about',
      reason: 'The clock was wrong.',
    },
  },
  { type: 'update_posted', body: { update: 'U1', text: 'Still down.', next: 1_704_911_400_000 } },
  {
    type: 'handed_over',
    body: {
      role: 'lead',
      from: { id: 'slack:UANA', name: 'Ana' },
      to: { id: 'slack:UBEN', name: 'Ben' },
      says: 'The dump is made.',
    },
  },
  {
    type: 'update_posted',
    body: { update: 'U2', text: 'Up.', next: 1_704_911_400_000, outside: true },
  },
  {
    type: 'incident_declared',
    body: {
      title: 't',
      severity: 'SEV3',
      namespace: 'n',
      noticed: '',
      since: 1_704_911_400_000,
      zone: 'UTC',
      private: false,
      drill: false,
      quiet: false,
      quietMinutes: 30,
      invited: [],
    },
  },
  { type: 'update_missed', body: { promised: 1_704_911_400_000 } },
  { type: 'quiet_asked', body: { since: 1_704_911_400_000 } },
  { type: 'quiet_snoozed', body: { until: 1_704_911_400_000 } },
  { type: 'section_written', body: { section: 'impact', text: 'Nobody could log in.' } },
  { type: 'why_written', body: { id: 'W2', parent: 'W1', text: 'The package was gone.', open: true } },
  { type: 'why_written', body: { id: 'W2', text: '', open: false, removed: true } },
  {
    type: 'follow_up_added',
    body: {
      id: 'P1',
      text: 'Watch replication',
      dueOn: '2024-02-01',
      link: 'https://tickets.example/1',
      doneWhen: 'An alert fires in a test.',
    },
  },
  {
    type: 'follow_up_changed',
    body: {
      id: 'P1',
      owner: { id: 'slack:UBEN', name: 'Ben' },
      dueOn: '2024-02-02',
      dropped: 'It is done already.',
    },
  },
  { type: 'report_status_set', body: { to: 'in review', problems: [{ code: 'PIR007', says: 'No owner.' }] } },
  { type: 'lint_waived', body: { code: 'PIR010', key: 'k', reason: 'It is a quotation.' } },
  { type: 'report_posted', body: { file: 'inc-1.md', hash: 'h', profile: 'bcgov' } },
  {
    type: 'difference_found',
    body: {
      of: 7,
      from: 1_704_911_400_000,
      to: 1_704_921_400_000,
      objects: 41,
      questions: 2,
      leftOut: 3,
      older: ['Deployment web: replicas was 2, is 3, at about 02:10 with helm'],
      notChecked: [{ kind: 'Secrets', why: 'no right' }],
      asked: [{ id: 'D9.1', place: 'a1', value: 'b2', reads: ['Deployment'] }],
      more: 1,
      resolve: true,
    },
  },
  {
    type: 'difference_found',
    body: {
      of: 8,
      from: 1_704_911_400_000,
      to: 1_704_921_400_000,
      objects: 41,
      questions: 0,
      leftOut: 0,
      older: [],
      notChecked: [],
      asked: [],
      again: true,
    },
  },
  { type: 'difference_failed', body: { says: 'No snapshot was taken.' } },
  { type: 'difference_failed', body: { of: 7, says: 'No snapshot was taken.' } },
  {
    type: 'loose_end_opened',
    body: {
      id: 'D9.0',
      kind: 'temporary',
      title: 't',
      object: 'o',
      namespace: 'n',
      state: 'open',
      source: 'diff',
      owner: { id: 'slack:UBEN', name: 'Ben' },
      untilAt: 1_704_911_400_000,
    },
  },
  {
    type: 'loose_end_settled',
    body: {
      id: 'L1',
      state: 'accepted',
      says: 's',
      untilAt: 1_704_911_400_000,
      second: { id: 'slack:UBEN', name: 'Ben' },
    },
  },
  {
    type: 'loose_end_keep_asked',
    body: {
      id: 'L1',
      reason: 'r',
      owner: { id: 'slack:UBEN', name: 'Ben' },
      until: 'tomorrow',
      untilAt: 1_704_911_400_000,
    },
  },
  { type: 'loose_end_gone_said', body: { id: 'L1', says: 'Looked at it.' } },
  { type: 'loose_end_moved', body: { id: 'L1', link: 'https://tickets.example/2', says: 'Theirs now.' } },
  { type: 'ends_reminded', body: { ids: ['L1'], asks: 'owner', since: 1_704_911_400_000 } },
  {
    type: 'note_added',
    body: {
      entry: 'n',
      kind: 'note',
      text: 'Upgrading.',
      at: 1_704_911_400_000,
      until: 1_704_916_440_000,
      precision: 'about',
      source: { kind: 'slack' },
      late: false,
    },
  },
  { type: 'slack_failed', body: { what: 'invite', says: 'ben could not be invited' } },
  { type: 'plan_failed', body: { ...at, says: 'no right to read deployments' } },
  {
    type: 'step_opened',
    body: { ...at, kind: 'run', title: 'See inside', namespace: 'prod', byHand: [], timeline: 'milestone' },
  },
  {
    type: 'params_asked',
    body: {
      ...at,
      runbook: 'check-patroni',
      title: 'Check Patroni',
      known: { workload: 'web-api' },
      says: 'Check Patroni starts inside this step. Still to fill in: Which?',
    },
  },
  { type: 'alone_allowed', body: { ...at, hash: 'h', says: 'Nobody has answered.' } },
  { type: 'approval_lapsed', body: { ...at, why: 'expired', says: 'Nobody approved in time.' } },
  {
    type: 'approved',
    body: { ...at, hash: 'h', alone: false, under: { try: 1, by: { id: 'slack:UBEN', name: 'Ben' } } },
  },
  {
    type: 'plan_made',
    body: {
      ...at,
      operation: 'o',
      plan: {
        target: { kind: 'pod', namespace: 'web', name: 'pg-0' },
        changes: [],
        values: {},
        notes: [],
        unknowns: [],
      },
      hash: 'h',
      level: 'two-person',
      from: ['group:dba'],
      expiresMs: 600_000,
      covers: ['pg-0', 'pg-1'],
      guard: 'none',
      undo: 'none',
      leaves: [],
      locks: [],
      byHand: [],
    },
  },
  {
    type: 'approval_lapsed',
    body: {
      ...at,
      why: 'plan changed',
      says: 'The plan is 3 hours old. Here is the new one.',
      planAt: 1_760_000_000_000,
    },
  },
  { type: 'outcome_late', body: { attempt: 'a', ...at, says: 'It came back late.', made: true } },
  { type: 'looked_again', body: { ...at, phase: 'verifying' } },
  { type: 'stop_asked', body: { ...at, attempt: '1.1.scale.1.act.abcdef01.0' } },
  { type: 'reopened', body: { reason: 'it came back' } },
  { type: 'verified', body: { ...at, held: false, says: 'Done, not verified.', byEye: true, seconds: 0 } },
  {
    type: 'unwind_started',
    body: {
      run: 1,
      changes: [{ ...at, title: 'Scale web to 0' }],
      passed: [{ ...at, step: 'restart', title: 'Restart web', why: 'It was restarted.' }],
    },
  },
  {
    type: 'step_opened',
    body: {
      ...at,
      try: 2,
      kind: 'act',
      title: 'Scale web to 0',
      namespace: 'prod',
      byHand: [],
      undoes: 1,
      unwinds: 9,
    },
  },
  {
    type: 'unwind_ended',
    body: {
      run: 1,
      why: 'stopped',
      says: 'It was left as it is.',
      left: [{ ...at, title: 'Scale web to 0' }],
    },
  },
  {
    type: 'run_started',
    body: {
      run: 1,
      runbook: { apiVersion: 'runbook/v1', id: 'a' },
      hash: 'h',
      revision: '1a2b3c4+changes',
      actions: { 'k8s.scale': 1 },
      params: {},
      counts: { checks: 1, changes: 0, byHand: 0 },
    },
  },
  {
    type: 'runbook_changed',
    body: {
      run: 1,
      runbook: 'a',
      from: { hash: 'h', revision: '1a2b3c4' },
      to: { hash: 'i', revision: '5d6e7f8' },
      again: false,
    },
  },
  { type: 'left_asked', body: {} },
  { type: 'report_asked', body: {} },
  {
    type: 'recorded_later',
    body: { since: 1_760_000_000_000, until: 1_760_000_480_000, commands: ['c1', 'c2'] },
  },
  {
    type: 'target_confirmed',
    body: { target: { namespace: 'b', kind: 'statefulset', name: 'pg', says: 'x' }, also: true },
  },
  {
    type: 'target_dropped',
    body: { target: { namespace: 'b', kind: 'statefulset', name: 'pg', says: 'x' } },
  },
  {
    type: 'lock_taken',
    body: {
      ...at,
      locks: [{ key: 'web/pod/pg-0', incident: 3, ...at, by: 'Ana', since: 1_760_000_000_000 }],
      arrives: true,
    },
  },
  {
    type: 'lock_lost',
    body: {
      ...at,
      keys: ['web/pod/pg-0'],
      since: 1_760_000_000_000,
      to: 2,
      by: { id: 'slack:UBEN', name: 'Ben' },
    },
  },
  {
    type: 'run_ended',
    body: {
      run: 1,
      why: 'finished',
      says: 'Finished.',
      offer: { runbook: 'a', with: { name: 'x' }, or: [{ runbook: 'b', with: {} }] },
    },
  },
  { type: 'time_over', body: { id: 'L1.grant.1.0', since: 1_760_000_000_000 } },
  {
    type: 'loose_end_settled',
    body: { id: 'L1.grant.1.0', state: 'open', says: 'Its time was over.', overdue: true },
  },
];

/** One example for each type and set of fields. */
function examples(): Golden[] {
  const seen = new Map<string, Golden>();
  const all = [
    ...[...pidpNight(), ...hostileNight('words')].map(({ type, body }) => ({
      type,
      body: body as Golden['body'],
    })),
    ...rare,
  ];
  for (const one of all) {
    const body = JSON.parse(JSON.stringify(one.body)) as Golden['body'];
    const shape = `${one.type} ${Object.keys(body).toSorted().join(',')}`;
    if (!seen.has(shape)) seen.set(shape, { type: one.type, body });
  }
  return [...seen.values()];
}

function read(): Golden[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Golden);
}

if (process.env.HANDRAIL_WRITE_GOLDEN === '1') {
  const old = read();
  const shapes = new Set(old.map(({ type, body }) => `${type} ${Object.keys(body).toSorted().join(',')}`));
  const fresh = examples().filter(
    ({ type, body }) => !shapes.has(`${type} ${Object.keys(body).toSorted().join(',')}`),
  );
  writeFileSync(file, `${[...old, ...fresh].map((one) => JSON.stringify(one)).join('\n')}\n`);
}

describe('stored events', () => {
  const golden = read();

  it('every type has an example', () => {
    const types = new Set(golden.map(({ type }) => type));
    expect(eventTypes.filter((type) => !types.has(type))).toEqual([]);
  });

  it.each(golden.map(({ type, body }) => [type, body] as const))(
    '%s is read as it was written',
    (type, body) => {
      const stored = parseEvent(type, body);
      expect(stored.known).toBe(true);
      if (stored.known) expect(stored.event.body).toMatchObject(body);
    },
  );

  it('a type of a later version is kept as it is', () => {
    const body = { anything: [1, 2] };
    expect(parseEvent('from_the_future', body)).toEqual({ known: false, type: 'from_the_future', body });
  });

  it('a damaged body is not read as something else', () => {
    expect(() => parseEvent('severity_changed', { from: 'SEV1', to: 'SEV9' })).toThrow(/SEV/);
  });
});
