/** For every rule a file that breaks it, with the place. */
import type { LintContext } from '../../../src/report/lint/report-read.ts';
import { changed, context, earlierReport, good } from './good-report.ts';

export interface Case {
  readonly code: string;
  readonly name: string;
  /** With ▶ where the problem is. */
  readonly text: string;
  readonly says: string | RegExp;
  readonly level?: 'error' | 'warning';
  readonly context?: LintContext;
}

const sections = (text: string, title: string): string =>
  text.replace(new RegExp(`## ${title}\\n[^]*?(?=\\n## |$)`), '');

export const broken: readonly Case[] = [
  {
    code: 'PIR001',
    name: 'no impact',
    text: sections(good, 'Impact').replace('# ', '# ▶'),
    says: 'There is no section for the impact.',
  },
  {
    code: 'PIR001',
    name: 'only the prompt',
    text: changed(
      '## Lessons\n\nThe pool of the worker has to have a limit.',
      '## ▶Lessons\n\n_What did we learn\nfrom this incident?_',
    ),
    says: '“Lessons” holds only its prompt.',
  },
  {
    code: 'PIR001',
    name: 'an empty one, underlined',
    text: changed('## Lessons\n\nThe pool of the worker has to have a limit.', '▶Lessons\n-------'),
    says: '“Lessons” is empty.',
  },
  {
    code: 'PIR002',
    name: 'an impact that says little',
    text: changed(
      '## Impact\n\nCustomers could not pay from 09:30 to 10:25: about 1,200 orders failed.',
      '## ▶Impact\n\nThe site was unavailable.',
    ),
    says: '“Impact” does not say who was affected, for how long, how many or how much (a number).',
  },
  {
    code: 'PIR003',
    name: 'no end',
    text: changed('| 10:25 | Teo Brandt | Service restored |', '| 10:25 | Teo Brandt | All is well, fixed |')
      .replace('Restored: 2026-03-04 10:25 UTC\n', '')
      .replace('failed for 55 min: ', 'failed: ')
      .replace('## Timeline', '## ▶Timeline'),
    says: 'Nothing says when it was over',
  },
  {
    code: 'PIR003',
    name: 'said not to be there',
    text: changed(
      'Payments failed for',
      '▶No time is recorded at which the service was back. Payments failed for',
    ),
    says: 'Nothing says when it was over',
  },
  {
    code: 'PIR005',
    name: 'a hole',
    text: changed(
      '| 09:58 | Teo Brandt | Confirmed: 100 of 100 connections are in use |\n| 10:20',
      '| ▶10:20',
    ),
    says: 'Nothing is written down for 39 min before this line.',
  },
  {
    code: 'PIR005',
    name: 'one line for an hour',
    text: changed('| 09:58 | Teo Brandt | Confirmed', '| ▶09:58 to 10:50 | Teo Brandt | Confirmed'),
    says: 'One line stands for 52 min: “Confirmed: 100 of 100 connections are in…”',
  },
  {
    code: 'PIR006',
    name: 'the whys end in unknown',
    text: changed(
      '- Why? The worker of v42 opened one for each job, 100 in 10 min.',
      '- Why? ▶Unknown, the old pods kept theirs.',
    ),
    says: '“Why? Unknown, the old pods kept theirs.” is where the whys end',
  },
  {
    code: 'PIR007',
    name: 'nobody and no day',
    text: changed(
      '- [ ] Add an alert at 80 connections of orders-db (Teo Brandt, 2026-03-20, OPS-12)',
      '- [ ] ▶Add an alert at 80 connections (_who, and until when?_)',
    ),
    says: '“Add an alert at 80 connections” has no owner, no due date and no link.',
  },
  {
    code: 'PIR007',
    name: 'no link',
    level: 'warning',
    text: changed(
      '- [ ] Add an alert at 80 connections of orders-db (Teo Brandt, 2026-03-20, OPS-12)',
      '- [ ] ▶Add an alert at 80 connections (Teo Brandt, 2026-03-20)',
    ),
    says: '“Add an alert at 80 connections” has no link.',
  },
  {
    code: 'PIR008',
    name: 'investigate',
    text: changed('- [ ] Add an alert at 80', '- [ ] ▶Investigate an alert at 80'),
    says: 'begins with “Investigate”',
  },
  {
    code: 'PIR008',
    name: 'no verb',
    text: changed('- [ ] Add an alert at 80 connections of orders-db', '- [ ] ▶All database backup'),
    says: '“All database backup” has no verb',
  },
  {
    code: 'PIR009',
    name: 'a promise',
    text: changed('has to have a limit.', 'has to have a limit. We ▶absolutely need backups\nof the ledger.'),
    says: 'No follow-up keeps this promise: “We absolutely need backups of the ledger.” Make it a follow-up?',
  },
  {
    code: 'PIR010',
    name: 'a person who was unable',
    text: changed('has to have a limit.', 'has to have a limit. Teo ▶was unable to find it in 10 min.'),
    says: '“Teo” stands beside “was unable to”: “Teo was unable to find it in 10 min.”',
  },
  {
    code: 'PIR010',
    name: 'a person nobody named before, who forgot',
    text: changed('has to have a limit.', 'has to have a limit. Odalys simply ▶forgot the pool.'),
    says: '“Odalys” stands beside “forgot”',
  },
  {
    code: 'PIR010',
    name: 'what a person should have seen',
    text: changed('has to have a limit.', 'has to have a limit. Teo Brandt ▶should have noticed it.'),
    says: '“Teo Brandt” stands beside “should have”',
  },
  {
    code: 'PIR011',
    name: 'somebody of the provider in a shared copy',
    context: { ...context, shared: true },
    text: changed('Confirmed: 100', '▶Ilse Hartog (Example Hosting) says: 100'),
    says: '“Ilse Hartog” is of “Example Hosting”.',
  },
  {
    code: 'PIR011',
    name: 'somebody who is not of the team',
    context: { ...context, shared: true, team: ['Mira Sandoval'] },
    text: changed('People: Mira Sandoval (lead), Teo Brandt', 'People: Mira Sandoval (lead), ▶Teo Brandt'),
    says: '“Teo Brandt” is not in `people` of handrail.yaml.',
  },
  {
    code: 'PIR012',
    name: 'no zone',
    text: changed(
      'Start: 2026-03-04 09:30 UTC\nRestored: 2026-03-04 10:25 UTC',
      'Start: 2026-03-04 ▶09:30\nRestored: 2026-03-04 10:25',
    ),
    says: 'No time zone is named in the file; 11 lines have a time, the first one here.',
  },
  {
    code: 'PIR013',
    name: 'two starts',
    text: changed('Start: 2026-03-04 09:30', 'Start: 2026-03-04 ▶09:13'),
    says: 'The head says 9:13, the first line of the timeline 9:30. (line 20)',
  },
  {
    code: 'PIR014',
    name: 'still there',
    text: changed(
      '| worker has 5 replicas instead of 2 | 10:02 | 10:30 | gone: scaled back |',
      '| ▶worker has 5 replicas instead of 2 | 10:02 |  | still there |',
    ),
    says: '“worker has 5 replicas instead of 2” is still there.',
  },
  {
    code: 'PIR014',
    name: 'kept by nobody',
    text: changed(
      '| max_connections is 200 | 10:05 | 2026-04-01 | kept on purpose | Mira Sandoval, kept by Teo Brandt |',
      '| ▶max_connections is 200 | 10:05 | later | kept on purpose | Mira Sandoval |',
    ),
    says: '“max_connections is 200” is kept without owner and date.',
  },
  {
    code: 'PIR014',
    name: 'said by the way',
    level: 'warning',
    text: changed('has to have a limit.', 'has to have a limit. One helper ▶is still in the admin group.'),
    says: 'Is it still there? “One helper is still in the admin group.”',
  },
  {
    code: 'PIR015',
    name: 'a cause to be believed',
    text: changed(
      '- Payments failed because `orders-db` refused connections.',
      '- ▶Payments failed because the database refused connections.',
    ),
    says: 'By what can this be seen? “Payments failed because the database refused connections.”',
  },
  {
    code: 'PIR015',
    name: 'a check to be believed',
    text: changed('Confirmed: 100 of 100 connections are in use', '▶Confirmed the findings'),
    says: 'By what can this be seen? “Confirmed the findings”',
  },
  {
    code: 'PIR016',
    name: 'a password in an address',
    text: changed('has to have a limit.', 'has to have a limit: postgres://▶app:Xk92hfw0qPz@orders-db/app'),
    says: 'This line holds a secret or personal data.',
  },
  {
    code: 'PIR017',
    name: 'the same error, and what was to be done is open',
    context: {
      ...context,
      others: [earlierReport('2026-01-20', 'january.md'), earlierReport('2026-04-01', 'april.md')],
    },
    text: `${good}\n## Evidence\n\n\`\`\`text\n09:50 pod-1a2b ▶FATAL: sorry, too many clients already\n\`\`\`\n`,
    says: '“FATAL: sorry, too many clients already” was in january.md too, where 1 follow-up is open: “Limit the pool”.',
  },
  {
    code: 'PIR018',
    name: 'the third time alone',
    context: {
      ...context,
      others: [earlierReport('2026-01-20', 'a.md'), earlierReport('2026-02-20', 'b.md')],
    },
    text: `# ▶${changed('People: Mira Sandoval (lead), Teo Brandt', 'People: Mira Sandoval (lead)').slice(2)}`,
    says: '“Mira Sandoval” answered this one and a.md, b.md alone.',
  },
  {
    code: 'PIR020',
    name: 'out of order',
    text: changed('| 09:41 | Teo Brandt | Declared as', '| ▶09:11 | Teo Brandt | Declared as'),
    says: '“acknowledged” is before “detected” (line 20).',
  },
  {
    code: 'PIR020',
    name: 'in the future',
    context: { ...context, now: Date.UTC(2026, 1, 1) },
    text: changed(
      'Start: 2026-03-04 09:30 UTC\nRestored: 2026-03-04 10:25 UTC',
      'Start: ▶2026-03-04 09:30 UTC',
    ),
    says: 'This date is in the future.',
  },
  {
    code: 'PIR020',
    name: 'nothing was fixed',
    level: 'warning',
    text: changed('Rolled back the worker to v41', 'Thought about the worker').replace(
      '## Timeline',
      '## ▶Timeline',
    ),
    says: 'No line with a time says when it was fixed.',
  },
];
