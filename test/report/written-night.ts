/** A night with everything that people write for a report afterwards; and the same with one hostile text everywhere. */
import type { Bodies, Event, EventType, NewEvent, Person } from '../../src/incidents/events.ts';
import { ownSections } from '../../src/report/sections.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';

/** Adds events at the end of a record, an hour after its last one, a second apart. */
export function goingOn(events: readonly Event[]) {
  const all = [...events];
  let at = Math.max(...all.map((event) => event.at)) + 3_600_000;
  const more = {
    events: all,
    now: () => at,
    add<T extends EventType>(by: Person, type: T, body: Bodies[T]) {
      const version = all.length + 1;
      const what = { type, body } as NewEvent;
      all.push({ ...what, incident: 1, version, at, by, command: `more${version}` });
      at += 1000;
      return more;
    },
  };
  return more;
}

const texts: Readonly<Record<string, string>> = {
  summary: 'The database could not start after the node upgrade.\nNobody could log in for five hours.',
  leadup: 'The nodes were upgraded on Monday.',
  impact: 'Nobody could log in: 1,200 clinicians, for five hours. No data was lost.',
  detection:
    'The health check of web-api told us; an alert on the members of Patroni would have told us sooner.',
  response: 'The image was hard to find.',
  recovery: 'A list of images that are known to start.',
  'root cause': 'The base image was rebuilt without PyYAML.',
  'contributing factors':
    '- The image has no digest\n- Nobody rebuilds it on purpose\n  - not even once a year',
  'went well': '- The dump was made first\n- Two people looked at it',
  'was hard': '1. Which database it was\n2) Which image to use',
  'was lucky': 'The dump fitted on the volume.',
  lessons: 'Images need a test that starts them.\n\nThe runbook told us what to look at.',
  learnt: 'web-api uses Patroni, not CrunchyDB.',
};

/** The night of pidp-patroni with every section, whys, follow-ups, updates, a handover, a waiver and a final report. */
export function writtenNight(): Event[] {
  const on = goingOn(pidpNight());
  on.add(marek, 'update_posted', {
    update: 'u1',
    text: 'Logging in works again.',
    next: on.now() + 3_600_000,
  });
  on.add(marek, 'handed_over', { role: 'lead', from: marek, to: lena, says: 'The report is left to write.' });
  for (const { name } of ownSections)
    on.add(lena, 'section_written', { section: name, text: texts[name] ?? '' });
  on.add(lena, 'why_written', { id: 'W1', text: 'The members could not start.', open: false });
  on.add(lena, 'why_written', { id: 'W2', parent: 'W1', text: 'PyYAML was missing.', open: false });
  on.add(lena, 'why_written', { id: 'W3', parent: 'W2', text: 'The base image was rebuilt.', open: true });
  on.add(lena, 'why_written', { id: 'W4', parent: 'W1', text: 'The old image was gone.', open: false });
  on.add(lena, 'follow_up_added', { id: 'P1', text: 'Pin the image by its digest', owner: lena });
  on.add(lena, 'follow_up_changed', {
    id: 'P1',
    dueOn: '2024-02-01',
    link: 'https://tracker.example.org/OPS-12',
    doneWhen: 'the StatefulSet names a digest (in git).',
  });
  on.add(lena, 'follow_up_added', { id: 'P2', text: 'Rewrite it all' });
  on.add(marek, 'follow_up_changed', { id: 'P2', dropped: 'It is no use.' });
  on.add(marek, 'lint_waived', { code: 'PIR018', key: 'lena strand', reason: 'She was on call.' });
  on.add(marek, 'report_status_set', { to: 'in review', problems: [] });
  on.add(marek, 'report_status_set', { to: 'final', problems: [{ code: 'PIR007', says: 'No owner.' }] });
  return on.events;
}

/** Every text that people write for the report is the same given text. */
export function hostileReport(text: string): Event[] {
  const ana = { id: 'slack:U0ANA', name: text };
  const on = goingOn(hostileNight(text));
  for (const { name } of ownSections)
    on.add(ana, 'section_written', { section: name, text: `x ${text}\n${text}` });
  on.add(ana, 'section_written', { section: 'of a later version', text: `- x ${text}\n- ${text}` });
  on.add(ana, 'why_written', { id: 'a', text: `x ${text}`, open: true });
  on.add(ana, 'why_written', { id: 'b', parent: 'a', text: `x ${text}`, open: false });
  on.add(ana, 'follow_up_added', {
    id: 'p',
    text: `p ${text}`,
    owner: ana,
    dueOn: '2024-02-01',
    link: text,
    doneWhen: text,
  });
  on.add(ana, 'follow_up_added', { id: 'q', text: `q ${text}` });
  on.add(ana, 'follow_up_changed', { id: 'q', dropped: text });
  on.add(ana, 'update_posted', { update: 'u', text: `x ${text}` });
  on.add(ana, 'handed_over', { role: `x ${text}`, from: ana, to: ana, says: `x ${text}` });
  on.add(ana, 'lint_waived', { code: 'PIR009', key: text, reason: `x ${text}` });
  return on.events;
}
