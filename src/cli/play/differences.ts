/** What a test expects beside what was shown: one line for each thing that differs. */
import { isDeepStrictEqual } from 'node:util';
import type { NewAttempt } from '../../incidents/draft.ts';
import type { Event } from '../../incidents/events.ts';
import { everyOffer, type Offer } from '../../incidents/offers.ts';
import type { Incident, RunState } from '../../incidents/state.ts';
import type { RunbookTest, Turn } from '../../runbooks/test-file.ts';
import type { Shown } from './buttons.ts';
import { runAtWork } from './stage.ts';

export interface Difference {
  /** Name of the expectation, for its place in the file. */
  readonly field: string;
  readonly says: string;
}

export interface Seen {
  readonly incident: Incident;
  readonly step: string;
  /** Of the step, since the turn before. */
  readonly events: readonly Event[];
  readonly buttons: readonly Shown[];
  readonly attempts: readonly NewAttempt[];
}

export function turnDifferences(expect: NonNullable<Turn['expect']>, seen: Seen): Difference[] {
  const { incident, events, buttons } = seen;
  const shown: { readonly [F in keyof typeof expect]-?: () => unknown } = {
    title: () => triesOf(seen).at(-1)?.title,
    verdict: () => events.findLast((event) => event.type === 'check_done')?.body.verdict,
    says: () => events.flatMap(saysOf).at(-1),
    called_with: () =>
      seen.attempts.findLast(({ purpose }) => purpose === 'check' || purpose === 'plan')?.args,
    commands: () => events.flatMap(commandsOf).at(-1),
    leaves: () => events.findLast((event) => event.type === 'plan_made')?.body.leaves.map(({ says }) => says),
    state: () => events.findLast((event) => event.type === 'step_closed')?.body.state,
    buttons: () => buttons.map(({ words }) => words),
    next: () => {
      const run = runAtWork(incident);
      return run.ended ? 'the end' : run.current;
    },
  };
  return (Object.keys(expect) as (keyof typeof expect)[]).flatMap((field) => {
    if (expect[field] === undefined) return [];
    return difference(field, expect[field], shown[field]());
  });
}

export function endDifferences(
  ends: NonNullable<RunbookTest['ends']>,
  run: RunState | undefined,
): Difference[] {
  if (!run?.ended) {
    const says = `Expected the end, but the run is at ${run?.current ?? 'no step'}.`;
    return [{ field: 'why', says }];
  }
  const { why, offer } = run.ended;
  return [
    ...difference('why', ends.why, why),
    ...difference('offers', ends.offers, offer && offersOf(offer)),
    ...(ends.with === undefined ? [] : difference('with', ends.with, offer?.with)),
    ...(ends.or_with === undefined ? [] : difference('or_with', ends.or_with, offer?.or?.[0]?.with)),
  ];
}

function offersOf(offer: Offer): string | readonly string[] {
  const [only, ...more] = everyOffer(offer).map(({ runbook }) => runbook);
  return more.length === 0 ? (only ?? '') : [only ?? '', ...more];
}

function difference(field: string, wanted: unknown, shown: unknown): Difference[] {
  if (isDeepStrictEqual(plain(wanted), plain(shown))) return [];
  return [{ field, says: `${field}: expected ${inWords(wanted)}, got ${inWords(shown)}.` }];
}

/** As it would be stored, so that an absent field and an undefined one are the same. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\s+/g, ' ').trim();
  if (Array.isArray(value)) return value.map(plain);
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function inWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : value;
  return JSON.stringify(text);
}

function triesOf({ incident, step }: Seen) {
  return [...incident.runs.values()].flatMap((run) => run.steps.get(step)?.tries ?? []);
}

/** The words of an event that people read in the channel. */
function saysOf({ body }: Event): string[] {
  return 'says' in body && typeof body.says === 'string' ? [body.says] : [];
}

function commandsOf({ body }: Event): string[][] {
  return 'byHand' in body && body.byHand.length > 0 ? [body.byHand] : [];
}
