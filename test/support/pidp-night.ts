/** The night of scenario pidp-patroni from declare to close, as a stream of events; everybody in it is invented. */
import type { Bodies, Event, Person } from '../../src/incidents/events.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { bot, declaration, note, runbook, type Story, story } from './story.ts';

export const ines: Person = { id: 'slack:U0INES', name: 'Inés Okafor' };
export const marek: Person = { id: 'slack:U0MAREK', name: 'Marek Dvořák' };
export const lena: Person = { id: 'slack:U0LENA', name: 'Lena Strand' };
export const yuki: Person = { id: 'slack:U0YUKI', name: '田中 有紀' };

const ns = 'd8a8f9-prod';
const target = {
  namespace: ns,
  kind: 'statefulset',
  name: 'prod-patroni',
  says: 'web-api uses prod-patroni. None of its 3 pods is ready.',
};
const dumpPath = '/home/postgres/pgdata/incident-1.dump';

type CheckEnd = Pick<Bodies['check_done'], 'verdict' | 'says'> & Partial<Bodies['check_done']>;

function check(
  s: Story,
  by: Person,
  [run, step, number]: readonly [number, string, number],
  title: string,
  uses: string,
  args: Record<string, unknown>,
  end: CheckEnd,
): void {
  const at = { run, step, try: number };
  s.add(by, 'step_opened', { ...at, kind: 'check', title, uses, args, namespace: ns, byHand: [] });
  s.add(bot, 'check_done', { ...at, seconds: 1.2, milestone: false, ...end });
  s.add(bot, 'step_closed', { ...at, state: 'done' });
}

function begin(s: Story, by: Person, run: number, book: Runbook, counts: [number, number, number]): void {
  const [checks, changes, byHand] = counts;
  s.add(by, 'run_started', {
    run,
    runbook: book,
    hash: `${run}f3a91c07d2be4455a6`,
    revision: '1a2b3c4',
    params: {},
    counts: { checks, changes, byHand },
  });
}

const finish = (s: Story, run: number, says: string): Story => s.add(bot, 'run_ended', { run, why: 'finished', says });

function plan(
  operation: string,
  object: { kind: string; name: string },
  change: { field: string; before: string; after: string },
  more: Partial<Bodies['plan_made']> = {},
): Omit<Bodies['plan_made'], 'run' | 'step' | 'try'> {
  return {
    operation,
    plan: { target: { ...object, namespace: ns }, changes: [change], values: {}, notes: [], unknowns: [] },
    hash: `hash-${operation}`,
    level: 'click',
    from: [],
    expiresMs: 600_000,
    undo: 'One button takes it back, with its own plan.',
    leaves: [],
    locks: [],
    byHand: [],
    ...more,
  };
}

function firstLook(s: Story): void {
  s.at('09:40').add(
    ines,
    'incident_declared',
    declaration({
      since: s.instant('09:34'),
      noticed: 'Metabase cannot retrieve data, and web-api health checks fail now and then.',
      place: '#pidp',
      system: {
        id: 'pidp',
        title: 'Provider identity portal',
        namespace: ns,
        project: 'PIDP',
        environment: 'd8a8f9-prod (Silver cluster)',
        docs: [{ title: 'Architecture', url: 'https://wiki.example.org/pidp/architecture' }],
        dependencies: ['prod-patroni', 'keycloak'],
        contacts: [{ name: 'Platform Services', what: 'cluster and images', channel: '#platform' }],
      },
      invited: [marek],
    }),
  );
  s.add(bot, 'channel_opened', { channel: 'C1', name: 'inc-1-web-api-times-out' });
  s.add(bot, 'message_posted', { what: 'card', channel: 'C1', ts: '1.1' });
  s.at('09:41').add(marek, 'role_set', { role: 'lead', person: marek });
  s.at('09:43');
  begin(s, marek, 1, runbook('check-crunchy', 'Check the CrunchyDB cluster'), [1, 0, 0]);
  for (const [index, time] of ['09:43', '09:44', '09:46', '09:47'].entries()) {
    s.at(time);
    check(s, marek, [1, 'cluster', index + 1], 'Is prod-crunchy healthy?', 'patroni.cluster', { service: 'prod-crunchy' }, {
      verdict: 'ok',
      says: 'Leader prod-crunchy-0, 2 members, at most 0 B behind.',
    });
  }
  finish(s, 1, 'Nothing is wrong with prod-crunchy.');
  s.at('09:50').add(
    marek,
    'note_added',
    note('The Silver upgrade may be causing issues with the network.', s.instant('09:50')),
  );
  s.at('09:51').add(
    marek,
    'note_added',
    note('Platform Services: are the web-api pods on new nodes?', s.instant('09:51'), { kind: 'help-asked' }),
  );
  s.at('10:18').add(
    marek,
    'note_added',
    note(
      'Some web-api pods are on new nodes. <@U0MAREK> web-api connects to prod-patroni, &lt;not&gt; CrunchyDB | look there',
      s.instant('10:15'),
      {
        entry: 'n-lena',
        kind: 'help-answered',
        source: {
          kind: 'slack',
          channel: 'C1',
          ts: '2.1',
          link: 'https://example.slack.com/archives/C1/p21',
          author: lena,
        },
      },
    ),
  );
}

