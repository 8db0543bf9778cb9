/** The forms and messages around one entry stay within what Slack takes, whatever people wrote. */
import { describe, expect, it } from 'vitest';
import { viewProblems } from '../../sandbox/slack/blocks/view-problems.ts';
import type { Event, EventOf } from '../../src/incidents/events.ts';
import { begin, evolve } from '../../src/incidents/evolve.ts';
import { type Entry, timeline } from '../../src/incidents/timeline.ts';
import { fitBlocks, textLength } from '../../src/slack/fit.ts';
import { readModal } from '../../src/slack/ids.ts';
import { eraseAsked, erasedMessage } from '../../src/slack/views/erase.ts';
import { entryModal, eraseModal } from '../../src/slack/views/modals/entry.ts';
import { declaration, type Story, story } from '../support/story.ts';

const hostile = '<!channel> `x` & <@U1> *b* 𝒳\u202e'.repeat(400);
const ann = { id: 'slack:UANN', name: hostile };
const ben = { id: 'slack:UBEN', name: 'Ben' };
const entry = `pin-${'C'.repeat(40)}-1700000000.000100`;

function written(): Story {
  const s = story('2024-01-10', 'Asia/Kathmandu').at('09:40');
  s.add(ann, 'incident_declared', declaration({ since: s.now(), zone: 'Asia/Kathmandu' }));
  s.add(ann, 'note_added', {
    entry,
    kind: 'note',
    text: hostile.slice(0, 8000),
    at: s.now(),
    until: s.now() + 3_600_000,
    precision: 'about',
    source: { kind: 'slack', channel: 'C1', ts: '1.1' },
    late: false,
  });
  for (let index = 0; index < 9; index++)
    s.add(ann, 'entry_corrected', {
      entry,
      why: 'corrected',
      text: hostile.slice(0, index === 8 ? 2900 : 8000),
      reason: hostile.slice(0, 1000),
    });
  return s;
}

const noted = (events: readonly Event[]): Entry => {
  const found = timeline(events).find(({ id }) => id === entry);
  if (!found) throw new Error('the note has no line');
  return found;
};
const stateOf = (events: readonly Event[]) => {
  const [first, ...rest] = events;
  const state = begin(first as EventOf<'incident_declared'>);
  for (const event of rest) evolve(state, event);
  return state;
};

describe('the form of an entry', () => {
  it('fits, and gives back what was shown', () => {
    const s = written();
    const { events } = s;
    const view = entryModal(7, noted(events), 'Asia/Kathmandu', s.now());
    expect(viewProblems(view as never)).toEqual([]);
    expect(view.private_metadata?.length).toBeLessThanOrEqual(3000);
    const read = readModal(view.callback_id ?? '', view.private_metadata ?? '');
    expect(read).toMatchObject({
      modal: 'entry',
      data: { incident: 7, entry, precision: 'about', hidden: false },
    });
    expect(JSON.stringify(view)).toContain('*At first:*');
  });

  it('does not cut words that are too long for a field: they stay when nothing is typed', () => {
    const s = written();
    s.add(ann, 'entry_corrected', { entry, why: 'corrected', text: 'long '.repeat(1000) });
    const view = entryModal(7, noted(s.events), 'UTC', s.now());
    expect(viewProblems(view as never)).toEqual([]);
    expect(JSON.stringify(view)).toContain('too long for a form');
    expect(JSON.stringify(view)).not.toContain('initial_value');
  });

  it('to erase one fits as well', () => {
    expect(viewProblems(eraseModal(7, entry) as never)).toEqual([]);
  });
});

describe('the message that asks a second person', () => {
  it('fits, repeats no word of the entry, and loses its buttons once it is done', () => {
    const s = written();
    s.add(ann, 'erase_asked', { erase: 'E12', entry, reason: hostile.slice(0, 1000) });
    const asked = s.events.at(-1) as EventOf<'erase_asked'>;
    const open = eraseAsked(stateOf(s.events), asked);
    expect(fitBlocks(open.blocks)).toEqual(open.blocks);
    expect(JSON.stringify(open)).toContain('hr:erase');
    expect(JSON.stringify(open)).not.toMatch(/<!channel>|<@U1>/);
    s.add(ben, 'entry_erased', {
      erase: 'E12',
      entry,
      left: [{ version: 2, body: '{}' }],
      reason: asked.body.reason,
      askedBy: ann,
    });
    const done = s.events.at(-1) as EventOf<'entry_erased'>;
    expect(JSON.stringify(eraseAsked(stateOf(s.events), asked))).not.toContain('hr:erase');
    const message = erasedMessage(stateOf(s.events), done);
    expect(textLength(message.blocks)).toBeLessThan(2000);
    expect(JSON.stringify(message)).not.toMatch(/<!channel>|<@U1>/);
  });
});
