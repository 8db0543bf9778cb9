/** The timeline of an incident: its events as lines that a person reads, in the order in which things happened. */
import type { Event, EventOf, Target } from './events.ts';
import { changedWords, pinnedAs } from './pin.ts';
import { clause, sentence } from './sentence.ts';
import { applyCorrections } from './timeline/corrections.ts';
import type { Entry, EntryKind, NameOf } from './timeline/entry.ts';
import { type CheckLine, foldChecks } from './timeline/folding.ts';
import { confirmedBy, endOf, keyOf, kindOf, type StepStory, stepStories } from './timeline/steps.ts';
import {
  actWords,
  byHandWords,
  checkWords,
  choiceWords,
  lockLostWords,
  lockTakenWords,
  repeatedWords,
  unwindWords,
  unwoundWords,
} from './timeline/words.ts';

export type { Entry, NameOf } from './timeline/entry.ts';

const targetWords = (target: Target): string => `${target.kind} ${target.name} in ${target.namespace}`;

/** A line that stands for one event; `more` overrides. */
function line(event: Event, kind: EntryKind, text: string, more: Partial<Entry> = {}): Entry {
  return {
    id: `v${event.version}`,
    version: event.version,
    at: event.at,
    precision: 'exact',
    recordedAt: event.at,
    by: event.by,
    recordedBy: event.by,
    source: { kind: 'step' },
    kind,
    text,
    evidence: [],
    show: 'auto',
    late: false,
    times: 1,
    corrections: [],
    ...more,
  };
}

/** What a person typed or said: its source is where they did it. */
const said = (event: Event): Pick<Entry, 'source'> => ({
  source: { kind: event.by.id.startsWith('terminal:') ? 'terminal' : 'slack' },
});

function declaredLines(event: EventOf<'incident_declared'>): Entry[] {
  const { severity, noticed, since, drill } = event.body;
  const as = `Incident declared as ${severity}${drill ? ' (a drill)' : ''}`;
  const first = noticed.trim() === '' ? 'First sign of trouble.' : `First noticed: ${sentence(noticed)}`;
  const sooner = line(event, 'milestone', first, {
    id: `v${event.version}-since`,
    at: since,
    ...said(event),
  });
  return [sooner, line(event, 'milestone', `${as}.`, said(event))];
}

function noteLine(event: EventOf<'note_added'>): Entry {
  const { entry, kind, text, at, precision, source, late } = event.body;
  const by = source.author ?? event.by;
  return line(event, kind, text, { id: entry, at, precision, source, late, by, show: 'keep' });
}

