/** The timeline of an incident: its events as lines that a person reads, in the order in which things happened. */
import { withErased } from './erased.ts';
import type { Event, EventOf } from './events.ts';
import { sentence } from './sentence.ts';
import { applyCorrections, changedLines } from './timeline/corrections.ts';
import type { Entry, NameOf } from './timeline/entry.ts';
import { applyErasures } from './timeline/erased-lines.ts';
import { type CheckLine, foldChecks } from './timeline/folding.ts';
import { inOrder } from './timeline/in-order.ts';
import { withKeptFiles } from './timeline/kept-files.ts';
import { line, said } from './timeline/line.ts';
import { ownLines } from './timeline/own-lines.ts';
import { confirmedBy, endOf, keyOf, kindOf, type StepStory, stepStories } from './timeline/steps.ts';
import { hideSuperseded } from './timeline/superseded.ts';
import { actWords, byHandWords, checkWords, choiceWords } from './timeline/words.ts';

export type { Entry, NameOf } from './timeline/entry.ts';

/** Late answers, lapsed approvals, plans that failed and steps that nobody did: lines of their own. */
function obstacleLines(story: StepStory, title: string): Entry[] {
  const lines: Entry[] = story.lapsed.map((event) => {
    const text = `The approval of “${title}” lapsed (${event.body.why}): ${sentence(event.body.says)}`;
    return line(event, 'act', text);
  });
  for (const event of story.late) {
    const text = `A late answer to “${title}”: ${sentence(event.body.says)}`;
    lines.push(line(event, 'act', text));
  }
  for (const event of story.stops)
    lines.push(line(event, 'update', `Asked to stop “${title}”.`, said(event)));
  const { planFailed, closed } = story;
  if (planFailed)
    lines.push(line(planFailed, 'act', `No plan for “${title}”: ${sentence(planFailed.body.says)}`));
  const told = story.started ?? story.claimed ?? story.choice;
  const state = closed?.body.state;
  const silent = state === 'done' || state === 'not needed' || state === 'undone' || state === 'by hand';
  if (closed && !told && !silent) {
    const reason = closed.body.reason ? `: ${sentence(closed.body.reason)}` : '.';
    lines.push(line(closed, 'update', `“${title}” ${state}${reason}`, said(closed)));
  }
  return lines;
}

/** A runbook inside another one has lines of its own; the step around it only where the author asks for one. */
function insideLines({ opened, closed }: StepStory): Entry[] {
  if (opened?.body.kind !== 'run' || !opened.body.timeline || closed?.body.state !== 'done') return [];
  return [line(closed, opened.body.timeline, `“${opened.body.title}” done.`)];
}

function storyLines(story: StepStory, name: NameOf): Entry[] {
  const title = story.opened?.body.title ?? story.at.step;
  const lines = [...obstacleLines(story, title), ...insideLines(story)];
  const { started, claimed, choice } = story;
  const end = endOf(story);
  const until = (from: number): Partial<Entry> => (end !== undefined && end > from ? { until: end } : {});
  if (started) {
    const answers = [story.done?.body.evidence, story.verified?.body.evidence];
    const evidence = answers.filter((kept) => kept !== undefined);
    const more = { by: confirmedBy(story) ?? started.by, ...until(started.at), evidence };
    lines.push(line(started, kindOf(story.opened, 'act'), actWords(story, name), more));
  }
  if (claimed) {
    const more = { precision: 'about' as const, ...until(claimed.at), ...said(claimed) };
    lines.push(line(claimed, kindOf(story.opened, 'act'), byHandWords(story, name), more));
  }
  if (choice) {
    const kind = kindOf(story.opened, 'decision');
    lines.push(line(choice, kind, choiceWords(story, choice, name), said(choice)));
  }
  return lines;
}

function checkLine(event: EventOf<'check_done'>, opened: EventOf<'step_opened'> | undefined): CheckLine {
  const title = opened?.body.title ?? event.body.step;
  const asked = [opened?.body.uses ?? event.body.step, opened?.body.args ?? {}, opened?.body.namespace ?? ''];
  const question = JSON.stringify([...asked, title]);
  const { verdict, says, elsewhere, evidence } = event.body;
  const kind = event.body.milestone ? 'milestone' : kindOf(opened, 'check');
  const entry = line(event, kind, checkWords(title, event, 1), { evidence: evidence ? [evidence] : [] });
  const same = JSON.stringify([question, verdict, says, elsewhere ?? '', evidence?.fields ?? {}]);
  return { entry, title, check: event, question, same };
}

/**
 * The lines of an incident, sorted by when they happened, then by version. Pure: no clock, and the same events give
 * the same lines, in whatever order they are given. Hidden lines are in it with `show: 'hide'`. `name` says how people
 * are called in texts.
 */
export function timeline(given: readonly Event[], name?: NameOf): readonly Entry[] {
  return linesOf(withErased(inOrder(given)), name, foldChecks);
}

/** The same with every check on a line of its own. */
export function fullLog(given: readonly Event[], name?: NameOf): readonly Entry[] {
  return linesOf(withErased(inOrder(given)), name, (checks) => checks.map(({ entry }) => entry));
}

function linesOf(
  events: readonly Event[],
  name: NameOf = (person) => person.name,
  fold: typeof foldChecks,
): readonly Entry[] {
  const stories = stepStories(events);
  const openedOf = new Map(stories.map((story) => [story.key, story.opened]));
  const titles = new Map<string, string>();
  for (const event of events)
    if (event.type === 'loose_end_opened') titles.set(event.body.id, event.body.title);

  const checks: CheckLine[] = [];
  const changes: number[] = [];
  for (const event of events) {
    if (event.type === 'check_done') checks.push(checkLine(event, openedOf.get(keyOf(event.body))));
    if (event.type === 'act_started' || event.type === 'by_hand_claimed') changes.push(event.at);
  }
  const entries = checks.map(({ entry }) => entry);
  const lines = [
    ...events.flatMap((event) => ownLines(event, name, titles)),
    ...stories.flatMap((story) => storyLines(story, name)),
    ...fold(checks, changes, changedLines(entries, events)),
  ];
  const shown = hideSuperseded(applyCorrections(withKeptFiles(lines, events), events), events);
  const corrected = applyErasures(shown, events, name);
  return [...recordedLater(corrected, events)].sort((a, b) => a.at - b.at || a.version - b.version);
}

/** What was kept on disk while the store was away was recorded when it came back, although it carries its own time. */
function recordedLater(lines: readonly Entry[], events: readonly Event[]): readonly Entry[] {
  const when = new Map<string, number>();
  for (const event of events)
    if (event.type === 'recorded_later') for (const id of event.body.commands) when.set(id, event.at);
  if (when.size === 0) return lines;
  const commandOf = new Map(events.map(({ version, command }) => [version, command]));
  return lines.map((one) => {
    const recordedAt = when.get(commandOf.get(one.version) ?? '');
    return recordedAt === undefined ? one : { ...one, recordedAt, keptMeanwhile: true };
  });
}
