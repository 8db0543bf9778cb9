// The page by keyboard alone, in a window of 390 pixels, after links, and when something is missing.

import { afterEach, expect, it } from 'vitest';
import { startLocalSlack } from '../../../sandbox/slack/server.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { type Stage, stage, tabTo, widerThanWindow } from './browser.ts';
import { card, crew } from './page-bot.ts';

let there: Stage | undefined;
let problemsExpected: RegExp | undefined;
afterEach(async (test) => {
  const { problems = [], bugs = [] } = there ?? {};
  await there?.close(test);
  there = undefined;
  const unexpected = problems.filter((each) => problemsExpected?.test(each) !== true);
  problemsExpected = undefined;
  expect({ unexpected, bugs }).toEqual({ unexpected: [], bugs: [] });
});

/** The bot's card in #general, posted without a command. */
async function postCard({ app, slack }: Stage): Promise<string> {
  const channel = slack.channel('general');
  await app.client.conversations.join({ channel });
  const posted = await app.client.chat.postMessage({ channel, text: 'INC-1', blocks: card('investigating') });
  return posted.ts ?? '';
}

describeWith(['chromium'], 'the page', () => {
  it('can be used with the keyboard alone', async () => {
    there = await stage();
    const { page } = await there.open('/');
    const { keyboard } = page;
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    await expect.poll(focused).toBe('Message #general');
    await keyboard.type('/incident start');
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await expect.poll(focused).toBe('What is wrong?');
    await keyboard.type('Timeouts of web-api');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    expect(await focused()).toBe('Severity: SEV2');
    await keyboard.press('Tab');
    await keyboard.press('Space');
    await keyboard.type('sam');
    await keyboard.press('Enter');
    await keyboard.press('Escape');
    expect(await focused()).toBe('Invite (optional): Sam Lindqvist');
    await tabTo(page, /^Start$/);
    await keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Message #general');

    await page.getByRole('link', { name: /inc-1-web-api-timeouts/ }).waitFor();
    await tabTo(page, /^general/, 'Shift+Tab');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Take the lead' }).waitFor();
    await expect.poll(focused).toBe('Message #inc-1-web-api-timeouts');
    await tabTo(page, /^Scale to 0$/, 'Shift+Tab');
    await keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Not now');
    await keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await tabTo(page, /^Take the lead$/, 'Shift+Tab');
    await keyboard.press('Enter');
    await page.getByText(/^Status\s*fixing$/).waitFor();

    await tabTo(page, /^Handrail, \d\d:\d\d$/);
    await keyboard.press('ArrowUp');
    await keyboard.press('ArrowUp');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await tabTo(page, /^React with a pushpin$/);
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'pushpin, 1: you' }).waitFor();
    await tabTo(page, /^Answer in a thread$/);
    await keyboard.press('Enter');
    await expect.poll(focused).toBe('Answer in the thread');
    await keyboard.type('found it');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: /1 reply/ }).waitFor();
    await keyboard.press('Escape');
    await expect.poll(focused).toBe('Message #inc-1-web-api-timeouts');
    await keyboard.type('a slip');
    await keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'a slip' }).waitFor();
    await keyboard.press('ArrowUp');
    await expect.poll(focused).toBe('Edit the message');
    await keyboard.type(' of the pen');
    await keyboard.press('Enter');
    await page.getByText('a slip of the pen').waitFor();
  });

  it('fits into 390 pixels', async () => {
    there = await stage({ width: 390, height: 780 });
    const ts = await postCard(there);
    there.slack.as('sam').say('general', `${'Word'.repeat(80)} https://example.com/${'x'.repeat(200)}`);
    there.slack.as('alex').say('general', `\`\`\`${'kubectl '.repeat(40)}\`\`\``, { thread_ts: ts });
    const { page, box } = await there.open('/?as=alex');
    await page.getByText('Take the lead').waitFor();
    expect(await widerThanWindow(page)).toEqual([]);

    await page.getByRole('button', { name: 'Channels and people' }).click();
    await page.getByRole('link', { name: /^incidents/ }).click();
    await page.getByText('This is the start of #incidents.').waitFor();
    expect(await page.getByRole('link', { name: /^general/ }).isVisible()).toBe(false);
    await page.goBack();

    await page.getByRole('button', { name: /1 reply/ }).click();
    const thread = page.getByRole('complementary', { name: /^Thread/ });
    expect((await thread.boundingBox())?.width).toBe(390);
    expect(await widerThanWindow(page)).toEqual([]);
    await thread.getByRole('button', { name: 'Back to the channel' }).click();

    await page.getByRole('button', { name: '4 members' }).click();
    const members = page.getByRole('complementary', { name: 'Members, 4' });
    await members.waitFor();
    // The panel is seen a moment before it listens.
    await waitUntil('the members are closed', async () => {
      await page.keyboard.press('Escape');
      return !(await members.isVisible());
    });

    await box.fill('/incident start');
    await box.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Start an incident' });
    const frame = await dialog.boundingBox();
    expect(frame === null ? 0 : frame.x + frame.width).toBeLessThanOrEqual(390);
    await dialog.getByRole('button', { name: /^Invite/ }).click();
    await page.getByRole('option', { name: /Featherstonehaugh/ }).click();
    expect(await widerThanWindow(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('goes to a message that a link names, however old, and into its thread', async () => {
    there = await stage();
    const { slack } = there;
    const sam = slack.as('sam');
    const channel = slack.channel('general');
    const old = sam.say('general', 'the one that is meant');
    for (let each = 0; each < 320; each += 1) sam.say('general', `message ${each}`);
    const reply = sam.say('general', 'deep down', { thread_ts: old });
    const link = `${slack.url.replace('127.0.0.1', 'localhost')}/archives/${channel}/p${reply.replace('.', '')}`;
    sam.say('general', `see <${link}?thread_ts=${old}&cid=${channel}|there>`);

    const { page } = await there.open(`/archives/${channel}/p${old.replace('.', '')}?as=robin`);
    const marked = page.locator('article.is-marked');
    await marked.filter({ hasText: 'the one that is meant' }).waitFor();
    expect(await marked.evaluate((each) => each.getBoundingClientRect().top > 0)).toBe(true);
    const again = await there.open('/?as=robin');
    await again.page.getByRole('link', { name: 'there' }).click();
    const thread = again.page.getByRole('complementary', { name: /^Thread/ });
    await thread.locator('article.is-marked', { hasText: 'deep down' }).waitFor();
    expect(new URL(again.page.url()).searchParams.get('as')).toBe('robin');
    expect(await again.page.getByText('message 0', { exact: true }).count()).toBe(0);
    await again.page.getByRole('button', { name: 'Show earlier messages' }).click();
    await again.page.getByText('message 150', { exact: true }).waitFor();
  });

  it('says what went wrong, keeps what was typed, and does not lose what it cannot show', async () => {
    there = await stage(undefined, { ackTimeoutMs: 1000 }, 'socket');
    const { app, slack } = there;
    await postCard(there);
    const { page, box } = await there.open('/?as=robin');
    await box.fill('/incident silence');
    await box.press('Enter');
    await page.getByText('/incident failed because the app did not respond.').waitFor();
    expect(await box.inputValue()).toBe('/incident silence');
    await box.fill('/incidents');
    await box.press('Enter');
    await page.getByText('/incidents is not a valid command.').waitFor();
    await page.getByRole('button', { name: 'Note', exact: true }).click();
    await page.getByText('That failed because the app did not respond.').waitFor();

    await app.client.chat.postMessage({
      channel: slack.channel('general'),
      text: 'plan',
      blocks: [
        { type: 'plan', title: 'The plan' } as never,
        { type: 'image', image_url: 'https://pictures.example/a.png', alt_text: 'a graph' },
      ],
    });
    await page.getByText('This page does not show plan.').waitFor();
    await page.getByText('Picture: a graph').waitFor();
    await app.stop();
    await page.getByText('Handrail is not connected').waitFor();
  });

  it("shows a channel's canvas, as it is now", async () => {
    there = await stage();
    const { app, slack } = there;
    const channel = slack.channel('general');
    await app.client.conversations.join({ channel });
    const { page } = await there.open('/?as=robin');
    const content = (markdown: string) => ({ type: 'markdown' as const, markdown });
    const { canvas_id = '' } = await app.client.conversations.canvases.create({
      channel_id: channel,
      title: 'Report of INC-1',
      document_content: content('# Report\n\n| What | Who |\n| - | - |\n| dump | ana |\n'),
    });
    await page.getByRole('button', { name: 'Canvas', exact: true }).click();
    const contents = page.getByRole('region', { name: 'Contents of Report of INC-1' });
    await contents.getByRole('cell', { name: 'dump' }).waitFor();
    const document_content = content('# Report\n\nNothing is left.\n');
    await app.client.canvases.edit({ canvas_id, changes: [{ operation: 'replace', document_content }] });
    await contents.getByText('Nothing is left.').waitFor();
    expect(await contents.getByRole('cell').count()).toBe(0);
  });

  it('catches up after the connection was lost', async () => {
    problemsExpected = /ERR_|Failed to load resource/;
    there = await stage();
    const { page } = await there.open('/?as=robin');
    await page.getByText('Type /incident start here.').waitFor();
    const port = Number(new URL(there.slack.url).port);
    await there.slack.close();
    await page.getByText('The connection to the sandbox is lost.').waitFor();
    const again = await startLocalSlack({ people: crew, port });
    try {
      again.as('sam').say('general', 'said while nobody listened');
      await page.getByText('said while nobody listened').waitFor({ timeout: 20_000 });
      again.as('sam').say('general', 'and live again');
      await page.getByText('and live again').waitFor();
      expect(await page.getByText('The connection to the sandbox is lost.').count()).toBe(0);
    } finally {
      await again.close();
    }
  });
});
