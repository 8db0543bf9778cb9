// The whole sandbox with the real bot, worked through the page in Chromium: by two people, by keyboard alone, in a narrow window.
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { pidpPatroni } from '../../sandbox/scenarios/pidp-patroni.ts';
import { tabTo, widerThanWindow } from '../sandbox/page/browser.ts';
import { describeWith } from '../support/requirements.ts';
import { type Stage, stage } from './page-stage.ts';

const TEST_MS = 300_000;
const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 390, height: 844 };
const TITLE = 'web-api is not ready';
const CHANNEL = /^inc-1-web-api-is-not-ready/;

let there: Stage | undefined;
afterEach(async ({ task }) => {
  const { problems = [] } = there ?? {};
  if (task.result?.state === 'fail' && there) {
    const log = readFileSync(there.sandbox.logFile, 'utf8').split('\n').slice(-15);
    process.stderr.write(`${[...(await there.seen()), ...log].join('\n')}\n`);
  }
  await there?.close();
  there = undefined;
  expect(problems).toEqual([]);
});

const box = (page: Page): Locator => page.getByRole('textbox', { name: /^Message / });
const dialogOf = (page: Page, name: string | RegExp): Locator => page.getByRole('dialog', { name });

async function type(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Enter');
}

async function choose(page: Page, dialog: Locator, select: RegExp, offer: RegExp): Promise<void> {
  await dialog.getByRole('button', { name: select }).click();
  await page.getByRole('option', { name: offer }).click();
}

async function declare(page: Page): Promise<void> {
  await type(page, '/incident start');
  const dialog = dialogOf(page, 'Declare an incident');
  await dialog.getByRole('textbox', { name: 'What is wrong?' }).fill(TITLE);
  await choose(page, dialog, /^How bad/, /^SEV1/);
  await dialog.getByRole('button', { name: 'Declare', exact: true }).click();
  const done = dialogOf(page, 'INC-1');
  await done.getByText('Open').waitFor();
  await done.getByRole('button', { name: 'Close' }).last().click();
  await done.waitFor({ state: 'detached' });
}

/** The messages of one step: the newest one says how it went. */
const ofStep = (page: Page, words: RegExp): Locator =>
  page.getByRole('article').filter({ hasText: words }).last();

