/**
 * Writes a runbook from what was done in an incident: the steps of its runs in the order in which they began, as the
 * runs pinned them, with one set of parameters; and what was taken back as a step of its own.
 */
import { renameParam, renameStep, stepsReadBy } from '../runbooks/rewriting.ts';
import type { ActStep, Next, Param, Runbook, Step } from '../runbooks/runbook.ts';
import { takeBack } from './as-runbook/take-back.ts';
import type { Event, EventOf } from './events.ts';
import { keyOf, outcomeOf, type StepStory, stepStories } from './timeline/steps.ts';

export interface Drafted {
  readonly runbook: Runbook;
  /** For each step, what was there that night: goes above it as a comment. */
  readonly notes: ReadonlyMap<string, string>;
  /** What could not be taken over, in words for a person. */
  readonly left: readonly string[];
}

/** Nothing was done through runbooks that a runbook could be written from. */
export class NothingToDraft extends Error {
  constructor() {
    super('Nothing was run in this incident, so there is nothing to write a runbook from.');
    this.name = 'NothingToDraft';
  }
}

/** Of a step and of a parameter (file-schema.ts). */
const LONGEST_NAME = 40;

interface Source {
  readonly started: EventOf<'run_started'>;
  readonly params: ReadonlyMap<string, string>;
  readonly steps: Map<string, string>;
}

interface Kept {
  readonly step: Step;
  readonly story: StepStory | undefined;
}

/**
 * `id` of the new runbook; `today` is its date of review, as 2026-11-20. The same events give the same runbook.
 *
 * Kept: what was looked at, decided, done and verified, and what these steps read; run by run in the order of their
 * start, since a run's jumps belong together. Left out: what was skipped, not needed or failed; runs inside others, which
 * their `run` step calls; offers of another runbook.
 *
 * @throws NothingToDraft
 */
export function draftRunbook(events: readonly Event[], options: { id: string; today: string }): Drafted {
  const declared = events.find((event) => event.type === 'incident_declared');
  const starts = events.filter(
    (event): event is EventOf<'run_started'> => event.type === 'run_started' && !event.body.parent,
  );
  if (!declared || starts.length === 0) throw new NothingToDraft();
  const stories = stepStories(events);
  const params = new Map<string, Param>();
  const taken = new Set<string>();
  const left: string[] = [];
  const notes = new Map<string, string>();

  const groups = starts
    .map((started) => {
      const source = sourceOf(started, params);
      const kept = keptSteps(source, stories);
      for (const { step } of kept) source.steps.set(step.id, free(step.id, taken));
      return { source, kept };
    })
    .filter(({ kept }) => kept.length > 0);
  const parts: { at: number; steps: Step[] }[] = groups.map(({ source, kept }, index) => {
    const following = groups[index + 1];
    const [first] = following?.kept ?? [];
    const onward = first && following?.source.steps.get(first.step.id);
    return { at: source.started.at, steps: groupSteps(source, kept, stories, onward, notes) };
  });
  for (const { story, source, step } of undone(groups, stories)) {
    const madeAt = keyOf({ ...story.at, try: story.opened?.body.undoes ?? 0 });
    const plan = stories.find(({ key }) => key === madeAt)?.plan;
    const made = takeBack(step, story, source.started.body.params, plan);
    if (typeof made === 'string') {
      left.push(`${story.opened?.body.title ?? step.id} was taken back; ${made}`);
      continue;
    }
    const id = free(`take_back_${step.id}`, taken);
    const renamed = renameStep(made, { params: source.params, steps: source.steps });
    parts.push({ at: story.opened?.at ?? 0, steps: [{ ...renamed, id }] });
    notes.set(id, `The undo of ${source.steps.get(step.id) ?? step.id} that night, as a step of its own.`);
  }
  // A jump to what follows is always forward: parts keep the order in which they began.
  const steps = parts.toSorted((one, other) => one.at - other.at).flatMap((part) => part.steps);

  if (steps.length === 0) throw new NothingToDraft();
  const { title, noticed } = declared.body;
  const runbook: Runbook = {
    apiVersion: 'runbook/v1',
    id: options.id,
    title: cut(`As in INC-${declared.incident}: ${oneLine(title)}`, 150),
    summary:
      'Written from what was done in an incident. Read it, take out what was needed only then, and give it an owner.',
    owner: 'nobody yet',
    reviewed: options.today,
    alerts: [],
    docs: noticed.trim() === '' ? {} : { meaning: cut(oneLine(noticed), 3000) },
    params: Object.fromEntries(params),
    steps,
  };
  return { runbook, notes, left };
}

/** Parameters of the same type and value are one; others of the same name get a number. */
function sourceOf(started: EventOf<'run_started'>, params: Map<string, Param>): Source {
  const names = new Map<string, string>();
  const { runbook, params: values } = started.body;
  for (const [name, param] of Object.entries(runbook.params)) {
    const value = values[name];
    const given = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const same = [...params].find(
      ([other, known]) =>
        known.type === param.type && given && known.default === value && (other === name || value !== ''),
    );
    if (same) {
      names.set(name, same[0]);
      continue;
    }
    const fresh = free(name, new Set(params.keys()));
    names.set(name, fresh);
    const { default: _before, ...rest } = param;
    params.set(fresh, { ...rest, ...(given ? { default: value } : {}) });
  }
  for (const [name, to] of names) {
    const param = params.get(to);
    if (param && Object.hasOwn(runbook.params, name))
      params.set(to, renameParam(param, { params: names, steps: new Map() }));
  }
  return { started, params: names, steps: new Map() };
}

