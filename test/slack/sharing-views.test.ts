// Updates, handovers and the quiet question: whatever is in them, Slack takes the blocks, and only who is needed is called.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interactiveElements } from '../../sandbox/slack/blocks/interactive.ts';
import { problems, textLength } from '../../sandbox/slack/blocks/problems.ts';
import { viewProblems } from '../../sandbox/slack/blocks/view-problems.ts';
import type { EventOf } from '../../src/incidents/events.ts';
import { handoverDraft, updateDraft } from '../../src/incidents/so-far.ts';
import { readButton } from '../../src/slack/ids.ts';
import { handoverMessage } from '../../src/slack/views/handover.ts';
import { handoverModal } from '../../src/slack/views/modals/handover.ts';
import { stillModal, updateModal } from '../../src/slack/views/modals/update.ts';
import { quietAskedAgain, quietMessage } from '../../src/slack/views/quiet.ts';
import {
  reminderAnswered,
  updateInside,
  updateOutside,
  updateReminder,
} from '../../src/slack/views/update.ts';
import type { Message } from '../../src/slack/views/waiting.ts';
import { incidents, instant, person, words } from './states.ts';

function sound({ blocks, text }: Message): void {
  expect(problems(blocks, 'message')).toEqual([]);
  expect(textLength(blocks)).toBeLessThanOrEqual(13_200);
  for (const element of interactiveElements(blocks))
    expect(
      readButton(String(element.action_id), String(element.value)),
      String(element.action_id),
    ).toBeDefined();
  const all = `${JSON.stringify(blocks)} ${text}`;
  expect(all).not.toMatch(/<!(channel|here|everyone)>/);
  expect(all).not.toContain('<@U0ANYBODY>');
  expect(all).not.toContain('<https://evil.example|');
}
const link = 'https://x.example/p1';

it('messages', () => {
  fc.assert(
    fc.property(incidents, words, person, instant, (incident, typed, by, at) => {
      const common = { incident: 7, version: 100, at, by, command: 'c' };
      const text = typed.slice(0, 3000) || 'x';
      const update = {
        ...common,
        type: 'update_posted',
        body: { update: 'U100', text, next: at, outside: true },
      } as EventOf<'update_posted'>;
      const handed = {
        ...common,
        type: 'handed_over',
        body: { role: typed.slice(0, 40), from: by, to: by, says: text },
      } as EventOf<'handed_over'>;
      const missed = { ...common, type: 'update_missed', body: { promised: at } } as EventOf<'update_missed'>;
      sound(updateOutside(incident, update));
      for (const outside of [
        { kind: 'posted', link },
        { kind: 'not configured' },
        { kind: 'refused', channel: typed },
        { kind: 'kept' },
      ] as const)
        sound(updateInside(incident, update, outside));
      sound(updateReminder(incident, missed));
      sound(reminderAnswered(link));
      sound(handoverMessage(incident, handed));
      sound(quietAskedAgain(link));
      sound(quietMessage(incident, { version: 100, since: at }));
      sound(quietMessage(incident, { version: 100, since: at, snoozed: { until: at, by } }));
      sound(quietMessage(incident, { version: 100, since: at, over: { version: 101, at, by } }));
    }),
    { numRuns: 150 },
  );
});

it('of a private incident, words for others hold neither title nor number nor channel', () => {
  fc.assert(
    fc.property(incidents, (incident) => {
      const declared = { ...incident.declared, title: 'payroll leaks', private: true };
      const event = {
        incident: 7,
        version: 100,
        at: 1,
        by: { id: 'slack:UANA', name: 'Ana' },
        command: 'c',
        type: 'update_posted',
        body: { update: 'U100', text: 'we are on it', outside: true },
      } as EventOf<'update_posted'>;
      const shown = JSON.stringify(updateOutside({ ...incident, declared }, event));
      expect(shown).not.toMatch(/payroll|INC-7|<#C1>/);
    }),
    { numRuns: 30 },
  );
});

it('forms', () => {
  fc.assert(
    fc.property(incidents, words, fc.boolean(), (incident, text, hidden) => {
      const views = [
        updateModal({ incident: 7, draft: updateDraft(incident, 1), channel: 'status', hidden }),
        updateModal({ incident: 7, draft: text, channel: 'C0123456', hidden }),
        updateModal({ incident: 7, draft: '', channel: undefined, hidden }),
        stillModal(7),
        handoverModal({ incident: 7, role: 'lead', to: 'UANA', draft: handoverDraft(incident, 1) }),
        handoverModal({
          incident: 7,
          role: text.slice(0, 40),
          draft: { conditions: text, actions: text, needs: text },
        }),
      ];
      for (const view of views) expect(viewProblems(JSON.parse(JSON.stringify(view)))).toEqual([]);
      const asks = JSON.stringify(views[0]).includes('"block_id":"yes"');
      expect(asks).toBe(hidden);
    }),
    { numRuns: 100 },
  );
});
