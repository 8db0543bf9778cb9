/** The first hour of the night: the wrong database, then the right one and its crash. */
import { bot, declaration, note, runbook, type Story } from '../story.ts';
import { ines, lena, marek, ns, target } from './people.ts';
import { begin, check, finish } from './steps.ts';

export function firstLook(s: Story): void {
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
    check(
      s,
      marek,
      [1, 'cluster', index + 1],
      'Is prod-crunchy healthy?',
      'patroni.cluster',
      { service: 'prod-crunchy' },
      {
        verdict: 'ok',
        says: 'Leader prod-crunchy-0, 2 members, at most 0 B behind.',
      },
    );
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

export function rightSystem(s: Story): void {
  s.at('10:20');
  begin(s, marek, 2, runbook('check-patroni', 'Check the database a workload really uses'), [3, 0, 0]);
  check(
    s,
    marek,
    [2, 'trace', 1],
    'Which database does web-api use?',
    'k8s.trace-database',
    { workload: 'web-api' },
    {
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
    },
  );
  s.add(bot, 'target_proposed', { run: 2, step: 'trace', target });
  s.at('10:22').add(marek, 'target_confirmed', { target });
  s.at('10:23').add(
    marek,
    'note_added',
    note('prod-crunchy is healthy and web-api does not use it.', s.instant('10:23'), { kind: 'ruled-out' }),
  );
  s.at('10:24');
  const members = 'Does the cluster have one leader, and do the members follow it?';
  check(
    s,
    marek,
    [2, 'members', 1],
    members,
    'patroni.cluster',
    { service: 'prod-patroni' },
    {
      verdict: 'unknown',
      says: 'No member answers on port 8008. The next step reads why from the pods.',
      milestone: true,
    },
  );
  check(
    s,
    marek,
    [2, 'crash_reason', 1],
    'Why did the member stop?',
    'k8s.last-termination',
    { service: 'prod-patroni' },
    {
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
          log: 'Traceback (most recent call last):\n  File "/usr/bin/patroni", line 5, in <module>\n    import yaml\nModuleNotFoundError: No module named \'yaml\'',
        },
        hash: '9f8e7d6c5b4a3928',
      },
    },
  );
  finish(s, 2, 'The members of prod-patroni cannot start.');
  s.at('10:26').add(marek, 'status_changed', { to: 'cause found', at: s.instant('10:26') });
  s.at('10:31').add(
    marek,
    'note_added',
    note(
      'The image was not altered: same digest for 2 years in the Platform repository.',
      s.instant('10:31'),
    ),
  );
  s.at('10:44').add(
    marek,
    'note_added',
    note(
      'Tried the Patroni image of the tools namespace: the image stream is there, no image behind it.',
      s.instant('10:44'),
      {
        entry: 'n-stream',
        kind: 'ruled-out',
      },
    ),
  );
}
