// The list of what was left behind: its first line says why the incident cannot be closed, and each thing has the buttons
// that apply to it.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/incidents/state.ts';
import type { Block } from '../../src/slack/blocks.ts';
import { gateBlocks } from '../../src/slack/views/gate.ts';
import { leftMessage, leftPage } from '../../src/slack/views/left.ts';
import { remindedLine } from '../../src/slack/views/left-told.ts';
import { LeftStage } from '../support/left-stage.ts';
import { ana, ben } from '../support/pure-door.ts';

let stage: LeftStage;
beforeEach(async () => {
  stage = await new LeftStage().begin();
});

async function state(): Promise<Incident> {
  const found = await stage.door.incident(1);
  if (!found) throw new Error('INC-1 is not there');
  return found;
}
const textOf = (block: Block | undefined): string =>
  block?.type === 'section' ? (block.text?.text ?? '') : JSON.stringify(block ?? '');
const labels = (block: Block | undefined): string[] =>
  block?.type === 'actions'
    ? block.elements.flatMap((one) => (one.type === 'button' ? [one.text.text] : []))
    : [];
/** The buttons under the thing with this title. */
function buttonsUnder(blocks: readonly Block[], title: string): string[] {
  const at = blocks.findIndex((block) => block.type === 'section' && textOf(block).includes(`*${title}*`));
  return labels(blocks[at + 1]);
}
const list = async (): Promise<Block[]> => leftMessage(await state()).blocks;

describe('the first line', () => {
  it('says why it cannot be closed yet, and that it can', async () => {
    await stage.madeLarger();
    await stage.added({ title: 'a dump', sensitivity: 'personal-data' });
    expect(textOf((await list())[1])).toBe(
      'INC-1 cannot be closed yet: 1 with personal data or access (take it back, or two people keep it), 1 that nobody has decided about (take it back, keep it, or move it).',
    );
    expect(labels((await list()).at(-1))).toEqual([
      'Keep the other one, ask tomorrow 10:00',
      'Add',
      'Check again',
    ]);
    await stage.send(ana, { do: 'keep rest', reason: 'later' });
    const keep = { do: 'keep', looseEnd: 'M', reason: 'x', until: 'friday', owner: ana.person } as const;
    const dump = [...(await state()).looseEnds.keys()].at(-1) ?? '';
    await stage.send(ana, { ...keep, looseEnd: dump });
    await stage.send(ben, { do: 'agree keep', looseEnd: dump });
    await stage.send(ana, { do: 'resolve', at: stage.door.now });
    expect(textOf((await list())[1])).toBe('Nothing keeps INC-1 from being closed: /incident close');
    expect(gateBlocks(await state())).toEqual([]);
    expect(labels((await list()).at(-1))).toEqual(['Change what is kept', 'Add']);
  });

  it('says after the close that a time is over', async () => {
    const id = await stage.added();
    await stage.send(ana, { do: 'keep', looseEnd: id, reason: 'x', until: 'in 2 hours', owner: ben.person });
    await stage.send(ana, { do: 'resolve', at: stage.door.now });
    await stage.send(ana, { do: 'close' });
    expect((await list()).some((block) => textOf(block).includes('cannot be closed'))).toBe(false);
    for (const one of stage.reminders()) await stage.fallsDue(one);
    const blocks = await list();
    expect(textOf(blocks[1])).toBe(
      'The time until which 1 was kept is over. Is it gone? Else keep it longer, or move it to a ticket.',
    );
    expect(textOf(blocks[2])).toContain(':alarm_clock: kept');
    expect(textOf(blocks[2])).toContain('looked after by Ben');
  });
});

describe('the buttons of one thing', () => {
  it('that something can look at, and that a step can take back', async () => {
    await stage.madeLarger();
    expect(buttonsUnder(await list(), 'disk is larger')).toEqual([
      'Undo',
      'Check again',
      'Keep',
      'Move to a ticket',
    ]);
    await stage.send(ana, { do: 'keep rest', reason: 'later' });
    await stage.send(ana, { do: 'resolve', at: stage.door.now });
    await stage.send(ana, { do: 'close' });
    // Kept: a line, and its buttons on the page; nothing is undone in a closed incident.
    expect(buttonsUnder(await list(), 'disk is larger')).toEqual([]);
    expect(buttonsUnder(leftPage(await state(), 0).blocks, 'disk is larger')).toEqual([
      'Check again',
      'Keep longer',
      'Move to a ticket',
    ]);
  });

  it('that nothing can look at, before and after the first of two has said that it is gone', async () => {
    const id = await stage.added({ title: 'a pod' });
    expect(buttonsUnder(await list(), 'a pod')).toEqual(['It is gone', 'Keep', 'Move to a ticket']);
    await stage.send(ana, { do: 'say gone', looseEnd: id, says: 'deleted' });
    const blocks = await list();
    expect(buttonsUnder(blocks, 'a pod')[0]).toBe('It is gone: I looked too');
    expect(JSON.stringify(blocks)).toContain(
      'Ana says that it is gone: deleted. A second person has to say so too.',
    );
  });

  it('that is personal data: not moved, and kept by two', async () => {
    const id = await stage.added({ title: 'a dump', sensitivity: 'personal-data' });
    expect(buttonsUnder(await list(), 'a dump')).toEqual(['It is gone', 'Keep (two people)']);
    const keep = { do: 'keep', looseEnd: id, reason: 'review', until: 'friday', owner: ana.person } as const;
    await stage.send(ana, keep);
    expect(buttonsUnder(await list(), 'a dump')[0]).toBe('Agree to keep');
    expect(JSON.stringify(await list())).toContain('Ana wants to keep it until 2026-01-16 10:00: review.');
  });

  it('that was moved: a link and no button', async () => {
    const id = await stage.added({ title: 'a pod' });
    await stage.send(ana, { do: 'move', looseEnd: id, link: 'https://tracker.example.org/1' });
    expect(JSON.stringify(await list())).toContain(
      ':arrow_right: followed elsewhere  a pod – <https://tracker.example.org/1|https://tracker.example.org/1>',
    );
    expect(leftPage(await state(), 0).blocks.flatMap(labels)).toEqual([]);
  });
});

it('the question when a time is over calls each owner once; what was settled meanwhile is not in it', async () => {
  const ids = [await stage.added({ title: 'one' }), await stage.added({ title: 'two' })];
  const third = await stage.added({ title: 'three' });
  for (const looseEnd of [...ids, third])
    await stage.send(ana, { do: 'keep', looseEnd, reason: 'x', until: 'tomorrow', owner: ben.person });
  for (const one of stage.reminders()) await stage.fallsDue(one);
  await stage.send(ana, { do: 'move', looseEnd: third, link: 'https://tracker.example.org/1' });
  const event = stage.door.events.find(({ type }) => type === 'ends_reminded');
  if (event?.type !== 'ends_reminded') throw new Error('nobody was asked');
  expect(remindedLine(await state(), event)).toBe(
    ':alarm_clock: The time until which this was kept is over.\n• <@UBEN>: _two_, _one_\nIs it gone? Else keep it longer, or move it to a ticket: the list is below.',
  );
  const later = { ...event, body: { ...event.body, asks: 'channel' } };
  expect(remindedLine(await state(), later)).toContain('Nobody has answered for a day');
  for (const looseEnd of ids)
    await stage.send(ana, { do: 'move', looseEnd, link: 'https://tracker.example.org/1' });
  expect(remindedLine(await state(), later)).toBeUndefined();
});
