// How much of what a step keeps is posted: all of it, one line, or nothing.
import { describe, expect, it } from 'vitest';
import { publishEvidence } from '../../src/slack/publish/evidence.ts';
import type { Stage } from '../../src/slack/publish/stage.ts';

const bodies = {
  check_done: { verdict: 'bad', says: 'It stopped.' },
  act_done: { outcome: 'made', says: 'Done. path /x.' },
  verified: { held: true, says: 'Verified.' },
} as const;

async function posted(type: keyof typeof bodies, share: 'summary' | 'thread' | 'none'): Promise<string[]> {
  const at = { run: 1, step: 'why', try: 1 };
  const evidence = { fields: { log: 'line one\nline two' }, hash: 'abcdef0123456789' };
  const event = { type, version: 9, body: { ...at, ...bodies[type], evidence, seconds: 1 } };
  const step = { id: 'why', kind: 'check', capture: { keep: ['log'], share } };
  const tries = [{ try: 1, title: 'Why did it stop?' }];
  const run = { runbook: { steps: [step] }, steps: new Map([['why', { tries }]]) };
  const messages: string[] = [];
  const stage = {
    shown: { incident: { number: 7, runs: new Map([[1, run]]) }, event },
    posted: () => ({ ts: '1.1' }),
    post: async (key: string, channel: string, message: unknown, where: unknown) => {
      messages.push(JSON.stringify({ key, channel, message, where }));
      return { ts: '2.2' };
    },
    attempt: async () => undefined,
  };
  await publishEvidence(stage as unknown as Stage, 'C1', at);
  return messages;
}

describe('evidence', () => {
  it.each(['check_done', 'act_done', 'verified'] as const)(
    'of %s: in the thread, with its fields',
    async (type) => {
      const [message = '', ...others] = await posted(type, 'thread');
      expect(others).toEqual([]);
      expect(message).toContain('line one');
      expect(message).toContain('abcdef012345');
      expect(message).toContain('"thread":"1.1"');
      expect(message).toContain(bodies[type].says);
    },
  );

  it.each(['check_done', 'act_done'] as const)('of %s: one line', async (type) => {
    const [message = '', ...others] = await posted(type, 'summary');
    expect(others).toEqual([]);
    expect(message).toContain('Why did it stop?');
    expect(message).toContain(bodies[type].says);
    expect(message).not.toContain('line one');
    expect(JSON.parse(message)).toMatchObject({ message: { blocks: [{ type: 'context' }] } });
  });

  it('of a verification: the change itself has said its line', async () => {
    expect(await posted('verified', 'summary')).toEqual([]);
  });

  it.each(['check_done', 'act_done', 'verified'] as const)('of %s: nothing', async (type) => {
    expect(await posted(type, 'none')).toEqual([]);
  });
});
