// A night is judged by its report in whichever form it was written.
import { expect, it } from 'vitest';
import { causeIn } from '../../../sandbox/scenarios/postgres-connections.ts';
import { profileNames } from '../../../src/report/profiles.ts';
import { report } from '../../../src/report/report.ts';
import { marek } from '../../support/pidp-night.ts';
import { declaration, note, story } from '../../support/story.ts';

it.each(profileNames)('finds the recorded cause in the form %s', (profile) => {
  const night = story('2024-01-10', 'UTC').at('09:40');
  night.add(marek, 'incident_declared', declaration({ since: night.instant('09:34'), zone: 'UTC' }));
  night.add(marek, 'note_added', note('cause: 80 of 98 were left', night.instant('09:50')));
  const { markdown } = report(night.events, { profile, people: 'names' });
  expect(causeIn(markdown)).toContain('80 of 98 were left');
  expect(causeIn('# Another report')).toBe('');
});
