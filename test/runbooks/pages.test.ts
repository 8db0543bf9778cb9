import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { lint } from 'markdownlint/sync';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { stalePages, staleWords } from '../../src/cli/runbook-docs.ts';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import { markdown } from '../../src/report/markdown.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { pageOf } from '../../src/runbooks/page/page.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { register as agreed } from '../support/register.ts';
import { whole } from './marked.ts';

const folder = fileURLToPath(new URL('../../runbooks', import.meta.url));

const problemsOf = (text: string) =>
  (lint({ strings: { page: text }, config: { default: true, MD013: false } })['page'] ?? []).map(
    (one) => `${one.lineNumber} ${one.ruleNames[0]} ${one.ruleDescription}`,
  );

describe('the pages of the runbooks', () => {
  it('say what their runbooks say', async () => {
    const { files } = await readRunbookFolder(folder);
    const stale = await stalePages(loadLibrary(files, register, ''), folder, register);
    // The message is what to do: handrail runbook docs.
    expect(stale.map(({ file }) => staleWords(file))).toEqual([]);
  });

  it('have every part', () => {
    const { runbook } = parseRunbook(
      whole.replace(
        'params:',
        'docs: { meaning: It is down., impact: Nobody can log in., mitigation: Call the owner. }\nparams:',
      ),
      'example.yaml',
      agreed,
    );
    if (!runbook) throw new Error('it does not load');
    const page = markdown(pageOf(runbook, 'example.yaml', agreed, new Set(['example'])));
    const headings = page.split('\n').filter((line) => line.startsWith('#'));
    expect(headings).toEqual([
      '# An example',
      '## Meaning',
      '## Impact',
      '## Diagnosis',
      '## Mitigation',
      '## Parameters',
      '## Way through',
      '## Steps',
      '### 1. What runs now?',
      '### 2. Scale \\<workload>',
    ]);
    for (const words of [
      'checks 1, changes 1, by hand 0',
      'It is down.',
      'Nobody can log in.',
      'Call the owner.',
      '| `workload` | Which? (k8s/deployment, required) |',
      '- **Confirmed by**: one click',
      '- **Undo**: sets back what was before',
      '- It runs \\<scale.after>, until the incident is closed. It is gone when k8s.replicas says out.desired == steps.scale.plan.before.',
      '| **bad** | \\<ready> of \\<desired> ready. | `out.ready < out.desired` |',
      '```mermaid\nflowchart TD\n',
    ])
      expect(page).toContain(words);
    expect(problemsOf(page)).toEqual([]);
  });

  const words = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      '# not a heading',
      '- not an item',
      '1. one',
      '```',
      '`',
      '<script>alert(1)</script>',
      '[x](javascript:alert(1))',
      '![x](y)',
      '| a | b |',
      'a\\|b',
      '---',
      '***',
      'a\n\n\nb',
      '&amp;',
      'https://example.org/a_b_c',
      '*',
    ),
  );
  it('stay Markdown of the same shape whatever is written in a runbook', () => {
    const { runbook } = parseRunbook(whole, 'example.yaml', agreed);
    if (!runbook) throw new Error('it does not load');
    const shape = (page: string) => page.split('\n').filter((line) => /^(#|```|\| -)/.test(line)).length;
    const wanted = shape(markdown(pageOf(runbook, 'x.yaml', agreed, new Set())));
    fc.assert(
      fc.property(words, words, (one, other) => {
        const changed: Runbook = {
          ...runbook,
          title: one,
          summary: other,
          docs: { meaning: one, impact: other, mitigation: other },
          steps: runbook.steps.map((step) => ({ ...step, title: other, why: one })),
        };
        const withDocs = wanted + 2;
        const page = markdown(pageOf(changed, 'x.yaml', agreed, new Set()));
        expect(shape(page)).toBe(withDocs);
        expect(page).not.toMatch(/^<|[^\\]<script/m);
        expect(page).not.toContain('](javascript');
      }),
      { numRuns: 150 },
    );
  });
});
