// The sandbox with the real bot, and a Chromium in which people open it; what the page should not do is written down.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { PidpPlan } from '../../sandbox/scenarios/pidp/plan.ts';
import { pidpPatroni } from '../../sandbox/scenarios/pidp-patroni.ts';
import { testServer } from '../support/database.ts';
import { programOf } from '../support/requirements.ts';

/** ms that a person waits for one thing: a step has its own processes, and a test may share its machine. */
const PATIENCE_MS = 60_000;

export interface Stage {
  readonly sandbox: Sandbox<PidpPlan>;
  /** Errors of the page, and requests to other hosts. */
  readonly problems: string[];
  open(who: string): Promise<Page>;
  /** What each tab shows at its end, for a person to judge after a failure. */
  seen(): Promise<string[]>;
  close(): Promise<void>;
}

export async function stage(viewport: { width: number; height: number }): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), 'handrail-e2e-page-'));
  const closers: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })];
  const close = async () => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const sandbox = await openSandbox({
      scenario: pidpPatroni,
      seed: 1,
      profile: 'default',
      port: 0,
      home,
      zone: 'America/Vancouver',
      stepMs: 40,
      rateLimits: 'off',
      server: await testServer(),
      say: () => undefined,
    });
    closers.push(() => sandbox.close());
    const problems: string[] = [];
    const context: BrowserContext = await chromium.launchPersistentContext(join(home, 'chromium'), {
      executablePath: programOf('chromium', 'chromium'),
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      viewport,
      reducedMotion: 'reduce',
      locale: 'en-GB',
    });
    closers.push(() => context.close());
    context.setDefaultTimeout(PATIENCE_MS);
    const { host } = new URL(sandbox.slack.url);
    context.on('request', (request) => {
      if (new URL(request.url()).host !== host) problems.push(`asked another host: ${request.url()}`);
    });
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
    });
    context.on('weberror', (error) => problems.push(String(error.error())));
    return {
      sandbox,
      problems,
      async open(who) {
        const page = await context.newPage();
        await page.goto(`${sandbox.slack.url}/?as=${who}`);
        return page;
      },
      seen: () =>
        Promise.all(
          context.pages().map(async (page) => {
            const dialog = page.getByRole('dialog');
            const shown = (await dialog.count()) > 0 ? dialog.last() : page.locator('body');
            return `${page.url()}\n${(await shown.innerText()).slice(-1500)}`;
          }),
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
