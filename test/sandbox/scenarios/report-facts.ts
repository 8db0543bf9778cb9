/** What the report of a night of pidp-patroni must say, whatever the seed: the facts of its world, and no others. */
import { expect } from 'vitest';
import type { PidpPlan } from '../../../sandbox/scenarios/pidp/plan.ts';
import { factsOf } from '../../../sandbox/scenarios/pidp-patroni.ts';
import { read } from '../../support/markdown.ts';

/** The text between a heading and the next one of the same level. */
export function section(report: string, heading: string): string {
  const from = report.indexOf(`\n## ${heading}\n`);
  expect(from, `there is a section ${heading}`).toBeGreaterThan(0);
  const to = report.indexOf('\n## ', from + 4);
  return report.slice(from, to < 0 ? undefined : to);
}

/** Rows of the section's first table, without its head. */
function rows(report: string, heading: string): string[][] {
  const [table] = read(section(report, heading).trimStart()).tables;
  return (table ?? []).slice(1).map((row) => row.map((cell) => cell.trim()));
}

/** Without the whole report in the failure. */
function says(report: string, words: string, wanted = true): void {
  expect(report.includes(words), `the report says ${wanted ? '' : 'not '}"${words}"`).toBe(wanted);
}

/** `20:07`, `about 20:07`, `20:07 to 20:09`, with a date where the day is another one. */
const CLOCK = /^(about )?(\d{4}-\d\d-\d\d )?\d\d:\d\d( to (\d{4}-\d\d-\d\d )?\d\d:\d\d)?$/;

