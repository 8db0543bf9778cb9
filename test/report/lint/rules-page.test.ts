/** The page of the rules is what the rules say of themselves, and names what they are. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rules } from '../../../src/report/lint/rules.ts';
import { read } from '../../support/markdown.ts';
import { rulesPage } from './rules-page.ts';

const page = fileURLToPath(new URL('../../../docs/report-rules.md', import.meta.url));

describe('the rules of the review', () => {
  it('are the eighteen of the design, each once and in order', () => {
    expect(rules.map(({ code }) => code)).toEqual(
      [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20].map(
        (number) => `PIR${String(number).padStart(3, '0')}`,
      ),
    );
  });

  it('are the page (else: HANDRAIL_WRITE_REPORT_RULES=1)', () => {
    if (process.env['HANDRAIL_WRITE_REPORT_RULES'] === '1') writeFileSync(page, rulesPage(rules));
    expect(readFileSync(page, 'utf8')).toBe(rulesPage(rules));
    expect(read(rulesPage(rules)).problems).toEqual([]);
  });
});
