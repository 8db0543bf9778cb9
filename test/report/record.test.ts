/** The last section says where the record stood, so that a later change of it can be shown. */
import { expect, it } from 'vitest';
import { report } from '../../src/report/report.ts';
import { read } from '../support/markdown.ts';
import { pidpNight } from '../support/pidp-night.ts';

const options = { profile: 'default', people: 'names' } as const;
const hash = '0123456789abcdef'.repeat(4);

it('gives the number of entries, the hash of the last, and the command that checks them', () => {
  const { markdown } = report(pidpNight(), { ...options, head: { version: 123, hash } });
  const last = markdown.split('\n## ').at(-1) ?? '';
  expect(last).toMatch(/^Record\n/);
  expect(last).toContain('123 entries are in the record of INC-1 so far.');
  expect(last).toContain(`\`${hash}\``);
  expect(last).toContain('`handrail timeline verify INC-1 --head 0123456789abcdef`');
  expect(read(markdown).problems).toEqual([]);
});

it('says nothing of a record that nobody has read', () => {
  expect(report(pidpNight(), options).markdown).not.toContain('## Record');
});
