/** What each button does: one exhaustive switch. */
import type { Answer, What } from '../../incidents/commands.ts';
import type { Block } from '../blocks.ts';
import type { Clicked } from '../ids.ts';
import { esc } from '../mrkdwn.ts';
import { takeOverModal } from '../views/locks.ts';
import { declareModal } from '../views/modals/declare.ts';
import { againModal, phraseModal, reasonModal } from '../views/modals/steps.ts';
import { noteModal, resolveModal, roleModal } from '../views/modals/write.ts';
import { targetList } from '../views/targets.ts';
import { openChoose } from './choose.ts';
import { type CommandContext, send } from './context.ts';
import { openEntry } from './entry.ts';
import { eraseClicked, openErase } from './erase.ts';
import { openAddLeft, openGone, openKeep, openKeepRest, openMove, showLeftPage } from './left.ts';
import { overFor } from './over.ts';
import { askLater, openStill } from './quiet.ts';
import { reviewClicked } from './review.ts';
import { openInside, openRunModal } from './run-modal.ts';
import { timelineClicked } from './timeline.ts';
import { openUpdate } from './update.ts';
import { zoneSoon } from './zone-of.ts';

export interface ButtonContext extends CommandContext {
  /** Id of the form that the button is in, when it is in one. */
  readonly view?: string;
  /** Replaces the message that only this person sees. */
  replace(text: string, blocks: readonly Block[]): Promise<void>;
  refused(answer: Extract<Answer, { ok: false }>): Promise<void>;
  /** The clicked message keeps its first block and these words in place of its buttons. */
  answered(words: string): Promise<void>;
}