function rightSystem(s: Story): void {
  s.at('10:20');
  begin(s, marek, 2, runbook('check-patroni', 'Check the database a workload really uses'), [3, 0, 0]);
  check(s, marek, [2, 'trace', 1], 'Which database does web-api use?', 'k8s.trace-database', { workload: 'web-api' }, {
    verdict: 'bad',
    says: target.says,
    milestone: true,
    evidence: {
      fields: {
        setting: 'ConfigMap web-api-settings, key ConnectionStrings__Pidp',
        service: 'prod-patroni',
        matching: 3,
        ready: 0,
        shared_with: ['metabase'],
        unused: ['prod-crunchy'],
      },
      hash: 'a1b2c3d4e5f60718',
    },
  });
  s.add(bot, 'target_proposed', { run: 2, step: 'trace', target });
  s.at('10:22').add(marek, 'target_confirmed', { target });
  s.at('10:23').add(
    marek,
    'note_added',
    note('prod-crunchy is healthy and web-api does not use it.', s.instant('10:23'), { kind: 'ruled-out' }),
  );
  s.at('10:24');
  const members = 'Does the cluster have one leader, and do the members follow it?';
  check(s, marek, [2, 'members', 1], members, 'patroni.cluster', { service: 'prod-patroni' }, {
    verdict: 'unknown',
    says: 'No member answers on port 8008. The next step reads why from the pods.',
    milestone: true,
  });
  check(s, marek, [2, 'crash_reason', 1], 'Why did the member stop?', 'k8s.last-termination', { service: 'prod-patroni' }, {
    verdict: 'bad',
    says: "prod-patroni-0 cannot start its image patroni:1.6-12.4 (ModuleNotFoundError: No module named 'yaml').",
    evidence: {
      fields: {
        pod: 'prod-patroni-0',
        reason: 'Error',
        exit_code: 1,
        image: 'registry.example.org/bcgov/patroni@sha256:5a1c',
        first_error: "ModuleNotFoundError: No module named 'yaml'",
        signature: 'python-module-missing',
        log: "Traceback (most recent call last):\n  File \"/usr/bin/patroni\", line 5, in <module>\n    import yaml\nModuleNotFoundError: No module named 'yaml'",
      },
      hash: '9f8e7d6c5b4a3928',
    },
  });
  finish(s, 2, 'The members of prod-patroni cannot start.');
  s.at('10:26').add(marek, 'status_changed', { to: 'cause found', at: s.instant('10:26') });
  s.at('10:31').add(
    marek,
    'note_added',
    note('The image was not altered: same digest for 2 years in the Platform repository.', s.instant('10:31')),
  );
  s.at('10:44').add(
    marek,
    'note_added',
    note('Tried the Patroni image of the tools namespace: the image stream is there, no image behind it.', s.instant('10:44'), {
      entry: 'n-stream',
      kind: 'ruled-out',
    }),
  );
}

