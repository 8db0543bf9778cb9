/** The one gate before the close: why an incident cannot be closed yet, for the decision, its message and a terminal. */
import type { Person } from './events.ts';
import { byUrgency, sensitiveWords, stateWords } from './left-words.ts';
import { canBeLookedFor, isAmongTheRest, isOverdue, isUndecided, type LooseEnd } from './loose-end.ts';
import type { Incident } from './state.ts';

export interface GateReason {
  /**
   * `running`: a change is under way. `sensitive`: personal data or access, which one person alone may not keep.
   * `undecided`: nobody has decided what becomes of it.
   */
  readonly why: 'running' | 'sensitive' | 'undecided';
  /** Of the thing that is left; absent for a change that is under way. */
  readonly looseEnd?: string;
  readonly title: string;
  /** How it stands, in words. */
  readonly stands: string;
  /** ms since 1970. */
  readonly since: number;
  readonly who: Person;
  /** What settles it, in words. */
  readonly press: string;
}

/** Empty: nothing keeps it open. In the order in which it is taken back (left-words.ts). The rule: docs/decisions/0012. */
export function closeGate(incident: Incident): readonly GateReason[] {
  return [...running(incident), ...byUrgency(incident.looseEnds.values()).filter(isUndecided).map(ofEnd)];
}

/** How many *Keep the rest* would keep now. */
export const theRest = (incident: Incident): number =>
  [...incident.looseEnds.values()].filter(isAmongTheRest).length;

/** What a refused close says: the reasons, and what to press. */
export function gateWords(reasons: readonly GateReason[], rest: number): string {
  const [first] = reasons;
  if (!first) return '';
  if (first.why === 'running')
    return `A change is under way: ${first.title}. Wait for its outcome, then close.`;
  const shown = reasons.slice(0, 5).map(({ title, press }) => `${title} (${press})`);
  const more = reasons.length > 5 ? `; and ${reasons.length - 5} more` : '';
  const all = rest === 0 ? '' : ` ${keepRestWords(reasons, rest)}`;
  return `Still there: ${shown.join('; ')}${more}.${all}`;
}

/**
 * The first line of the list: whether the incident can be closed, and if not why. Undefined for one that is closed and
 * whose kept things wait for nobody.
 */
export function gateLine(incident: Incident): string | undefined {
  const id = `INC-${incident.number}`;
  const ends = [...incident.looseEnds.values()];
  const over = ends.filter(isOverdue).length;
  const overdue =
    over === 0 ? '' : `The time until which ${over === 1 ? '1 was' : `${over} were`} kept is over.`;
  if (incident.closedAt !== undefined)
    return overdue === '' ? undefined : `${overdue} Is it gone? Else keep it longer, or move it to a ticket.`;
  const reasons = closeGate(incident);
  if (reasons.length === 0) {
    const close =
      incident.resolvedAt === undefined ? '' : ` Nothing keeps ${id} from being closed: /incident close`;
    return `${overdue}${close}`.trim() || undefined;
  }
  const count = (why: GateReason['why']) => reasons.filter((one) => one.why === why).length;
  const parts = [
    [count('running'), 'under way'],
    [count('sensitive'), 'with personal data or access (take it back, or two people keep it)'],
    [count('undecided'), 'that nobody has decided about (take it back, keep it, or move it)'],
  ] as const;
  const words = parts.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`);
  return `${id} cannot be closed yet: ${words.join(', ')}.${overdue === '' ? '' : ` ${overdue}`}`;
}

function keepRestWords(reasons: readonly GateReason[], rest: number): string {
  const held = reasons.some(({ why }) => why === 'sensitive');
  const what = held ? `the other ${rest}` : rest === 1 ? 'it' : `all ${rest}`;
  return `To keep ${what} and be asked tomorrow: /incident left keep rest <reason>`;
}

function ofEnd(end: LooseEnd): GateReason {
  const { opened, openedAt, openedBy, waits } = end;
  const sensitive = sensitiveWords(end);
  const stands = sensitive === undefined ? stateWords(end) : `${stateWords(end)}, ${kindWords(end)}`;
  const gone = canBeLookedFor(end) ? 'check' : 'it is gone (two people)';
  const undo = opened.run !== undefined && opened.beside !== true ? ['undo'] : [];
  const keep = sensitive === undefined ? ['keep', 'move'] : ['two people keep it'];
  return {
    why: sensitive === undefined ? 'undecided' : 'sensitive',
    looseEnd: end.id,
    title: opened.title,
    stands,
    since: openedAt,
    who: openedBy,
    press: waits ? `${waits.by.name} waits for a second person` : [...undo, gone, ...keep].join(', '),
  };
}

const kindWords = ({ opened }: LooseEnd): string =>
  opened.sensitivity === 'access' ? 'access' : 'personal data';

function running(incident: Incident): GateReason[] {
  return [...incident.runs.values()].flatMap(({ steps, startedBy }) =>
    [...steps.values()].flatMap(({ tries }) =>
      tries
        .filter(({ phase }) => ['calling', 'looking', 'verifying'].includes(phase))
        .map(
          (one): GateReason => ({
            why: 'running',
            title: one.title,
            stands: 'under way',
            since: one.holdsSince ?? one.openedAt,
            who: one.confirmedBy ?? startedBy,
            press: 'wait for its outcome',
          }),
        ),
    ),
  );
}