async function resolve(page: Page): Promise<void> {
  await type(page, '/incident resolve');
  const dialog = dialogOf(page, 'Resolve INC-1');
  await dialog
    .getByRole('textbox', { name: /^What brought it back/ })
    .fill('The members have an image that starts.');
  await dialog.getByRole('button', { name: 'The service is back' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Gives what the opened report says. */
async function readReport(page: Page): Promise<string> {
  await page
    .getByRole('button', { name: /^Open / })
    .last()
    .click();
  const report = page.locator('.document');
  await report.getByRole('heading').first().waitFor();
  return report.innerText();
}

describeWith(['chromium'], 'the sandbox through its page', () => {
  it(
    'takes two people from /incident start to the opened report',
    async () => {
      there = await stage(WIDE);
      const { sandbox } = there;
      const { plan } = sandbox;
      const ana = await there.open('ana');
      await declare(ana);
      await ana.getByRole('link', { name: CHANNEL }).click();
      await ana.getByRole('heading', { name: `INC-1 ${TITLE}` }).waitFor();
      const ben = await there.open('ben');
      await ben.getByRole('link', { name: CHANNEL }).click();

      await type(ana, '/incident run check-patroni');
      const run = dialogOf(ana, 'Run a runbook');
      await choose(ana, run, /^Which workload|^Workload/, new RegExp(`^${plan.api}`));
      await run.getByRole('button', { name: 'Start', exact: true }).click();
      await ana.getByRole('button', { name: 'Yes, this is the target' }).click();
      for (const page of [ana, ben])
        await page.getByText(`Confirmed target: StatefulSet ${plan.used.name}`).first().waitFor();

      await ana.getByRole('button', { name: 'Run a runbook' }).first().click();
      await choose(ana, run, /^Runbook/, /scale-utility-pod/);
      await run.getByText('Utility deployment').first().waitFor();
      await run.getByRole('button', { name: 'Start', exact: true }).click();
      const scale = new RegExp(`Scale ${plan.utility} from 0 to 1`);
      await ofStep(ana, scale).getByText('Leaves behind').waitFor();
      await ana.getByRole('button', { name: 'Confirm', exact: true }).click();
      for (const page of [ana, ben])
        await page
          .getByRole('article')
          .filter({ hasText: scale })
          .getByText(/Verified\./)
          .first()
          .waitFor();

      const utility = sandbox.world.cluster.store.get('Deployment', plan.namespace, plan.utility);
      expect(utility).toMatchObject({ spec: { replicas: 1 }, status: { readyReplicas: 1 } });

      await pidpPatroni.platformPerson.repair(sandbox.world);
      await type(ana, '/incident run dump-db');
      const leader = plan.used.members[plan.used.leader]?.name ?? '';
      // The members of the confirmed target are offered with what each of them is.
      await choose(ana, run, /^Dump from which member\?/, new RegExp(leader));
      await run.getByRole('textbox', { name: 'Database' }).fill(plan.database);
      await run
        .getByRole('textbox', { name: 'Why now?' })
        .fill('A copy before the old members are touched again');
      await run.getByRole('button', { name: 'Start', exact: true }).click();
      await ana.getByRole('button', { name: 'Ask for approval' }).click();
      await ben.getByRole('button', { name: 'Approve', exact: true }).click();
      for (const page of [ana, ben])
        await page
          .getByRole('article')
          .filter({ hasText: new RegExp(`Dump ${plan.database} from`) })
          .getByText(/Verified\./)
          .first()
          .waitFor();

      await type(ben, '/incident note the look-alike is healthy, and nothing uses it');
      await ana.getByText('the look-alike is healthy, and nothing uses it').first().waitFor();
      await resolve(ana);
      for (const page of [ana, ben]) {
        const report = await readReport(page);
        expect(report).toContain(TITLE);
        expect(report).toContain(plan.used.name);
        expect(report).toContain('the look-alike is healthy, and nothing uses it');
        expect(report).toMatch(scale);
        expect(report).toContain('approved by Ben Osei');
      }
    },
    TEST_MS,
  );

  it(
    'can be worked through with the keyboard alone',
    async () => {
      there = await stage(WIDE);
      const page = await there.open('ana');
      const { keyboard } = page;
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
      await expect.poll(focused).toBe('Message #general');
      await keyboard.type('/incident start');
      await keyboard.press('Enter');
      await dialogOf(page, 'Declare an incident').waitFor();
      await expect.poll(focused).toBe('What is wrong?');
      await keyboard.type(TITLE);
      await tabTo(page, /^Declare$/);
      await keyboard.press('Enter');
      await dialogOf(page, 'INC-1').getByText('Open').waitFor();
      await keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: CHANNEL }).waitFor();
      await tabTo(page, CHANNEL, 'Shift+Tab');
      await keyboard.press('Enter');
      await page.getByRole('heading', { name: `INC-1 ${TITLE}` }).waitFor();
      await expect.poll(focused).toMatch(/^Message #inc-1-/);

      await keyboard.type('/incident run scale-utility-pod');
      await keyboard.press('Enter');
      await dialogOf(page, 'Run a runbook')
        .getByRole('button', { name: /^Utility deployment/ })
        .waitFor();
      await tabTo(page, /^Start$/);
      await keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Confirm', exact: true }).waitFor();
      await tabTo(page, /^Confirm$/, 'Shift+Tab');
      await keyboard.press('Enter');
      await page
        .getByText(/Verified\./)
        .first()
        .waitFor();

      await tabTo(page, /^Message #inc-1-/);
      await keyboard.type('/incident resolve');
      await keyboard.press('Enter');
      await dialogOf(page, 'Resolve INC-1').waitFor();
      await expect.poll(focused).toMatch(/^What brought it back/);
      await keyboard.type('The utility pod runs.');
      await tabTo(page, /^The service is back$/);
      await keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page
        .getByRole('button', { name: /^Open / })
        .first()
        .waitFor();
      await tabTo(page, /^Open /, 'Shift+Tab');
      await keyboard.press('Enter');
      await page.locator('.document').getByRole('heading').first().waitFor();
      expect(await page.locator('.document').innerText()).toContain('The utility pod runs.');
      await keyboard.press('Escape');
      await expect.poll(focused).toMatch(/^Message #inc-1-/);
    },
    TEST_MS,
  );

  it(
    'fits a window of 390 pixels',
    async () => {
      there = await stage(NARROW);
      const page = await there.open('ana');
      const fits = async () => {
        expect(await widerThanWindow(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      };
      await declare(page);
      await page.getByRole('button', { name: 'Channels and people' }).click();
      await page.getByRole('link', { name: CHANNEL }).click();
      await page.getByRole('heading', { name: `INC-1 ${TITLE}` }).waitFor();
      expect(await page.getByRole('link', { name: /^general/ }).isVisible()).toBe(false);
      await fits();

      await page.getByRole('button', { name: 'Run a runbook' }).first().click();
      const run = dialogOf(page, 'Run a runbook');
      await choose(page, run, /^Runbook/, /scale-utility-pod/);
      await run.getByRole('button', { name: /^Utility deployment/ }).waitFor();
      await fits();
      await run.getByRole('button', { name: 'Start', exact: true }).click();
      const confirm = page.getByRole('button', { name: 'Confirm', exact: true });
      await confirm.waitFor();
      await fits();
      // A finger needs as much.
      expect((await confirm.boundingBox())?.height).toBeGreaterThanOrEqual(40);
      await confirm.click();
      await page
        .getByText(/Verified\./)
        .first()
        .waitFor();
      await fits();

      await resolve(page);
      expect(await readReport(page)).toContain(TITLE);
      await fits();
      await page.getByRole('button', { name: 'Back to the channel' }).click();
      await box(page).waitFor();
    },
    TEST_MS,
  );
});
