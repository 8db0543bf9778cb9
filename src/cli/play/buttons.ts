/** The buttons that people would see, from the real views, and what pressing one asks of the door. */
import type { What } from '../../incidents/commands.ts';
import type { Event } from '../../incidents/events.ts';
import { react } from '../../incidents/react.ts';
import type { Incident, RunState } from '../../incidents/state.ts';
import type { Block } from '../../slack/blocks.ts';
import { type Clicked, readButton } from '../../slack/ids.ts';
import { runMessage } from '../../slack/views/run.ts';
import { tryOf, waitMessage } from '../../slack/views/wait.ts';

export interface Shown {
  readonly words: string;
  readonly clicked: Clicked;
}

/** Of the message that waits for a person, after these events of a step; none when nothing waits. */
export function waitingButtons(incident: Incident, events: readonly Event[]): Shown[] {
  const waits = events.flatMap((event) =>
    react([event], incident).flatMap((effect) =>
      effect.kind === 'wait' && effect.at ? [{ event, at: effect.at }] : [],
    ),
  );
  const last = waits.at(-1);
  const found = last && tryOf(incident, last.at);
  if (!last || !found?.last) return [];
  const { run, one } = found;
  const approvers = { users: [], usergroups: [] };
  const message = waitMessage({ incident, run, one, at: last.at, event: last.event, approvers });
  return buttonsIn(message?.blocks ?? []);
}

/** Of the run's own message: Stop, Undo, End this run. */
export function runButtons(incident: Incident, run: RunState): Shown[] {
  return buttonsIn(runMessage(incident, run, []));
}

function buttonsIn(blocks: readonly Block[]): Shown[] {
  return blocks.flatMap((block) => {
    if (block.type !== 'actions') return [];
    return block.elements.flatMap((element) => {
      if (element.type !== 'button' || element.action_id === undefined) return [];
      const clicked = readButton(element.action_id, element.value);
      return clicked ? [{ words: element.text.text, clicked }] : [];
    });
  });
}

/** What a person types into the form that the button opens. */
export interface Typed {
  readonly reason?: string | undefined;
  readonly phrase?: string | undefined;
  readonly form?: Record<string, unknown> | undefined;
}

/** The command behind a button, as its form would send it; undefined for a button that asks nothing of a run. */
export function asked({ clicked }: Shown, typed: Typed): What | undefined {
  const reason = typed.reason ?? '';
  const { verb, value } = clicked;
  switch (verb) {
    case 'confirm':
    case 'ask-approval':
    case 'approve':
      return { do: verb === 'ask-approval' ? 'ask approval' : verb, at: value.at, hash: value.hash };
    case 'open-phrase':
      return { do: 'confirm', at: value.at, hash: value.hash, phrase: typed.phrase ?? '' };
    case 'open-alone':
      return { do: 'go alone', at: value.at, hash: value.hash, reason };
    case 'open-go-on':
      return { do: 'go on', at: value.at, reason };
    case 'open-skip':
      return { do: 'skip', at: value.at, reason };
    case 'open-end-run':
      return { do: 'end run', run: value.run, reason };
    case 'plan-again':
      return { do: 'plan again', at: value.at };
    case 'check-again':
      return { do: 'check again', at: value.at };
    case 'try-again':
      return { do: 'try again', at: value.at };
    case 'open-again':
      return { do: 'try again', at: value.at, phrase: typed.phrase ?? '' };
    case 'open-inside':
      return { do: 'start inside', at: value.at, params: typed.form ?? {} };
    case 'stop':
      return { do: 'stop', at: value.at };
    case 'by-hand':
      return { do: 'done by hand', at: value.at };
    case 'undo':
      return { do: 'undo', run: value.run, step: value.step };
    case 'undo-all':
      return { do: 'unwind', run: value.run };
    case 'choose':
    case 'open-choose':
      return {
        do: 'choose',
        at: value.at,
        ...(value.choice === undefined ? {} : { choice: value.choice }),
        ...(typed.reason === undefined ? {} : { reason }),
        ...(typed.form === undefined ? {} : { form: typed.form }),
      };
    case 'open-run':
    case 'open-note':
    case 'open-update':
    case 'open-still':
    case 'quiet-later':
    case 'open-roles':
    case 'open-resolve':
    case 'confirm-target':
    case 'drop-target':
    case 'take-over':
    case 'left-check':
    case 'left-undo':
    case 'open-keep':
    case 'left-check-one':
    case 'left-page':
    case 'agree-keep':
    case 'open-keep-rest':
    case 'open-gone':
    case 'open-move':
    case 'open-add-left':
    case 'alone-agree':
    case 'open-alone-disagree':
    case 'report-review':
    case 'report-file':
    case 'report-status':
    case 'open-section':
    case 'open-whys':
    case 'open-follow-ups':
    case 'open-follow-up':
    case 'open-waive':
    case 'timeline':
    case 'open-entry':
    case 'open-erase':
    case 'erase':
    case 'pick':
    case 'declare':
      return undefined;
  }
}
