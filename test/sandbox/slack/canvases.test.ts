// Canvases of channels as the real WebClient meets them: one a channel, in the Markdown that Slack takes.

import type { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack, LocalSlackOptions } from '../../../sandbox/slack/server.ts';
import { code, refusal, withoutBot } from './web-client.ts';

let slack: LocalSlack;
let client: WebClient;
let bugs: Error[];
let channel: string;

async function begin(options: Partial<LocalSlackOptions> = {}) {
  ({ slack, bugs, client } = await withoutBot(options));
  channel = (await client.conversations.create({ name: 'inc-1' })).channel?.id ?? '';
}
beforeEach(() => begin());
afterEach(async () => {
  await slack.close();
  expect(bugs).toEqual([]);
});

const content = (markdown: string) => ({ type: 'markdown' as const, markdown });
const create = (markdown: string, channel_id = channel) =>
  client.conversations.canvases.create({ channel_id, title: 'Report', document_content: content(markdown) });
const replace = (canvas_id: string, markdown: string) =>
  client.canvases.edit({
    canvas_id,
    changes: [{ operation: 'replace', document_content: content(markdown) }],
  });

describe('a canvas', () => {
  it('is made once, found in the channel, looked into and written over', async () => {
    const { canvas_id: id = '' } = await create('# Report\n\nINC-1: one line\n');
    expect(await code(create('# Again'))).toBe('channel_canvas_already_exists');
    const { channel: info } = await client.conversations.info({ channel });
    expect(info).toMatchObject({ properties: { canvas: { file_id: id, is_empty: false } } });
    const look = async (contains_text: string) =>
      (await client.canvases.sections.lookup({ canvas_id: id, criteria: { contains_text } })).sections;
    expect(await look('INC-1: one')).toHaveLength(1);
    expect(await look('INC-12')).toEqual([]);
    await replace(id, '## Other\n');
    expect(slack.state.channels.get(channel)?.canvas?.markdown).toBe('## Other\n');
    expect(await code(replace('F0', 'x'))).toBe('canvas_not_found');
  });

  it.each([
    ['#### Four', 'Unsupported heading level'],
    ['- a\n  1. b', 'Unsupported list in a list of another kind'],
    ['- a\n  > b', 'Unsupported block in a list: blockquote'],
    [`| a | b |\n| - | - |\n${'| c | d |\n'.repeat(150)}`, 'Unsupported table type'],
    ['<!-- x -->', 'Unsupported HTML'],
  ])('does not take %j', async (markdown, detail) => {
    expect(await refusal(create(markdown))).toMatchObject({
      error: 'canvas_creation_failed',
      detail: `'content' error: line 1: ${detail}`,
    });
    const { canvas_id: id = '' } = await create('# Report');
    expect(await code(replace(id, markdown))).toBe('canvas_editing_failed');
  });

  it('is not there where the plan or the workspace has none', async () => {
    for (const [options, says] of [
      [{ canvases: 'none' }, 'team_tier_cannot_create_channel_canvases'],
      [{ canvases: 'disabled' }, 'canvas_disabled_user_team'],
    ] as const) {
      await slack.close();
      await begin(options);
      expect(await code(create('x'))).toBe(says);
    }
    await slack.close();
    await begin({ plan: 'free' });
    await create('x');
    expect(await code(create('x'))).toBe('free_team_canvas_tab_already_exists');
  });
});
