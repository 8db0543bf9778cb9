/** Before the repair: the utility pod, help from the platform, and a dump whose worker stopped. */
import { bot, note, runbook, type Story } from '../story.ts';
import { dumpPath, lena, marek, ns, yuki } from './people.ts';
import { begin, check, finish, plan } from './steps.ts';

export function utilityUp(s: Story): void {
  s.at('11:52');
  begin(s, marek, 3, runbook('scale-utility-pod', 'Start or stop the utility pod'), [1, 1, 0]);
  check(
    s,
    marek,
    [3, 'now', 1],
    'What runs now?',
    'k8s.replicas',
    { workload: 'utility' },
    {
      verdict: 'ok',
      says: '0 wanted, 0 ready.',
    },
  );
  const at = { run: 3, step: 'scale', try: 1 };
  s.add(marek, 'step_opened', {
    ...at,
    kind: 'act',
    title: 'Scale utility from 0 to 1',
    uses: 'k8s.scale',
    namespace: ns,
    byHand: [`kubectl -n ${ns} scale deployment/utility --replicas=1`],
  });
  const says = 'utility runs 1 instead of 0';
  s.add(bot, 'plan_made', {
    ...at,
    ...plan(
      'op-scale',
      { kind: 'deployment', name: 'utility' },
      { field: 'replicas', before: '0', after: '1' },
      {
        leaves: [{ kind: 'temporary', says, until: 'incident-close' }],
        byHand: [`kubectl -n ${ns} scale deployment/utility --replicas=1`],
      },
    ),
  });
  s.at('11:53').add(marek, 'act_started', {
    ...at,
    operation: 'op-scale',
    executeBy: s.now() + 300_000,
    attempt: '7',
  });
  s.add(marek, 'loose_end_opened', {
    id: 'L3.scale.1.0',
    kind: 'temporary',
    title: says,
    object: 'deployment/utility',
    namespace: ns,
    state: 'may exist',
    until: 'incident-close',
    ...at,
    before: '0',
    during: '1',
  });
  s.add(bot, 'act_done', { ...at, outcome: 'made', says: 'Done.', seconds: 0.4 });
  s.add(bot, 'loose_end_settled', { id: 'L3.scale.1.0', state: 'open', says: 'The change was made.' });
  s.at('11:54').add(bot, 'verified', { ...at, held: true, says: 'Verified.', seconds: 21 });
  s.add(bot, 'step_closed', { ...at, state: 'done' });
  finish(s, 3, 'The utility pod runs.');
  s.at('11:56').add(
    marek,
    'note_added',
    note('Platform Services: which image do other teams use?', s.instant('11:54'), { kind: 'help-asked' }),
  );
  s.at('12:05').add(
    marek,
    'note_added',
    note(
      'Use the Artifactory image patroni-postgres:2.0.1-12.4-latest, see https://developer.example.org/artifactory_(images). PostgreSQL stays 12.4, the risk is low.',
      s.instant('12:04'),
      { kind: 'help-answered', source: { kind: 'slack', channel: 'C1', ts: '3.1', author: lena } },
    ),
  );
}

export function dump(s: Story): void {
  s.at('12:13');
  begin(s, marek, 4, runbook('dump-db', 'Dump a database before a risky change'), [2, 1, 0]);
  check(
    s,
    marek,
    [4, 'last_backup', 1],
    'Is there a backup already?',
    'backup.latest',
    { database: 'pidp' },
    {
      verdict: 'bad',
      says: 'No backup found at /backups on backup-storage.',
    },
  );
  check(
    s,
    marek,
    [4, 'room', 1],
    'Does it fit on the volume?',
    'postgres.size-vs-volume',
    { pod: 'prod-patroni-2' },
    {
      verdict: 'ok',
      says: 'Database 1.2 GiB, free 7.4 GiB.',
    },
  );
  const at = { run: 4, step: 'dump', try: 1 };
  const commands = [`kubectl -n ${ns} exec prod-patroni-2 -- pg_dump -Fc -f ${dumpPath} pidp`];
  const says = 'Database dump on prod-patroni-2 (pidp)';
  s.add(marek, 'step_opened', {
    ...at,
    kind: 'act',
    title: 'Dump pidp from prod-patroni-2',
    uses: 'postgres.dump',
    namespace: ns,
    byHand: commands,
  });
  s.add(bot, 'plan_made', {
    ...at,
    ...plan(
      'op-dump',
      { kind: 'pod', name: 'prod-patroni-2' },
      { field: 'file', before: 'absent', after: dumpPath },
      {
        level: 'two-person',
        from: ['group:database'],
        leaves: [{ kind: 'temporary', says, until: 'incident-close', sensitivity: 'personal-data' }],
        byHand: commands,
      },
    ),
  });
  s.at('12:20').add(marek, 'approval_requested', {
    ...at,
    hash: 'hash-op-dump',
    expiresAt: s.now() + 600_000,
    aloneAt: s.now() + 300_000,
  });
  s.at('12:23').add(yuki, 'approved', { ...at, hash: 'hash-op-dump', alone: false });
  s.add(yuki, 'act_started', { ...at, operation: 'op-dump', executeBy: s.now() + 300_000, attempt: '9' });
  s.add(yuki, 'loose_end_opened', {
    id: 'L4.dump.1.0',
    kind: 'temporary',
    title: says,
    object: 'pod/prod-patroni-2',
    namespace: ns,
    state: 'may exist',
    until: 'incident-close',
    sensitivity: 'personal-data',
    ...at,
    before: 'absent',
    during: dumpPath,
  });
  s.at('12:26').add(bot, 'attempt_lost', { attempt: '9', ...at, says: 'The worker stopped answering.' });
  s.at('12:27').add(bot, 'act_found', {
    ...at,
    happened: 'made',
    says: 'Looked for its trace: the change was made.',
  });
  s.add(bot, 'loose_end_settled', { id: 'L4.dump.1.0', state: 'open', says: 'The change was made.' });
  s.at('12:29').add(bot, 'verified', { ...at, held: true, says: 'Verified.', seconds: 96 });
  s.add(bot, 'step_closed', { ...at, state: 'done' });
  s.at('12:34').add(bot, 'outcome_late', {
    attempt: '9',
    ...at,
    says: 'The first worker came back after it had been given up: its change was made.',
  });
  finish(s, 4, 'There is a dump that can be read back.');
}
