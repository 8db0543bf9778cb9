// Views: whatever the state and whoever wrote the texts, Slack takes the blocks and nobody is pinged by them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interactiveElements } from '../../sandbox/slack/blocks/interactive.ts';
import { problems, textLength } from '../../sandbox/slack/blocks/problems.ts';
import { viewProblems } from '../../sandbox/slack/blocks/view-problems.ts';
import type { Param } from '../../src/runbooks/runbook.ts';
import { section } from '../../src/slack/blocks.ts';
import { cut, cutMarked } from '../../src/slack/fit.ts';
import { readButton } from '../../src/slack/ids.ts';
import { card, cardText, channelName, topic } from '../../src/slack/views/card.ts';
import { evidenceMessage } from '../../src/slack/views/evidence.ts';
import { gateBlocks } from '../../src/slack/views/gate.ts';
import { helpBlocks } from '../../src/slack/views/help.ts';
import { leftMessage, leftPage } from '../../src/slack/views/left.ts';
import { keepAskedMessage } from '../../src/slack/views/left-told.ts';
import { declaredModal, declareModal, openedModal } from '../../src/slack/views/modals/declare.ts';
import {
  addLeftModal,
  goneModal,
  keepModal,
  keepRestModal,
  moveModal,
} from '../../src/slack/views/modals/left.ts';
import { runModal } from '../../src/slack/views/modals/run.ts';
import { chooseModal, phraseModal, reasonModal } from '../../src/slack/views/modals/steps.ts';
import { noteModal, pickModal, resolveModal, roleModal } from '../../src/slack/views/modals/write.ts';
import { announcement, orientation } from '../../src/slack/views/orientation.ts';
import { offerMessage, targetMessage } from '../../src/slack/views/proposals.ts';
import { repeatedMessage } from '../../src/slack/views/repeated.ts';
import { runMessage } from '../../src/slack/views/run.ts';
import { targetList } from '../../src/slack/views/targets.ts';
import { tellLine } from '../../src/slack/views/tell.ts';
import { timelinePage } from '../../src/slack/views/timeline.ts';
import { answeredMessage, tryOf, waitMessage } from '../../src/slack/views/wait.ts';
import { events } from './events.ts';
import { catalog } from './fixtures.ts';
import { incidents, words } from './states.ts';

const at = { run: 1, step: 's0', try: 1 };

/** Only mrkdwn can call somebody; plain text and values cannot. */
function marked(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(marked);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  if (type === 'mrkdwn') return [String(text)];
  return Object.values(value).flatMap(marked);
}

/** Slack takes them, they are short enough together, every button can be read back, and nothing calls everybody. */
function sound(blocks: readonly unknown[], most = 13_200): void {
  expect(problems(blocks, 'message')).toEqual([]);
  expect(textLength(blocks)).toBeLessThanOrEqual(most);
  for (const element of interactiveElements(blocks))
    expect(
      readButton(String(element.action_id), String(element.value)),
      String(element.action_id),
    ).toBeDefined();
  const text = JSON.stringify(marked(blocks));
  expect(text).not.toMatch(/<!(channel|here|everyone)>/);
  expect(text).not.toContain('<@U0ANYBODY>');
  expect(text).not.toContain('<https://evil.example|');
}

const runs = { numRuns: 150 };
const given = { zone: 'UTC', owner: 'UANA' };

describe('messages', () => {
  it('card, topic, channel name', () => {
    fc.assert(
      fc.property(incidents, (incident) => {
        sound(card(incident));
        expect(topic(incident).length).toBeLessThanOrEqual(250);
        expect(channelName(incident)).toMatch(/^inc-7(-[a-z0-9-]*[a-z0-9])?$/);
        expect(channelName(incident).length).toBeLessThanOrEqual(80);
        expect(cardText(incident)).not.toContain('<!channel>');
      }),
      runs,
    );
  });

  it('run', () => {
    fc.assert(
      fc.property(incidents, words, (incident, progress) => {
        for (const run of incident.runs.values())
          sound(
            runMessage(
              incident,
              run,
              [{ run: 1, step: 's0', try: 1, purpose: 'act', progress }],
              'https://x.example/p1',
            ),
          );
      }),
      runs,
    );
  });

  it('what waits for a person', () => {
    fc.assert(
      fc.property(incidents, events, (incident, event) => {
        const found = tryOf(incident, at);
        if (!found) return;
        const { run, one } = found;
        const approvers = { users: ['UBEN', '<!channel>'], usergroups: ['S1'] };
        const message = waitMessage({ incident, run, one, at, event, approvers });
        if (message) sound(message.blocks);
        sound(answeredMessage(run, one, { newer: 'https://x.example/p1' }).blocks);
        sound(answeredMessage(run, one, {}).blocks);
      }),
      { numRuns: 400 },
    );
  });

  it('target, offer, left, orientation, announcement', () => {
    fc.assert(
      fc.property(incidents, events, (incident, event) => {
        sound(leftMessage(incident).blocks);
        for (const page of [0, 1, 99]) sound(leftPage(incident, page).blocks);
        sound(gateBlocks(incident));
        for (const end of incident.looseEnds.values()) {
          const approvers = { users: ['UBEN', '<!channel>'], usergroups: ['S1'] };
          sound(keepAskedMessage(incident, end, approvers).blocks);
          const data = { incident: 7, looseEnd: end.id };
          for (const form of [keepModal(end, given, data), goneModal(end, data), moveModal(end, data)])
            expect(viewProblems(JSON.parse(JSON.stringify(form)))).toEqual([]);
        }
        const rest = [...incident.looseEnds.values()];
        const all = keepRestModal(rest, given, { incident: 7 });
        expect(viewProblems(JSON.parse(JSON.stringify(all)))).toEqual([]);
        sound(announcement(incident, 'C1').blocks);
        sound(targetList(incident));
        const about = orientation(incident);
        if (about) sound(about.blocks);
        if (event.type === 'target_proposed') sound(targetMessage(incident, event).blocks);
        const ended = incident.runs.get(1)?.ended;
        const offer = ended && offerMessage(incident, { ...event, type: 'run_ended', body: ended } as never);
        if (offer) sound(offer.blocks);
      }),
      runs,
    );
  });

  it('lines, evidence, timeline, help', () => {
    fc.assert(
      fc.property(incidents, events, words, (incident, event, typed) => {
        const line = tellLine(incident, event);
        if (line) sound([section(line)]);
        if (event.type === 'check_done' || event.type === 'check_repeated')
          sound(evidenceMessage(typed, event).blocks);
        const repeated = event.type === 'check_repeated' && repeatedMessage(incident, event);
        if (repeated) sound(repeated.blocks);
        const declared = {
          incident: 7,
          version: 1,
          at: 1_700_000_000_000,
          by: incident.declaredBy,
          command: 'c',
          type: 'incident_declared',
          body: incident.declared,
        } as const;
        const notes = Array.from({ length: 45 }, (_, index) => ({
          ...declared,
          version: index + 2,
          type: 'note_added' as const,
          body: {
            entry: `n${index}`,
            kind: 'note' as const,
            text: typed,
            at: 1_700_000_000_000 + index,
            precision: 'exact' as const,
            source: { kind: 'slack' as const },
            late: false,
          },
        }));
        sound(timelinePage(7, [declared, ...notes], 'UTC', { page: 1 }).blocks);
        const row = {
          title: typed,
          severity: 'SEV1',
          status: 'fixing',
          private: false,
          quiet: false,
          channel: 'C1',
          declaredAt: 1_700_000_000_000,
        };
        const seen = Array.from({ length: 30 }, (_, number) => ({ number, row }));
        sound(helpBlocks(['observe', 'operate'], seen, 'UTC', { typed }));
      }),
      { numRuns: 60 },
    );
  });
});