/** The steps of a run that count, in the order of its runbook, and what they read. */
function keptSteps(source: Source, stories: readonly StepStory[]): Kept[] {
  const { run, runbook } = source.started.body;
  const main = new Map<string, StepStory>();
  for (const story of stories)
    if (story.at.run === run && story.opened?.body.undoes === undefined && !story.opened?.body.aside)
      main.set(story.at.step, story);
  const wanted = new Set<string>();
  for (const step of runbook.steps) if (counts(step, main.get(step.id))) wanted.add(step.id);
  for (const step of runbook.steps.toReversed())
    if (wanted.has(step.id)) for (const id of stepsReadBy(step)) wanted.add(id);
  return runbook.steps.filter(({ id }) => wanted.has(id)).map((step) => ({ step, story: main.get(step.id) }));
}

function counts(step: Step, story: StepStory | undefined): boolean {
  if (!story) return false;
  const state = story.closed?.body.state;
  switch (step.kind) {
    case 'check':
      return story.checks.length > 0;
    case 'act':
      return (
        state === 'by hand' ||
        story.claimed !== undefined ||
        (story.started !== undefined && outcomeOf(story) === 'made')
      );
    case 'ask':
      return story.choice !== undefined;
    case 'manual':
      return story.claimed !== undefined || state === 'by hand';
    case 'run':
      return state === 'done';
  }
}

/** The last undo of each step that was taken back. */
function undone(
  groups: readonly { readonly source: Source; readonly kept: readonly Kept[] }[],
  stories: readonly StepStory[],
): { story: StepStory; source: Source; step: ActStep }[] {
  return groups.flatMap(({ source, kept }) =>
    kept.flatMap(({ step }) => {
      const story = undoOf(source, step, stories);
      return story && step.kind === 'act' ? [{ story, source, step }] : [];
    }),
  );
}

function undoOf(source: Source, step: Step, stories: readonly StepStory[]): StepStory | undefined {
  return stories.findLast(
    ({ at, opened, closed }) =>
      at.run === source.started.body.run &&
      at.step === step.id &&
      opened?.body.undoes !== undefined &&
      closed?.body.state === 'undone',
  );
}

/**
 * The steps of one run with their new names. A stop at something bad stays, since what follows must not be done then;
 * any other goes on with what that night followed (`onward`). A step that was taken back later loses its condition: its
 * plan must be there to be read.
 */
function groupSteps(
  source: Source,
  kept: readonly Kept[],
  stories: readonly StepStory[],
  onward: string | undefined,
  notes: Map<string, string>,
): Step[] {
  const { runbook, revision } = source.started.body;
  const takenBack = kept.some(({ step }) => undoOf(source, step, stories) !== undefined);
  const jump = (next: Next | undefined, bad: boolean): { next?: Next } => {
    if (next === undefined || 'run' in next) return {};
    if ('stop' in next)
      return bad || takenBack || onward === undefined ? { next } : { next: { step: onward } };
    const to = source.steps.get(next.step);
    return to === undefined ? {} : { next: { step: to } };
  };
  return kept.map(({ step, story }) => {
    const id = source.steps.get(step.id) ?? step.id;
    const renamed = renameStep(step, { params: source.params, steps: source.steps });
    const { when, next, ...rest } = renamed;
    const bare = when !== undefined && undoOf(source, step, stories) !== undefined;
    const from = `${runbook.id}${revision ? ` @ ${revision}` : ''}`;
    const words = [`From ${from}: ${endWords(story)}`, ...(bare ? [`It had the condition: ${when}`] : [])];
    notes.set(id, words.join('\n'));
    const common = {
      ...rest,
      id,
      ...(when === undefined || bare ? {} : { when }),
      ...jump(next, false),
    } as Step;
    if (common.kind === 'check')
      return {
        ...common,
        verdict: common.verdict.map(({ next: to, ...rule }) => ({
          ...rule,
          ...jump(to, rule.is === 'bad' || rule.is === 'unknown'),
        })),
      };
    if (common.kind === 'ask')
      return {
        ...common,
        choices: common.choices.map(({ next: to, ...choice }) => ({ ...choice, ...jump(to, false) })),
      };
    return common;
  });
}

function endWords(story: StepStory | undefined): string {
  if (!story?.opened) return 'it was not needed; later steps read it.';
  const check = story.checks.at(-1);
  if (check) return `${check.body.verdict}.`;
  const state = story.closed?.body.state ?? 'open';
  return `${state}.`;
}

/** The name itself, or with a number behind it; from now on it is taken. */
function free(wanted: string, taken: Set<string>): string {
  let id = wanted.slice(0, LONGEST_NAME);
  for (let n = 2; taken.has(id); n++) id = `${wanted.slice(0, LONGEST_NAME - 1 - String(n).length)}_${n}`;
  taken.add(id);
  return id;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
