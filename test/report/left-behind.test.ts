// The table of what was left behind: kept by two, moved to a ticket, added by hand, and what was compared.
import { expect, it } from 'vitest';
import type { Bodies, Person } from '../../src/incidents/events.ts';
import { report } from '../../src/report/report.ts';
import { read } from '../support/markdown.ts';
import { type Story, story } from '../support/story.ts';

const lena: Person = { id: 'slack:U1', name: 'Lena Quist' };
const omar: Person = { id: 'slack:U2', name: 'Omar Haddad' };
const options = { profile: 'default', people: 'names' } as const;

function begun(): Story {
  return story('2026-03-04', 'Europe/Berlin')
    .at('09:00')
    .add(lena, 'incident_declared', {
      title: 'Orders time out',
      severity: 'SEV2',
      namespace: 'prod',
      noticed: 'orders time out',
      since: Date.parse('2026-03-04T07:50:00Z'),
      zone: 'Europe/Berlin',
      private: false,
      drill: false,
      quiet: false,
      invited: [],
    });
}

const opened = (id: string, more: Partial<Bodies['loose_end_opened']> = {}): Bodies['loose_end_opened'] => ({
  id,
  kind: 'temporary',
  title: `thing ${id}`,
  object: 'prod/pod/debug',
  namespace: 'prod',
  state: 'open',
  source: 'manual',
  ...more,
});

function left(events: Story): string {
  const { markdown } = report(events.events, options);
  expect(read(markdown).problems).toEqual([]);
  const from = markdown.indexOf('## Left behind');
  return markdown.slice(from, markdown.indexOf('\n## ', from + 5)).replaceAll('\\', '');
}

it('says who asked and who agreed, where it is followed, who looks after it and until when', () => {
  const s = begun();
  s.at('09:10').add(lena, 'loose_end_opened', opened('dump', { sensitivity: 'personal-data' }));
  s.add(lena, 'loose_end_opened', opened('limit', { until: 'incident-close' }));
  s.add(lena, 'loose_end_opened', opened('pod', { owner: omar, until: '2026-03-05 10:00' }));
  s.at('10:00').add(lena, 'loose_end_keep_asked', {
    id: 'dump',
    reason: 'for the review',
    owner: omar,
    until: '2026-03-06 10:00',
  });
  s.add(omar, 'loose_end_settled', {
    id: 'dump',
    state: 'accepted',
    says: 'for the review',
    owner: omar,
    until: '2026-03-06 10:00',
    second: omar,
  });
  s.add(lena, 'loose_end_moved', {
    id: 'limit',
    link: 'https://tracker.example.org/123',
    says: 'with the next release',
  });
  const text = left(s);
  expect(text).toContain(
    '| 09:10 | 2026-03-06 10:00 | kept on purpose (Lena Quist asked, Omar Haddad agreed): for the review | Lena Quist, kept by Omar Haddad |',
  );
  expect(text).toMatch(
    /thing limit .*moved, followed at .*https:\/\/tracker\.example\.org\/123.*: with the next release/,
  );
  expect(text).toMatch(
    /thing pod .* 2026-03-05 10:00 \| still there \| Lena Quist, looked after by Omar Haddad/,
  );
  expect(text).not.toContain('Nothing left behind');
});

it('with nothing left says how many objects were compared, and what could not be', () => {
  const s = begun();
  s.at('15:30').add({ id: 'bot', name: 'Handrail' }, 'difference_found', {
    from: s.instant('08:00'),
    to: s.instant('15:30'),
    objects: 41,
    questions: 0,
    leftOut: 3,
    notChecked: [{ kind: 'Secret', why: 'forbidden' }],
  } as Bodies['difference_found']);
  const text = left(s);
  expect(text).toContain('Nothing left behind (checked 15:30, 41 objects).');
  expect(text).toContain('Not checked: Secret.');
});

it('a record of before there was anything of this is written as it was', () => {
  expect(left(begun())).toContain('Nothing left behind (nothing was there to check).');
});
