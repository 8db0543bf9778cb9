/** The decision, the repair by hand, and tidying up until the close. */
import { bot, note, runbook, type Story } from '../story.ts';
import { dumpPath, ines, lena, marek, ns } from './people.ts';
import { begin, finish, undo } from './steps.ts';

export function repair(s: Story): void {
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
  s.at('14:23').add(lena, 'by_hand_claimed', {
    ...at,
    says: 'All three members have patroni-postgres:2.0.1-12.4-latest.',
  });
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

export function tidy(s: Story): void {
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