export async function clicked(context: ButtonContext, button: Clicked): Promise<void> {
  const { room } = context;
  const { zone } = room.door.config;
  const decide = async (incident: number, what: What): Promise<void> => {
    const answer = await send(context, incident, what);
    if (!answer.ok) return context.refused(answer);
    return answer.says ? context.tell(esc(answer.says, 1000)) : context.done();
  };
  switch (button.verb) {
    case 'open-run': {
      const { incident, runbook, with: values, follows } = button.value;
      if (await over(context, incident, 'run')) return;
      const taken = await openRunModal(room, context.open, incident, {
        ...(runbook ? { runbook } : {}),
        ...(values ? { values } : {}),
        ...(follows === undefined ? {} : { follows }),
      });
      return taken ? context.refused({ ok: false, code: 'followed', says: taken }) : undefined;
    }
    case 'open-inside': {
      const { incident, at } = button.value;
      return stale(context, await openInside(room, context.open, incident, at));
    }
    case 'open-note':
      return void (await context.open(
        noteModal(button.value.incident, await zoneSoon(room, button.value.incident)),
      ));
    case 'open-update':
      return openUpdate(context, button.value.incident, (refused) => context.refused(refused));
    case 'open-still':
      return openStill(context, button.value.incident);
    case 'quiet-later':
      return askLater(context, button.value.incident);
    case 'open-roles':
      if (await over(context, button.value.incident, 'roles')) return;
      return void (await context.open(roleModal(button.value.incident)));
    case 'open-resolve':
      if (await over(context, button.value.incident, 'resolve')) return;
      return void (await context.open(
        resolveModal(button.value.incident, await zoneSoon(room, button.value.incident)),
      ));
    case 'confirm-target': {
      const { incident, target, as } = button.value;
      return decide(incident, { do: 'confirm target', target, ...(as ? { as } : {}) });
    }
    case 'drop-target': {
      const { incident, target } = button.value;
      const answer = await send(context, incident, { do: 'drop target', target });
      if (!answer.ok) return context.refused(answer);
      return context.replace('Targets', (await room.door.look(incident, targetList)) ?? []);
    }
    case 'take-over': {
      const { incident, at, from, arrives } = button.value;
      if (arrives) return void (await context.open(takeOverModal({ incident, at, from })));
      const answer = await send(context, incident, { do: 'take over', at, from });
      return answer.ok ? context.answered(esc(answer.says ?? '', 600)) : context.refused(answer);
    }
    case 'confirm':
      return decide(button.value.incident, { do: 'confirm', at: button.value.at, hash: button.value.hash });
    case 'ask-approval':
      return decide(button.value.incident, {
        do: 'ask approval',
        at: button.value.at,
        hash: button.value.hash,
      });
    case 'approve':
      return decide(button.value.incident, { do: 'approve', at: button.value.at, hash: button.value.hash });
    case 'open-phrase': {
      const { phrase, says, ...value } = button.value;
      return void (await context.open(phraseModal(phrase, `*${esc(says)}*`, value)));
    }
    case 'open-alone':
      return void (await context.open(reasonModal('alone', button.value)));
    case 'open-go-on':
      return void (await context.open(reasonModal('go-on', button.value)));
    case 'open-skip':
      return void (await context.open(reasonModal('skip', button.value)));
    case 'open-end-run':
      return void (await context.open(reasonModal('end-run', button.value)));
    case 'plan-again':
      return decide(button.value.incident, { do: 'plan again', at: button.value.at });
    case 'check-again':
      return decide(button.value.incident, { do: 'check again', at: button.value.at });
    case 'open-again':
      return void (await context.open(againModal(button.value)));
    case 'try-again':
      return decide(button.value.incident, { do: 'try again', at: button.value.at });
    case 'stop':
      return decide(button.value.incident, { do: 'stop', at: button.value.at });
    case 'undo':
      return decide(button.value.incident, { do: 'undo', run: button.value.run, step: button.value.step });
    case 'undo-all':
      return decide(button.value.incident, { do: 'unwind', run: button.value.run });
    case 'by-hand':
      return decide(button.value.incident, { do: 'done by hand', at: button.value.at });
    case 'choose':
      return decide(button.value.incident, {
        do: 'choose',
        at: button.value.at,
        choice: button.value.choice,
      });
    case 'open-choose':
      return stale(context, await openChoose(context, button.value));
    case 'left-check':
      return decide(button.value.incident, { do: 'check what is left' });
    case 'left-undo': {
      const { incident, looseEnd } = button.value;
      const end = await room.door.look(incident, ({ looseEnds }) => looseEnds.get(looseEnd)?.opened);
      if (end?.run === undefined || !end.step)
        return context.refused({ ok: false, code: 'no-undo', says: 'This cannot be undone here.' });
      return decide(incident, { do: 'undo', run: end.run, step: end.step });
    }
    case 'alone-agree': {
      const { incident, looseEnd } = button.value;
      return decide(incident, { do: 'judge alone', looseEnd, agrees: true });
    }
    case 'open-alone-disagree':
      return void (await context.open(reasonModal('alone-disagree', button.value)));
    case 'open-keep':
      return openKeep(context, button.value);
    case 'open-keep-rest':
      return openKeepRest(context, button.value);
    case 'open-gone':
      return openGone(context, button.value);
    case 'open-move':
      return openMove(context, button.value);
    case 'open-add-left':
      return openAddLeft(context, button.value);
    case 'left-page':
      return showLeftPage(context, button.value);
    case 'agree-keep': {
      const { incident, looseEnd, asked } = button.value;
      return decide(incident, { do: 'agree keep', looseEnd, ...(asked === undefined ? {} : { asked }) });
    }
    case 'left-check-one':
      return decide(button.value.incident, { do: 'check what is left', looseEnd: button.value.looseEnd });
    case 'timeline':
      return timelineClicked(context, button.value);
    case 'open-entry':
      return openEntry(context, button.value);
    case 'open-erase':
      return openErase(context, button.value);
    case 'erase':
      return eraseClicked(context, button.value);
    case 'declare':
      return void (await context.open(
        declareModal({
          catalog: room.door.catalog,
          zone,
          data: button.value.channel ? { channel: button.value.channel } : {},
        }),
      ));
    case 'report-review':
    case 'report-file':
    case 'report-status':
    case 'open-section':
    case 'open-whys':
    case 'open-follow-ups':
    case 'open-follow-up':
    case 'open-waive':
      return reviewClicked(context, button);
    case 'pick':
      return context.done();
  }
}

/** Refused, and true, when this form could only be refused now. */
async function over(
  context: ButtonContext,
  incident: number,
  form: 'run' | 'resolve' | 'roles',
): Promise<boolean> {
  const refused = await overFor(context.room, incident, form);
  if (refused) await context.refused(refused);
  return refused !== undefined;
}

async function stale(context: ButtonContext, over: string | undefined): Promise<void> {
  if (over !== undefined) await context.refused({ ok: false, code: 'stale', says: over });
}
