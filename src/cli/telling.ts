/** What a terminal prints of event after event: each line under its step's heading, the same answer once. */
import type { At, Event } from '../incidents/events.ts';
import { linesOf } from './printer.ts';

export interface Telling {
  linesOf(event: Event): string[];
  /** True while what was printed last belongs to this step, so that a question needs no heading of its own. */
  isAt(at: At): boolean;
}

/** `asks`: a person is here, and is asked about the runbook that could come next instead of told its command. */
export function tellingOf({ asks }: { readonly asks: boolean }): Telling {
  const titles = new Map<string, string>();
  /** The step under whose heading lines are printed. */
  let heading = '';
  /** What was not known last, and where: tried again it is often the same. */
  let unknown: { readonly step: string; readonly says: string } | undefined;

  const answered = (event: Extract<Event, { type: 'check_done' }>): string[] => {
    const { verdict, says } = event.body;
    const step = stepOf(event.body);
    const before = unknown;
    unknown = verdict === 'unknown' ? { step, says } : undefined;
    if (before === undefined || unknown === undefined || before.says !== says) return linesOf(event);
    return [before.step === step ? '  Tried again: the same.' : '  NOT KNOWN, for the same reason.'];
  };
  const opened = (event: Extract<Event, { type: 'step_opened' }>): string[] => {
    const { kind, title, aside, undoes } = event.body;
    const again = kind === 'check' && !aside && undoes === undefined;
    const same = heading.startsWith(`${stepOf(event.body)} `);
    heading = keyOf(event.body);
    titles.set(heading, undoes === undefined ? title : `Undo: ${title}`);
    return again && same ? [] : linesOf(event);
  };
  /** What runs beside the step that was shown last says whose it is. */
  const under = (event: Event, lines: string[]): string[] => {
    if (lines.length === 0 || !('step' in event.body) || !('try' in event.body)) return lines;
    const { run, step, try: number } = event.body;
    if (run === undefined || step === undefined || number === undefined) return lines;
    const key = keyOf({ run, step, try: number });
    const title = titles.get(key);
    if (key === heading || title === undefined) return lines;
    heading = key;
    return ['', `- ${title}`, ...lines];
  };

  return {
    isAt: (at) => heading === keyOf(at),
    linesOf(event) {
      if (event.type === 'step_opened') return opened(event);
      if (event.type === 'check_done') return under(event, answered(event));
      if (event.type !== 'run_ended' || !asks) return under(event, linesOf(event));
      const { offer: _, ...body } = event.body;
      return linesOf({ ...event, body });
    },
  };
}

const stepOf = ({ run, step }: Pick<At, 'run' | 'step'>): string => `${run} ${step}`;
const keyOf = (at: At): string => `${stepOf(at)} ${at.try}`;