function utilityUp(s: Story): void {
  s.at('11:52');
  begin(s, marek, 3, runbook('scale-utility-pod', 'Start or stop the utility pod'), [1, 1, 0]);
  check(s, marek, [3, 'now', 1], 'What runs now?', 'k8s.replicas', { workload: 'utility' }, {
    verdict: 'ok',
    says: '0 wanted, 0 ready.',
  });
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
    ...plan('op-scale', { kind: 'deployment', name: 'utility' }, { field: 'replicas', before: '0', after: '1' }, {
      leaves: [{ kind: 'temporary', says, until: 'incident-close' }],
      byHand: [`kubectl -n ${ns} scale deployment/utility --replicas=1`],
    }),
  });
  s.at('11:53').add(marek, 'act_started', { ...at, operation: 'op-scale', executeBy: s.now() + 300_000, attempt: '7' });
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

function dump(s: Story): void {
  s.at('12:13');
  begin(s, marek, 4, runbook('dump-db', 'Dump a database before a risky change'), [2, 1, 0]);
  check(s, marek, [4, 'last_backup', 1], 'Is there a backup already?', 'backup.latest', { database: 'pidp' }, {
    verdict: 'bad',
    says: 'No backup found at /backups on backup-storage.',
  });
  check(s, marek, [4, 'room', 1], 'Does it fit on the volume?', 'postgres.size-vs-volume', { pod: 'prod-patroni-2' }, {
    verdict: 'ok',
    says: 'Database 1.2 GiB, free 7.4 GiB.',
  });
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
    ...plan('op-dump', { kind: 'pod', name: 'prod-patroni-2' }, { field: 'file', before: 'absent', after: dumpPath }, {
      level: 'two-person',
      from: ['group:database'],
      leaves: [{ kind: 'temporary', says, until: 'incident-close', sensitivity: 'personal-data' }],
      byHand: commands,
    }),
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
  s.at('12:27').add(bot, 'act_found', { ...at, happened: 'made', says: 'Looked for its trace: the change was made.' });
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

function repair(s: Story): void {
  s.at('12:40');
  begin(
    s,
    marek,
    5,
    runbook('repair-patroni', 'Bring Patroni back on another image', [
      {
        id: 'swap',
        kind: 'manual',
        title: 'Move prod-patroni to the new image',
        line: 20,
        do: '',
        byHand: [],
        verify: { none: '' },
        leaves: { kind: 'permanent', what: '', followUp: '' },
      },
    ]),
    [0, 0, 1],
  );
  const ask = { run: 5, step: 'decide', try: 1 };
  s.add(marek, 'step_opened', {
    ...ask,
    kind: 'ask',
    title: 'Go ahead with all three members?',
    namespace: ns,
    byHand: [],
    says: 'prod-patroni-2 may hold older data than prod-patroni-0. There is one dump. Go ahead with all three members?',
    choices: [
      { id: 'go', label: 'Upgrade all members' },
      { id: 'wait', label: 'Ask the database owner first' },
    ],
  });
  s.at('14:02').add(marek, 'choice_made', {
    ...ask,
    choice: 'go',
    label: 'Upgrade all members',
    reason: 'The team agrees; the dump is the last resort.',
    options: ['Upgrade all members', 'Ask the database owner first'],
  });
  s.add(marek, 'step_closed', { ...ask, state: 'done' });
  const at = { run: 5, step: 'swap', try: 1 };
  s.add(marek, 'step_opened', {
    ...at,
    kind: 'manual',
    title: 'Move prod-patroni to the new image',
    namespace: ns,
    says: 'Let the service account pull from Artifactory, then set the image, one member at a time.',
    byHand: [
      `oc -n ${ns} secrets link prod-patroni artifactory-pull --for=pull`,
      `kubectl -n ${ns} set image statefulset/prod-patroni patroni=patroni-postgres:2.0.1-12.4-latest`,
    ],
  });
  s.at('14:23').add(lena, 'by_hand_claimed', { ...at, says: 'All three members have patroni-postgres:2.0.1-12.4-latest.' });
  s.add(lena, 'follow_up_added', {
    id: 'L5.swap.1.0',
    text: 'Put the image of prod-patroni in git',
    from: 'statefulset prod-patroni runs patroni-postgres:2.0.1-12.4-latest, was patroni:1.6-12.4',
  });
  s.at('14:38').add(bot, 'verified', {
    ...at,
    held: true,
    says: 'Verified. One leader, 3 members, all on timeline 12, at most 0 B behind.',
    seconds: 140,
  });
  s.add(bot, 'step_closed', { ...at, state: 'by hand' });
  finish(s, 5, 'prod-patroni has one leader and all members follow.');
}

function tidy(s: Story): void {
  s.at('14:41').add(marek, 'resolved', {
    at: s.instant('14:40'),
    summary: 'prod-patroni runs on the new image. Data of the morning is there on all three members.',
  });
  s.add(marek, 'status_changed', { to: 'resolved', at: s.instant('14:40') });
  s.at('15:05');
  undo(s, { run: 4, step: 'dump', try: 2 }, 'Dump pidp from prod-patroni-2', 'L4.dump.1.0', {
    uses: 'k8s.delete-file',
    object: { kind: 'pod', name: 'prod-patroni-2' },
    change: { field: 'file', before: dumpPath, after: 'absent' },
    command: `kubectl -n ${ns} exec prod-patroni-2 -- rm ${dumpPath}`,
    gone: 'The file is gone.',
  });
  s.at('15:20');
  undo(s, { run: 3, step: 'scale', try: 2 }, 'Scale utility from 0 to 1', 'L3.scale.1.0', {
    uses: 'k8s.scale',
    object: { kind: 'deployment', name: 'utility' },
    change: { field: 'replicas', before: '1', after: '0' },
    command: `kubectl -n ${ns} scale deployment/utility --replicas=0`,
    gone: '0 wanted, 0 ready.',
  });
  s.at('15:28').add(marek, 'follow_up_added', {
    id: 'f1',
    text: 'Decide between CrunchyDB and Patroni and remove the other one',
    owner: ines,
    due: '2024-02-15',
  });
  s.at('15:30').add(bot, 'entry_corrected', {
    entry: 'n-stream',
    why: 'edited in Slack',
    text: 'Tried the Patroni image of the tools namespace: the image stream is there, but no image behind it.',
  });
  s.at('16:20').add(
    marek,
    'note_added',
    note('Ana on the platform side raised the readiness timeout of web-api to 30 s.', s.instant('11:20'), {
      entry: 'n-late',
      precision: 'about',
    }),
  );
  s.at('16:21').add(marek, 'note_added', note('lunch?', s.instant('16:21'), { entry: 'n-gone' }));
  s.at('16:22').add(bot, 'entry_corrected', { entry: 'n-gone', why: 'pushpin removed' });
  s.at('16:30').add(marek, 'report_posted', { file: 'F1', hash: 'h' });
  s.at('16:31').add(marek, 'closed', { at: s.now() });
}

function undo(
  s: Story,
  at: { run: number; step: string; try: number },
  title: string,
  looseEnd: string,
  what: {
    uses: string;
    object: { kind: string; name: string };
    change: { field: string; before: string; after: string };
    command: string;
    gone: string;
  },
): void {
  s.add(marek, 'step_opened', {
    ...at,
    kind: 'act',
    title,
    uses: what.uses,
    namespace: ns,
    byHand: [what.command],
    undoes: 1,
  });
  const made = plan(`undo-${at.step}`, what.object, what.change, { byHand: [what.command] });
  s.add(bot, 'plan_made', { ...at, ...made });
  const operation = `undo-${at.step}`;
  s.add(marek, 'act_started', { ...at, operation, executeBy: s.now() + 300_000, attempt: `u${at.run}` });
  s.add(bot, 'act_done', { ...at, outcome: 'made', says: 'Done.', seconds: 1 });
  s.add(bot, 'verified', { ...at, held: true, says: `Verified. ${what.gone}`, seconds: 3 });
  s.add(bot, 'step_closed', { ...at, state: 'undone' });
  s.add(bot, 'loose_end_settled', { id: looseEnd, state: 'gone', says: what.gone });
}

/** The whole night, from declare to close. */
export function pidpNight(): Event[] {
  const s = story('2024-01-10', 'America/Vancouver');
  firstLook(s);
  rightSystem(s);
  utilityUp(s);
  dump(s);
  repair(s);
  tidy(s);
  return s.events;
}
