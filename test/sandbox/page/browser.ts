// A real Chromium for the tests of the page: fresh each time, and everything it should not do is written down.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import type { LocalSlackOptions } from '../../../sandbox/slack/server.ts';
import { programOf } from '../../support/requirements.ts';
import { type Mode, type Running, start } from '../slack/bot.ts';
import { furnish, options } from './page-bot.ts';

export interface Tab {
  page: Page;
  /** The message box of the channel. */
  box: ReturnType<Page['getByRole']>;
}

export interface Stage extends Running {
  /** What the bot heard. */
  heard: string[];
  context: BrowserContext;
  /** Errors of the page, and requests to other hosts: a test expects none. */
  problems: string[];
  open(path?: string): Promise<Tab>;
  /** With the test, so that a failed one leaves what a person would have seen. */
  close(test?: TestContext): Promise<void>;
}

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function stage(
  size: { width: number; height: number } = { width: 1280, height: 800 },
  more: Partial<LocalSlackOptions> = {},
  // The bot's socket gives up after a third of a second without an answer, which a busy machine can take.
  mode: Mode = 'http',
): Promise<Stage> {
  const heard: string[] = [];
  const running = await start(mode, (app) => furnish(app, heard), { ...options, ...more });
  const folder = mkdtempSync(join(tmpdir(), 'handrail-page-'));
  const problems: string[] = [];
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: programOf('chromium', 'chromium'),
    args,
    viewport: size,
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Tokyo',
    locale: 'en-GB',
  });
  // As patient as everything else that waits on a busy machine.
  context.setDefaultTimeout(60_000);
  context.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(running.slack.url).host)
      problems.push(`asked another host: ${request.url()}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  context.on('weberror', (error) => problems.push(String(error.error())));
  return {
    ...running,
    heard,
    context,
    problems,
    async open(path = '/') {
      const first = context.pages()[0];
      const page = first?.url() === 'about:blank' ? first : await context.newPage();
      await page.goto(running.slack.url + path);
      return { page, box: page.getByRole('textbox', { name: /^Message / }) };
    },
    async close(test) {
      if (test?.task.result?.state === 'fail') await tellPages(context);
      await context.close();
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a person would have seen when the test failed: a waiting that came to nothing does not say it. */
async function tellPages(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) {
    const seen = await page
      .evaluate(() => {
        const focused = document.activeElement;
        const where = focused?.getAttribute('aria-label') ?? focused?.tagName;
        const fields = [...document.querySelectorAll('textarea, input')].map(
          (each) => `${each.getAttribute('aria-label')}: ${(each as HTMLInputElement).value}`,
        );
        return { focused: where, fields, text: document.body.innerText.slice(-3000) };
      })
      .catch(String);
    console.error(`the page at ${page.url()} when the test failed:`, seen);
  }
}

/** Presses Tab (or Shift+Tab) until something with this name has the focus; fails after a hundred. */
export async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 100; presses += 1) {
    const words = await page.evaluate(() => {
      const active = document.activeElement;
      return active?.getAttribute('aria-label') ?? active?.textContent?.trim() ?? '';
    });
    if (name.test(words)) return;
    seen.push(words.slice(0, 30));
    await page.keyboard.press(key);
  }
  throw new Error(`the Tab key never reached ${name}; it was at: ${seen.join(' | ')}`);
}

/** Nothing may be wider than the window: what sticks out of it cannot be reached. */
export const widerThanWindow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const scrolls = (element: Element): boolean => {
      for (let each: Element | null = element; each !== null; each = each.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(each).overflowX)) return true;
      return false;
    };
    return [...document.querySelectorAll('body *')]
      .filter((each) => {
        const { left, right, width } = each.getBoundingClientRect();
        const style = getComputedStyle(each);
        const isShown = style.visibility !== 'hidden' && style.clipPath === 'none' && width > 1;
        return isShown && !scrolls(each) && (right > window.innerWidth + 1 || left < -1);
      })
      .map((each) => `${each.tagName}.${each.className}`);
  });
