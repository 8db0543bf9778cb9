/** Which differences people are asked about, and how: those that the incident may have left behind. */
import type { Unrecorded } from '../commands/baseline.ts';
import { canonical, sha256 } from '../hash.ts';
import { type Difference, difference, type Question, type RecordedAct } from './diff.ts';
import { DIGESTS, imageOfDigest, type Snapshot, THERE } from './snapshot.ts';
import { asQuestion, whatChanged, whatChangedWhen } from './words.ts';

/**
 * ms before the first sign of trouble. What was changed earlier than that is told, not asked: by then nobody was at work
 * on this incident (docs/decisions/0013-difference.md).
 */
const BEFORE_THE_FIRST_SIGN = 60 * 60_000;
/** Characters of a title, of a value. */
const LONGEST = 220;
/** As many lines of what is told only. */
const MOST_OLDER = 20;

export interface Compared {
  /** What is compared with: the pinned snapshot, which may reach back before the declaration. */
  readonly base: Snapshot;
  /** Taken at the declaration, when that is another one. */
  readonly declared?: Snapshot;
  readonly now: Snapshot;
  readonly acts: readonly RecordedAct[];
  /** When the first sign of trouble was seen (ms). */
  readonly since: number;
  /** Writes an instant (ms) as people read it. */
  readonly clock: (at: number) => string;
  readonly redact: (text: string) => string;
}

export interface Asked extends Pick<Difference, 'notChecked' | 'objects'> {
  readonly questions: readonly Unrecorded[];
  /** In words: changed so long before that it is nothing of this incident's. */
  readonly older: readonly string[];
  /** How many explain themselves. */
  readonly leftOut: number;
}

export function askedOf(compared: Compared): Asked {
  const { base, declared, now, acts, since, clock, redact } = compared;
  const found = difference(base, now, acts);
  const sinceDeclared = declared && new Set(difference(declared, now, acts).questions.map(keyOf));
  const tooOld = ({ at }: Question) => at !== undefined && at < since - BEFORE_THE_FIRST_SIGN;
  const short = (text: string) => {
    const told = redact(text).replace(/\s+/g, ' ');
    return told.length > LONGEST ? `${told.slice(0, LONGEST - 1)}…` : told;
  };
  const older = found.questions.filter(tooOld);
  const words = older.slice(0, MOST_OLDER).map((question) => short(whatChangedWhen(brief(question), clock)));
  if (older.length > MOST_OLDER) words.push(`${older.length - MOST_OLDER} more`);
  return {
    questions: found.questions
      .filter((question) => !tooOld(question))
      .map((question): Unrecorded => {
        const { kind, name, field, change, before, after, at } = question;
        const early =
          at === undefined
            ? sinceDeclared && !sinceDeclared.has(keyOf(question))
              ? ', before the incident was declared'
              : ''
            : at < since
              ? ', before the first sign of trouble'
              : '';
        return {
          kind,
          name,
          place: sha256(canonical([kind, name, field ?? null])),
          value: sha256(canonical([change, after ?? null])),
          reads: field !== undefined && imageOfDigest(field) !== undefined ? [kind, DIGESTS] : [kind],
          title: `${short(asQuestion(brief(question), clock))}${early}`,
          ...(before === undefined || before === THERE ? {} : { before: short(before) }),
          ...(after === undefined || after === THERE ? {} : { during: short(after) }),
          ...(givesAccess(question) ? { sensitivity: 'access' } : {}),
        };
      }),
    older: words,
    leftOut: found.leftOut.length + older.length,
    notChecked: found.notChecked,
    objects: found.objects,
  };
}

/** Somebody may do more than before; a binding that is gone takes away and leaves nothing. */
function givesAccess({ kind, change }: Question): boolean {
  return kind === 'RoleBinding' && change !== 'removed';
}

const keyOf = (question: Question): string => `${whatChanged(question)} ${question.after ?? ''}`;

/** A long value would push who and when out of the line. */
function brief(question: Question): Question {
  const cut = (text: string | undefined) =>
    text !== undefined && text.length > 60 ? `${text.slice(0, 59)}…` : text;
  const [before, after] = [cut(question.before), cut(question.after)];
  return {
    ...question,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(question.made
      ? { made: question.made.map(({ field, value }) => ({ field, value: cut(value) ?? '' })) }
      : {}),
  };
}