const param = (more: Partial<Param>): Param => ({ type: 'string', label: 'Which?', required: true, ...more });

describe('modals', () => {
  it('fit whatever is in them', () => {
    fc.assert(
      fc.property(incidents, words, (incident, text) => {
        const step = { incident: 7, at };
        const systems = Array.from({ length: 120 }, (_, n) => ({
          ...catalog.systems[0],
          id: `s${n}`,
          title: text,
        }));
        const row = {
          title: text,
          severity: 'SEV1',
          status: 'fixing',
          private: false,
          quiet: false,
          declaredAt: 0,
        };
        const params = {
          a: param({ label: text, default: text }),
          b: param({ type: 'enum', options: Array.from({ length: 120 }, (_, n) => `${n}`) }),
          c: param({ type: 'k8s/pod' }),
          d: param({ type: 'bool' }),
          e: param({ type: 'int', min: 1, max: 2 }),
        };
        const runbook = { ...incident.runs.get(1)?.runbook, params, summary: text } as never;
        const listed = { id: 'a', title: text, summary: text, hash: 'abc', runbook };
        const ask = { kind: 'ask', id: 's0', form: params, choices: [] } as never;
        const modals = [
          declareModal({
            catalog: { systems: systems as never },
            zone: 'UTC',
            title: text,
            noticed: text,
            data: { channel: 'C1', message: { channel: 'C1', ts: '1.2' } },
          }),
          declareModal({ catalog: { systems: [] }, zone: 'UTC', data: {} }),
          declaredModal(7, text),
          openedModal(7, text, { id: 'C1', name: text }),
          noteModal(7, 'UTC', text),
          roleModal(7),
          resolveModal(7, 'UTC', text),
          pickModal(
            Array.from({ length: 120 }, (_, number) => ({ number, row })),
            { message: { channel: 'C1', ts: '1.2' } },
          ),
          pickModal([], { message: { channel: 'C1', ts: '1.2' } }),
          reasonModal('alone', { ...step, hash: 'a' }),
          phraseModal(text, text, { ...step, hash: 'a' }),
          chooseModal(
            { title: text, choices: [{ id: 'a', label: text }], step: ask, chosen: 'a', reasonNeeded: true },
            step,
          ),
          addLeftModal('UTC', { incident: 7 }),
          runModal({ incident: 7, listed: [] }),
          runModal({
            incident: 7,
            listed: [listed, { id: 'b', title: text, summary: text, hash: '', broken: text }],
          }),
          runModal({ incident: 7, listed: [listed], chosen: listed, loading: true }),
          runModal({
            incident: 7,
            listed: [listed],
            chosen: listed,
            values: { a: 'x' },
            choices: {
              c: [
                { value: 'p', label: text },
                { value: 'x'.repeat(500), label: 'too long' },
              ],
            },
          }),
        ];
        for (const modal of modals) expect(viewProblems(JSON.parse(JSON.stringify(modal)))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

it('a cut text keeps whole characters, entities and code', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 400 }), (text, most) => {
      expect(cut(text, most).length).toBeLessThanOrEqual(most);
      expect(cut(text, most).isWellFormed()).toBe(text.isWellFormed() || cut(text, most).isWellFormed());
      expect(cutMarked(text, most).length).toBeLessThanOrEqual(Math.max(most, 5));
    }),
  );
  expect(cutMarked('a &amp; b', 8)).toBe('a …');
  expect(cutMarked('<https://a.example|words>', 20)).toBe('…');
  expect(cutMarked('```code code code```', 16)).toBe('```code cod\n…```');
});
