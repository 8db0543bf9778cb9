/** Every action says on what it was tried, the tests that it names are about it, and the page is what they say. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { actionsPage } from './actions-page.ts';
import { TRIED } from './tried-on.ts';

const page = fileURLToPath(new URL('../../docs/actions.md', import.meta.url));

describe('the table of actions', () => {
  it('has every action once, and nothing else', () => {
    expect(Object.keys(TRIED).sort()).toEqual(actions.map(({ name }) => name).sort());
  });

  it.each(Object.entries(TRIED))('%s names tests that are about it', (name, { on, tests }) => {
    expect(on.length).toBeGreaterThan(0);
    expect(tests.length).toBeGreaterThan(0);
    const [, verb = ''] = name.split('.');
    const texts = tests.map((file) =>
      readFileSync(new URL(file.startsWith('/') ? `..${file}` : file, import.meta.url), 'utf8'),
    );
    expect(texts.some((text) => new RegExp(`\\b${verb}\\b`).test(text))).toBe(true);
  });

  it('is the page (else: HANDRAIL_WRITE_ACTIONS=1)', () => {
    if (process.env['HANDRAIL_WRITE_ACTIONS'] === '1') writeFileSync(page, actionsPage(actions));
    expect(readFileSync(page, 'utf8')).toBe(actionsPage(actions));
  });
});
