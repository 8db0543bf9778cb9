/** A milestone that was set again: the last one that is shown counts, and the ones before it are off the timeline. */
import type { Event } from '../events.ts';
import type { Entry } from './entry.ts';

/** They can be brought back by taking off the last one, as in the report's lengths (report/model/milestones.ts). */
export function hideSuperseded(lines: readonly Entry[], events: readonly Event[]): readonly Entry[] {
  const nameOf = new Map<string, string>(
    events.flatMap((event) =>
      event.type === 'milestone_set' ? [[`v${event.version}`, event.body.milestone] as const] : [],
    ),
  );
  if (nameOf.size < 2) return lines;
  const last = new Map<string, Entry>();
  for (const line of lines) {
    const name = nameOf.get(line.id);
    if (name === undefined || line.show === 'hide') continue;
    if ((last.get(name)?.version ?? 0) < line.version) last.set(name, line);
  }
  return lines.map((line) => {
    const name = nameOf.get(line.id);
    const stays = name === undefined || line.show === 'hide' || last.get(name) === line;
    return stays ? line : { ...line, show: 'hide' as const };
  });
}
