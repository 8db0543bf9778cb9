/** The night of scenario pidp-patroni from declare to close, as a stream of events. */
import type { Event } from '../../src/incidents/events.ts';
import { firstLook, rightSystem } from './night/find.ts';
import { dump, utilityUp } from './night/prepare.ts';
import { repair, tidy } from './night/repair.ts';
import { story } from './story.ts';

export { lena, marek, yuki } from './night/people.ts';

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
