// The page in a real browser: from the first visit through a command, its form and its channel to the report, as two people.

import { afterEach, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.ts';
import { until } from '../slack/bot.ts';
import { type Stage, stage, type Tab, widerThanWindow } from './browser.ts';
import { report } from './page-bot.ts';

let there: Stage | undefined;
afterEach(async (test) => {
  const { problems = [], bugs = [] } = there ?? {};
  await there?.close(test);
  there = undefined;
  expect({ problems, bugs }).toEqual({ problems: [], bugs: [] });
});

async function declare({ page, box }: Tab, invite?: string): Promise<void> {
  await box.fill('/incident start');
  await box.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Start an incident' });
  await dialog.getByRole('textbox', { name: 'What is wrong?' }).fill('Timeouts of web-api');
  await dialog.getByRole('button', { name: /^Severity/ }).click();
  await page.getByRole('option', { name: 'SEV2' }).click();
  if (invite !== undefined) {
    await dialog.getByRole('button', { name: /^Invite/ }).click();
    await page.getByRole('option', { name: invite }).click();
    await page.keyboard.press('Escape');
  }
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

describeWith(['chromium'], 'the page in a browser', () => {
  it('leads a newcomer from the hint through a form with errors to the channel', async () => {
    there = await stage();
    const { page, box } = await there.open('/');
    await page.getByText('Type /incident start here.').waitFor();
    expect(await page.getByRole('banner').first().innerText()).toContain(
      'Sandbox: a local stand-in for Slack',
    );
    await page.getByRole('button', { name: /You act as Robin Okafor/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('as')).toBe('robin');

    await box.fill('/inc');
    await page.getByRole('option', { name: /\/incident start \| note/ }).waitFor();
    await page.keyboard.press('Tab');
    expect(await box.inputValue()).toBe('/incident ');
    await page.keyboard.type('start');
    await page.keyboard.press('Enter');

    const dialog = page.getByRole('dialog', { name: 'Start an incident' });
    const title = dialog.getByRole('textbox', { name: 'What is wrong?' });
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    await dialog.getByText('Please complete this required field.').first().waitFor();
    expect(await dialog.getByText('Please complete this required field.').count()).toBe(2);
    expect(await title.evaluate((each) => each === document.activeElement)).toBe(true);

    await title.fill('test');
    await dialog.getByRole('button', { name: /^Severity/ }).click();
    await page.getByRole('option', { name: 'SEV2' }).click();
    await dialog.getByRole('button', { name: /^Invite/ }).click();
    await page.getByRole('option', { name: 'Sam' }).click();
    await page.keyboard.press('Escape');
    await dialog.getByLabel(/Since when/).fill('2026-11-20T10:15');
    await dialog.getByText('It is a drill').click();
    await dialog.getByText('Private').click();
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    await dialog.getByText('Say what is wrong, not “test”.').waitFor();
    expect(await title.getAttribute('aria-invalid')).toBe('true');
    await title.fill('Timeouts of web-api');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });

    const [values] = there.heard.map((each) => JSON.parse(each));
    expect(values).toMatchObject({
      title: { v: { value: 'Timeouts of web-api' } },
      severity: { v: { selected_option: { value: 'SEV2' } } },
      invite: { v: { selected_users: [there.slack.as('sam').user.id] } },
      kind: { v: { selected_option: { value: 'It is a drill' } } },
      more: { v: { selected_options: [{ value: 'private' }] } },
    });
    // The clock of the person's zone counts, not the browser's.
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/Vancouver',
      dateStyle: 'short',
      timeStyle: 'short',
    }).format(values.since.v.selected_date_time * 1000);
    expect(shown).toBe('2026-11-20 10:15');

    await page.getByRole('link', { name: /inc-1-web-api-timeouts, new messages/ }).click();
    await page.getByText('INC-1: timeouts of web-api').waitFor();
    await page.getByText('SEV2 · Timeouts of web-api · nobody leads yet').first().waitFor();
    expect(await page.getByRole('link', { name: 'web-api in the catalogue' }).getAttribute('href')).toBe(
      'https://docs.example/web-api',
    );
    expect(page.url()).toContain('/archives/C');
    expect(await widerThanWindow(page)).toEqual([]);
  });

  it('shows two people the same, live, and each what is theirs', async () => {
    there = await stage();
    const robin = await there.open('/?as=robin');
    await declare(robin, 'Sam');
    const sam = await there.open('/?as=sam');
    await sam.page.getByRole('link', { name: /inc-1-web-api-timeouts, new messages/ }).click();
    await robin.page.bringToFront();
    await robin.page.getByRole('link', { name: /inc-1-web-api-timeouts/ }).click();

    await sam.page.getByText('nobody yet').waitFor();
    await robin.page.getByRole('button', { name: 'Take the lead' }).click();
    for (const { page } of [robin, sam]) {
      await page.getByText(/^Status\s*fixing$/).waitFor();
      await page.getByText('@Robin Okafor leads. @dbas may approve.').waitFor();
      expect(await page.getByText('nobody yet').count()).toBe(0);
    }

    await robin.box.fill('Is it the *database*? @sam');
    await robin.box.press('Enter');
    expect(await sam.page.locator('strong', { hasText: 'database' }).innerText()).toBe('database');
    await sam.page.getByText('@Sam Lindqvist', { exact: true }).last().waitFor();

    await robin.box.fill('/incident help');
    await robin.box.press('Enter');
    await robin.page.getByText('Only visible to you').waitFor();
    await robin.page.getByText('You typed help.').waitFor();
    expect(await sam.page.getByText('You typed help.').count()).toBe(0);

    const scale = sam.page.getByRole('button', { name: 'Scale to 0' });
    await scale.click();
    const question = sam.page.getByRole('alertdialog', { name: 'Scale web-api to 0?' });
    expect(await question.innerText()).toContain('4 pods in a1b2c3-prod stop.');
    await sam.page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(await sam.page.getByText('1 reply').count()).toBe(0);
    await scale.click();
    await question.getByRole('button', { name: 'Scale to 0' }).click();

    await robin.page.getByRole('button', { name: /1 reply/ }).click();
    await robin.page
      .getByRole('complementary', { name: /^Thread/ })
      .getByText('web-api: 4 -> 0')
      .waitFor();
    await robin.page.getByRole('button', { name: 'Open Report of INC-1' }).click();
    const panel = robin.page.getByRole('complementary', { name: 'Report of INC-1' });
    await panel.getByRole('cell', { name: 'Robin Okafor' }).waitFor();
    await panel.getByRole('button', { name: 'Source' }).click();
    expect(await panel.locator('pre').innerText()).toBe(report);
    const [download] = await Promise.all([
      robin.page.waitForEvent('download'),
      panel.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('inc-1-report.md');

    await robin.page.getByRole('button', { name: 'Status: nothing chosen' }).click();
    await robin.page.getByRole('option', { name: 'cause found' }).click();
    await until(() => there?.heard.includes('status: cause found'));
    await robin.page.getByRole('button', { name: 'More actions' }).click();
    await robin.page.getByRole('menuitem', { name: 'Severity' }).click();
    await until(() => there?.heard.includes('more: Severity'));
  });

  it('lets one write, change, mark and answer messages, and use the shortcuts', async () => {
    there = await stage();
    const { page, box } = await there.open('/?as=robin');
    await box.fill('first line');
    await box.press('Shift+Enter');
    await page.keyboard.type('second <b>line</b>');
    await box.press('Enter');
    const message = page.getByRole('article').filter({ hasText: 'second <b>line</b>' });
    await message.hover();
    await message.getByRole('button', { name: 'React with a pushpin' }).click();
    await message.getByRole('button', { name: 'pushpin, 1: you' }).waitFor();
    await message.hover();
    await message.getByRole('button', { name: 'Add a reaction' }).click();
    await page.getByRole('button', { name: 'eyes', exact: true }).click();
    await message.getByRole('button', { name: 'eyes, 1: you' }).waitFor();
    await message.getByRole('button', { name: 'eyes, 1: you' }).click();
    await message.getByRole('button', { name: 'eyes, 1: you' }).waitFor({ state: 'detached' });

    const choose = async (item: string) => {
      await message.hover();
      await message.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await choose('Add to the timeline');
    await until(() => there?.heard.includes('noted: first line\nsecond &lt;b&gt;line&lt;/b&gt;'));
    await choose('Pin to the channel');
    await page.getByRole('button', { name: '1 pinned' }).click();
    await page
      .getByRole('complementary', { name: /^Pinned/ })
      .getByText('first line')
      .waitFor();
    await page.keyboard.press('Escape');

    await choose('Edit');
    const edit = page.getByRole('textbox', { name: 'Edit the message' });
    expect(await edit.inputValue()).toBe('first line\nsecond <b>line</b>');
    await edit.fill('changed second <b>line</b>');
    await edit.press('Enter');
    await message.getByText('(edited)').waitFor();

    await message.hover();
    await message.getByRole('button', { name: 'Answer in a thread' }).click();
    const thread = page.getByRole('complementary', { name: /^Thread/ });
    const answer = thread.getByRole('textbox', { name: 'Answer in the thread' });
    await answer.fill('/incident note x');
    await answer.press('Enter');
    await thread.getByText('Slack takes no commands in threads.').waitFor();
    await answer.fill('an answer');
    await answer.press('Enter');
    await thread.getByRole('article').filter({ hasText: 'an answer' }).waitFor();
    await answer.press('Escape');
    await thread.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Shortcuts' }).click();
    await page.getByRole('menuitem', { name: 'Declare an incident' }).click();
    await page.getByRole('dialog', { name: 'Start an incident' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Handrail', exact: true }).click();
    await page.getByRole('button', { name: 'Start an incident' }).click();
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.getByRole('link', { name: /^general/ }).click();
    await choose('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('This message was deleted.').waitFor();

    await page.getByRole('button', { name: 'New channel' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('database talk');
    await page.getByText('Private: only its members see it').click();
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('This is the start of the private channel #database-talk.').waitFor();
    await page.getByRole('button', { name: /You act as Robin/ }).click();
    await page.getByRole('menuitem', { name: 'Sam Lindqvist @sam' }).click();
    await page.getByText('Sam Lindqvist cannot see that channel, or it does not exist.').waitFor();
    expect(await page.getByRole('link', { name: 'database-talk' }).count()).toBe(0);
  });
});