/** Lines of events that stand alone; steps are told together in `storyLines`. */
function ownLines(event: Event, name: NameOf, titles: ReadonlyMap<string, string>): Entry[] {
  switch (event.type) {
    case 'incident_declared':
      return declaredLines(event);
    case 'note_added':
      return [noteLine(event)];
    case 'role_set':
      return [
        line(event, 'update', `Role ${event.body.role}: ${sentence(name(event.body.person))}`, said(event)),
      ];
    case 'severity_changed': {
      const reason = event.body.reason ? ` ${sentence(event.body.reason)}` : '';
      const text = `Severity ${event.body.from} → ${event.body.to}.${reason}`;
      return [line(event, 'update', text, said(event))];
    }
    case 'status_changed':
      // These two have an event of their own, with more to say.
      if (event.body.to === 'resolved' || event.body.to === 'closed') return [];
      return [line(event, 'milestone', `Status: ${event.body.to}.`, { at: event.body.at, ...said(event) })];
    case 'target_proposed': {
      const { target } = event.body;
      return [line(event, 'milestone', `Target proposed: ${sentence(targetWords(target))}`)];
    }
    case 'target_confirmed': {
      const what = event.body.also ? 'One more target' : 'Target';
      const text = `${what} confirmed by ${name(event.by)}: ${sentence(targetWords(event.body.target))}`;
      return [line(event, 'milestone', text, said(event))];
    }
    case 'target_dropped': {
      const text = `Target taken off by ${name(event.by)}: ${sentence(targetWords(event.body.target))}`;
      return [line(event, 'milestone', text, said(event))];
    }
    case 'lock_taken':
      return [line(event, 'update', lockTakenWords(event, name), said(event))];
    case 'lock_lost':
      // Of the same incident it is in the line of who took it.
      return event.body.to === event.incident ? [] : [line(event, 'update', lockLostWords(event, name))];
    case 'run_started': {
      const { runbook, run, parent } = event.body;
      const inside = parent ? ', inside another runbook' : '';
      const pinned = pinnedAs(runbook.id, event.body);
      return [line(event, 'update', `Runbook ${pinned} started (run ${run}${inside}).`, said(event))];
    }
    case 'runbook_changed':
      return event.body.again ? [] : [line(event, 'update', changedWords(event.body))];
    case 'run_ended': {
      if (event.body.why === 'finished') return [];
      const text = `Run ${event.body.run} ${event.body.why === 'stopped' ? 'was stopped' : 'was ended'}: `;
      return [line(event, 'update', `${text}${sentence(event.body.says)}`, said(event))];
    }
    case 'unwind_started':
      return [line(event, 'update', unwindWords(event), said(event))];
    case 'unwind_ended':
      return [line(event, 'update', unwoundWords(event))];
    case 'loose_end_settled': {
      const { state, says, owner, until } = event.body;
      const title = titles.get(event.body.id) ?? event.body.id;
      if (state === 'open') return [];
      if (state === 'gone') return [line(event, 'loose-end', `Gone: ${clause(title)}. ${sentence(says)}`)];
      const who = [owner ? `owner ${name(owner)}` : '', until ? `until ${until}` : '']
        .filter(Boolean)
        .join(', ');
      const text = `Kept: ${clause(title)}${who ? ` (${who})` : ''}. ${sentence(says)}`;
      return [line(event, 'loose-end', text, said(event))];
    }
    case 'resolved': {
      const summary = event.body.summary ? ` ${sentence(event.body.summary)}` : '';
      return [line(event, 'milestone', `Service restored.${summary}`, { at: event.body.at, ...said(event) })];
    }
    case 'check_repeated': {
      const { evidence } = event.body;
      return [line(event, 'check', repeatedWords(event), { evidence: evidence ? [evidence] : [] })];
    }
    case 'reopened': {
      const reason = event.body.reason ? `: ${sentence(event.body.reason)}` : '.';
      return [line(event, 'milestone', `Reopened${reason}`, said(event))];
    }
    case 'recorded_later': {
      const { since, until, commands } = event.body;
      const many = commands.length === 1 ? 'One entry was' : `${commands.length} entries were`;
      const minutes = Math.max(1, Math.round((until - since) / 60_000));
      const text = `Handrail's own database did not answer for ${minutes} min. ${many} kept on disk and recorded later.`;
      return [line(event, 'update', text, { at: since, until, show: 'keep' })];
    }
    case 'closed':
      return [line(event, 'milestone', 'Incident closed.', { at: event.body.at, ...said(event) })];
    // Bookkeeping, or told in the line of its step or in a section of its own.
    case 'channel_opened':
    case 'message_posted':
    case 'slack_failed':
    case 'entry_corrected':
    case 'step_opened':
    case 'params_asked':
    case 'check_done':
    case 'plan_made':
    case 'plan_failed':
    case 'approval_requested':
    case 'approved':
    case 'alone_allowed':
    case 'approval_lapsed':
    case 'act_started':
    case 'act_done':
    case 'act_found':
    case 'looked_again':
    case 'stop_asked':
    case 'verified':
    case 'by_hand_claimed':
    case 'choice_made':
    case 'step_closed':
    case 'loose_end_opened':
    case 'follow_up_added':
    case 'attempt_lost':
    case 'outcome_late':
    case 'report_asked':
    case 'left_asked':
    case 'report_posted':
      return [];
  }
}

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
 * the same lines. Hidden lines are in it with `show: 'hide'`. `name` says how people are called in texts.
 */
export function timeline(events: readonly Event[], name: NameOf = (person) => person.name): readonly Entry[] {
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
  const lines = [
    ...events.flatMap((event) => ownLines(event, name, titles)),
    ...stories.flatMap((story) => storyLines(story, name)),
    ...foldChecks(checks, changes),
  ];
  return [...recordedLater(applyCorrections(lines, events), events)].sort(
    (a, b) => a.at - b.at || a.version - b.version,
  );
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
