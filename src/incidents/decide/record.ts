/** What people decide about the record itself. */
import type { RecordWhat } from '../commands/record.ts';
import { type Draft, emit } from '../draft.ts';
import { isMilestone, milestoneNames, milestoneWords } from '../milestone.ts';
import { Refused } from '../refused.ts';
import { timeWords } from '../time-words.ts';
import { correctEntry, knownEntry, notAhead } from './correcting.ts';
import { askErase, erase } from './erasing.ts';
import { needs } from './rights.ts';

/** A minute as people type it may begin before the instant at which the trouble did. */
const MINUTE = 60_000;

export function decideRecord(draft: Draft, what: RecordWhat): void {
  switch (what.do) {
    case 'set milestone':
      return setMilestone(draft, what);
    case 'correct entry':
      return correctEntry(draft, what);
    case 'ask erase':
      return askErase(draft, what);
    case 'erase':
      return erase(draft, what);
    // Of an entry whose words were erased meanwhile nothing more is written down.
    case 'record file':
      knownEntry(draft.incident, what.body.entry);
      return emit(draft, 'file_kept', what.body);
    case 'record file failure':
      knownEntry(draft.incident, what.body.entry);
      return emit(draft, 'file_not_kept', what.body);
  }
}

/** A moment from before the first sign of trouble is kept, with a question: that one may be the wrong one. */
function setMilestone(draft: Draft, what: Extract<RecordWhat, { do: 'set milestone' }>): void {
  const { incident, command } = draft;
  needs(draft, 'observe', 'set milestones');
  const { milestone, at, precision } = what;
  if (!isMilestone(milestone))
    throw new Refused(
      'milestone',
      `There is no milestone ${milestone.slice(0, 40)}. Possible: ${milestoneNames.join(', ')}.`,
    );
  notAhead(draft, at);
  const { zone } = incident.declared;
  const since = incident.record.touched.get('v1-since')?.at ?? incident.declared.since;
  const words = (ms: number): string => timeWords({ at: ms, precision: 'exact' }, { zone, now: command.now });
  const set = incident.record.milestones.get(milestone);
  const before = set && (incident.record.touched.get(`v${set.version}`)?.at ?? set.at);
  const hidden = set !== undefined && incident.record.touched.get(`v${set.version}`)?.hidden === true;
  if (before === at && !hidden) {
    draft.says = `${milestoneWords(milestone)}: it is ${words(at)} already.`;
    return;
  }
  emit(draft, 'milestone_set', { milestone, at, precision });
  const instead = before === undefined || hidden ? '' : ` It was ${words(before)} before.`;
  const early =
    at < since - MINUTE
      ? ` This is before the first sign of trouble at ${words(since)}; is that right? It is kept all the same.`
      : '';
  const understood = timeWords({ at, precision }, { zone, now: command.now });
  draft.says = `${milestoneWords(milestone)}: ${understood}.${instead}${early}`;
}