export function expectFacts(report: string, plan: PidpPlan, zone: string, whole = false): void {
  const facts = factsOf(plan);
  const { used, unused, utility, namespace, api } = plan;
  expect(read(report).problems).toEqual([]);

  const head = new Map(read(report).tables[0]?.map((row) => [row[0]?.trim(), row[1]?.trim() ?? '']));
  expect(head.get('Affected system')).toContain(
    `**statefulset ${used.name} in ${namespace}**, confirmed by Ana Ferreira`,
  );
  // Closing the incident finishes no report: nobody has reviewed it.
  expect(head.get('Report status')).toBe('draft');
  expect(head.get('People')).toBe(`Ana Ferreira, Ben Osei${facts.fault ? ', platform team (by hand)' : ''}`);
  expect(head.get('Zone')).toMatch(new RegExp(`^${zone} \\(UTC[+-]\\d\\d:\\d\\d\\)$`));
  says(report, `statefulset ${unused.name} in`, false);
  expect(head.get('Affected system')).toMatch(
    new RegExp(`Used by nothing: [^.]*\\b${facts.unusedService}\\b`),
  );
  for (const other of facts.sharedWith) expect(head.get('Affected system')).toContain(`Also on it: ${other}`);
  if (facts.fault && !plan.roleLabelKept)
    expect(head.get('Affected system')).toContain('no pod carries those labels');

  // A night over midnight has a row for each day.
  const timeline = rows(report, 'Timeline').filter((row) => !/^\*\*\d{4}-\d\d-\d\d\*\*$/.test(row[0] ?? ''));
  expect(section(report, 'Timeline')).toMatch(new RegExp(`Times are ${zone} \\(UTC[+-]\\d\\d:\\d\\d\\)`));
  for (const row of timeline) expect(row[0]).toMatch(CLOCK);
  const told = timeline.map((row) => row.slice(2).join(' | ')).join('\n');
  for (const [who, note] of [
    ['Ana Ferreira', `${plan.reports} times out`],
    ['Ben Osei', `Nothing was deployed today. ${api} has not been touched since Monday.`],
    ['Ben Osei', 'Asked the platform team whether the nodes were upgraded.'],
  ])
    expect(told.split(`${who} | ${note}`).length - 1, `once: ${note}`).toBe(1);
  // An instant from the cluster itself is UTC and says so.
  for (const stamp of report.match(/\d{4}-\d\d-\d\d \d\d:\d\d(?!:)\S*/g) ?? [])
    if (stamp.length > 16 && /[A-Z]/.test(stamp)) expect(stamp).toMatch(/Z/);

  // Compared with before the incident: what the platform person did beside the record is found, and nothing else.
  const left = section(report, 'Left behind');
  if (facts.fault) {
    const still = rows(report, 'Left behind').filter((row) => !row[3]?.startsWith('gone: '));
    expect(still.map(([what]) => what)).toEqual([
      expect.stringMatching(
        /^Nobody recorded this: ServiceAccount \S+ gained pull secret platform-artifacts/,
      ),
    ]);
    expect(still[0]?.[3]).toMatch(/^kept on purpose: /);
  } else
    expect(left).toMatch(/\nNothing left behind \(checked (\d{4}-\d\d-\d\d )?\d\d:\d\d, \d+ objects\)\./);
  const crash = section(report, 'Cause');
  if (!facts.fault) {
    says(report, facts.crashLine, false);
    expect(crash).not.toMatch(/exit code/i);
    expect(section(report, 'Changes made')).toContain('No change is recorded.');
    says(report, 'By hand “', false);
    return;
  }
  const crashed = facts.crashed.find((name) => crash.includes(`${name} had stopped`));
  expect(crashed, 'the Cause names a member that crashed').toBeDefined();
  expect(crash).toContain(`exit code \`${facts.exitCode}\``);
  expect(crash).toContain(`log line \`${facts.crashLine}\``);
  expect(crash).toContain(plan.images.present);
  expect(section(report, 'Open questions')).toContain('Why did it happen?');

  const changes = rows(report, 'Changes made');
  // A try that came to nothing has a row of its own.
  const lasting = changes.filter((row) => /; verified \(/.test(row[5] ?? ''));
  const change = (begins: string) => {
    const found = lasting.filter((row) => row[1]?.startsWith(begins));
    expect(found, `one change ${begins}`).toHaveLength(1);
    const [, , values = '', confirmed = '', approved = '', outcome = '', undone = ''] = found[0] ?? [];
    return { values, confirmed, approved, outcome, undone };
  };
  const up = change(`Scale ${utility} from 0 to 1`);
  expect(up).toMatchObject({ values: 'replicas: 0 → 1', confirmed: 'Ana Ferreira' });
  expect(up.outcome).toMatch(/^made.*; verified/);
  expect(up.undone).toMatch(CLOCK);
  expect(change(`Undo of Scale ${utility}`)).toMatchObject({ values: 'replicas: 1 → 0' });

  const title = `Dump ${facts.database} from ${facts.ahead}`;
  const dump = change(title);
  expect(dump).toMatchObject({ confirmed: 'Ana Ferreira', approved: 'Ben Osei' });
  expect(dump.outcome).toMatch(/made.*verified.*readable: yes.*sha256: [0-9a-f]{64}/);
  expect(dump.undone).toMatch(CLOCK);
  expect(change(`Undo of ${title}`).outcome).toMatch(/verified.*exists: no/);

  if (whole) {
    const grant = change('Give platform-helper view for 8 h');
    expect(grant).toMatchObject({ confirmed: 'Ana Ferreira', approved: 'Ben Osei' });
    expect(grant.outcome).toMatch(/^made.*; verified .*may get pods/);
    expect(grant.undone).toMatch(CLOCK);
    expect(change('Undo of Give platform-helper view').outcome).toMatch(/verified.*exists: no/);
    const raised = change(`Set the readiness timeout of ${plan.reports} to 30 s`);
    expect(raised.values).toContain('1 s → 30 s');
    expect(raised.undone).toMatch(CLOCK);
    expect(change(`Undo of Set the readiness timeout of ${plan.reports}`).values).toContain('30 s → 1 s');
  }

  const byHand = change(`Give ${facts.crashed[0]} the image ${facts.workingImage}`);
  expect(byHand.outcome).toMatch(/^by hand(, the worker stopped)?; verified/);
  expect(byHand.outcome).toContain(`leader: ${facts.ahead}`);
  expect(section(report, 'By hand')).toContain(`set image statefulset/${used.name}`);
  // Only what the script did, and nothing of the look-alike.
  expect(lasting).toHaveLength(whole ? 9 : 5);
  const stray = new RegExp(`(?<![\\w-])${unused.name}-\\d`);
  expect(section(report, 'Changes made')).not.toMatch(stray);
  for (const row of changes) expect(row[0]).toMatch(CLOCK);
}
