/** What became different since before the incident, and that no record explains, as things left behind. */
import type { BaselineWhat, Unrecorded } from '../commands/baseline.ts';
import type { AskedDifference } from '../comparing.ts';
import { type Draft, emit } from '../draft.ts';
import type { Incident, LooseEnd } from '../state.ts';
import { settleLooseEnd } from './loose-ends.ts';

/** As many as people can go through one by one; further ones are asked when these are settled. */
const MOST = 40;
const AS_IT_WAS = 'It is as it was again.';
const CHANGED = 'It is different once more: a newer line says how.';

export function decideDifference(draft: Draft, what: BaselineWhat): void {
  const { incident } = draft;
  switch (what.do) {
    case 'record no difference': {
      const { of, says } = what;
      if (of !== undefined && incident.compareFor !== of) return;
      // Said once, however often somebody asks for the list.
      if (incident.notCompared === says) return;
      return emit(draft, 'difference_failed', { ...(of === undefined ? {} : { of }), says });
    }
    case 'record difference':
      // Answered already, or asked anew since then, or reopened: what was found is not what was asked for.
      if (incident.compareFor === what.body.of) recordDifference(draft, what);
  }
}

function recordDifference(
  draft: Draft,
  { body, questions }: Extract<BaselineWhat, { do: 'record difference' }>,
): void {
  const { incident } = draft;
  const known = [...incident.differences.values()].filter(({ id }) => isThere(incident, id));
  const fresh = questions.filter(
    (one) => !known.some((before) => isSame(before, one)) && !writtenDown(incident, one),
  );
  // After the close people change things again, which has nothing to do with the incident.
  const asking = incident.closedAt === undefined ? asFew(fresh) : [];
  const version = incident.version + 1;
  const opened = asking.map((one, n) => ({ ...one, id: `D${version}.${n + 1}` }));
  const more = incident.closedAt === undefined ? fresh.length - asking.length : 0;
  const unread = new Set(body.notChecked.map(({ kind }) => kind));
  const over = known.flatMap((before) => {
    // What could not be read this time is not said to be as it was.
    const wasRead = !before.reads.some((kind) => unread.has(kind));
    if (!wasRead || questions.some((one) => isSame(before, one))) return [];
    const otherwise = questions.some(({ place }) => before.place === place);
    return [{ id: before.id, says: otherwise ? CHANGED : AS_IT_WAS }];
  });
  const resolve = incident.compareAtResolve === true;
  const again = incident.compared && !resolve && opened.length + over.length === 0;
  emit(draft, 'difference_found', {
    ...body,
    questions: questions.length,
    asked: opened.map(({ id, place, value, reads }) => ({ id, place, value, reads: [...reads] })),
    ...(more > 0 ? { more } : {}),
    ...(resolve ? { resolve } : {}),
    ...(again ? { again } : {}),
  });
  const { namespace } = incident.declared;
  for (const { id, kind, name, title, before, during, sensitivity } of opened)
    emit(draft, 'loose_end_opened', {
      id,
      kind: 'temporary',
      title,
      object: `${namespace}/${kind.toLowerCase()}/${name}`,
      namespace,
      state: 'open',
      source: 'diff',
      ...(before === undefined ? {} : { before }),
      ...(during === undefined ? {} : { during }),
      ...(sensitivity ? { sensitivity } : {}),
    });
  for (const { id, says } of over) settleLooseEnd(draft, id, 'gone', says);
}

/** As many as are asked at once, in their order; what one person may not keep never waits behind what they may. */
function asFew(questions: readonly Unrecorded[]): readonly Unrecorded[] {
  if (questions.length <= MOST) return questions;
  const isSensitive = ({ sensitivity }: Unrecorded) => sensitivity !== undefined;
  const others = questions.filter((one) => !isSensitive(one));
  return [...questions.filter(isSensitive), ...others].slice(0, MOST);
}

function isThere(incident: Incident, id: string): boolean {
  const state = incident.looseEnds.get(id)?.state;
  return state !== undefined && state !== 'gone';
}

function isSame(before: AskedDifference, now: Unrecorded): boolean {
  return before.place === now.place && before.value === now.value;
}

/**
 * Somebody wrote it down as left behind: both the kind and the name of the object stand there. Access that is written
 * down as something else is asked about all the same: otherwise one person could keep it with the rest.
 */
function writtenDown(incident: Incident, { kind, name, sensitivity }: Unrecorded): boolean {
  const named = ({ opened }: LooseEnd) => {
    const text = `${opened.title} ${opened.object}`.toLowerCase();
    const words = text.split(/[^a-z0-9.-]+/).map((word) => word.replace(/[.]+$/, ''));
    return text.includes(kind.toLowerCase()) && words.includes(name.toLowerCase());
  };
  return [...incident.looseEnds.values()].some(
    (end) =>
      end.opened.source === 'manual' &&
      end.state !== 'gone' &&
      (sensitivity === undefined || end.opened.sensitivity !== undefined) &&
      named(end),
  );
}
