/** Plays the scenario with the scripted responder and takes the pictures of the page that the documents show. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { buttonsOf, type Seen } from '../sandbox/responder/hands.ts';
import { playPidpPatroni } from '../sandbox/responder/pidp-patroni.ts';
import { openSandbox } from '../sandbox/sandbox.ts';
import { pidpPatroni } from '../sandbox/scenarios/pidp-patroni.ts';
import type { Actor, LocalSlack } from '../sandbox/slack/server.ts';
import { programOf } from '../test/support/real-programs.ts';

/** Of a picture in a document: more makes a clone slow. */
const MOST_BYTES = 250_000;
const PATIENCE_MS = 60_000;
const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 390, height: 844 };
const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

interface Pressing {
  readonly who: string;
  readonly channel: string;
  readonly label: string;
  readonly title: string;
}

/** The same Slack; `look` is awaited before a person presses a button in a message. */
function lookedAt(slack: LocalSlack, look: (pressing: Pressing) => Promise<void>): LocalSlack {
  const as = (who: string): Actor => {
    const actor = slack.as(who);
    return {
      ...actor,
      async click(channel, ts, target, options) {
        const message = (actor.history(channel) as unknown as Seen[]).find((one) => one.ts === ts);
        const button = message && buttonsOf(message).find((one) => one.target.action_id === target.action_id);
        if (message && button) await look({ who, channel, label: button.label, title: message.text });
        return actor.click(channel, ts, target, options);
      },
    };
  };
  return { ...slack, as };
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'handrail-pictures-'));
  const closers: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })];
  try {
    const sandbox = await openSandbox({
      scenario: pidpPatroni,
      seed: 1,
      profile: 'default',
      port: 0,
      home,
      zone: 'America/Vancouver',
      rateLimits: 'off',
      say,
    });
    closers.push(() => sandbox.close());
    const { slack, plan, world } = sandbox;
    const contexts = new Map<{ width: number; height: number }, BrowserContext>();
    for (const viewport of [WIDE, NARROW]) {
      const context = await chromium.launchPersistentContext(join(home, `chromium-${viewport.width}`), {
        executablePath: programOf('chromium', 'chromium'),
        args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
        viewport,
        reducedMotion: 'reduce',
        colorScheme: 'light',
        locale: 'en-GB',
      });
      closers.push(() => context.close());
      contexts.set(viewport, context);
    }
    const open = async (size: typeof WIDE, who: string, channel: string): Promise<Page> => {
      const page = await (contexts.get(size) as BrowserContext).newPage();
      await page.goto(`${slack.url}/archives/${channel}?as=${who}`);
      return page;
    };
    const take = async (page: Page, name: string): Promise<void> => {
      // What the pointer is on shows its tools.
      await page.mouse.move(640, 10);
      await page.evaluate(() => document.fonts.ready);
      const path = join(folder, `${name}.png`);
      await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
      const { size } = statSync(path);
      say(`  ${name}.png, ${Math.round(size / 1000)} kB`);
      if (size > MOST_BYTES)
        throw new Error(`${name}.png has ${size} bytes; at most ${MOST_BYTES} are wanted`);
      await page.close();
    };

    let incident = '';
    const taken = new Set<string>();
    const watched = lookedAt(slack, async ({ who, channel, label, title }) => {
      incident = channel;
      const isScale = label === 'Confirm' && title.startsWith(`Scale ${plan.utility}`);
      const sizes = isScale
        ? { incident: WIDE, narrow: NARROW }
        : label === 'Approve'
          ? { approval: WIDE }
          : {};
      for (const [name, size] of Object.entries(sizes)) {
        if (taken.has(name)) continue;
        taken.add(name);
        // What the bot told about the last shortcut is still open.
        if (slack.as(who).currentView()) await slack.as(who).closeView(undefined, { all: true });
        const page = await open(size, who, channel);
        await page.getByRole('button', { name: label, exact: true }).last().waitFor();
        await take(page, name);
      }
    });
    await playPidpPatroni({
      plan,
      slack: watched,
      say: (line) => say(`- ${line}`),
      repair: () => pidpPatroni.platformPerson.repair(world),
      patienceMs: PATIENCE_MS,
    });
    const page = await open(WIDE, 'ana', incident);
    await page
      .getByRole('button', { name: /^Open / })
      .last()
      .click();
    await page.locator('.document').getByRole('heading').first().waitFor();
    await take(page, 'report');
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

await main();
