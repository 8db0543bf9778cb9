// Each rule finds its own thing in a file that breaks it, at the exact place.
import { describe, expect, it } from 'vitest';
import { lint } from '../../../src/report/lint/lint.ts';
import { rules } from '../../../src/report/lint/rules.ts';
import { context, good, marked } from './good-report.ts';
import { broken } from './rules-broken.ts';

describe('the review of a report', () => {
  it('has nothing to ask about a whole one', () => {
    expect(lint(good, context)).toEqual([]);
    expect(lint(good, { ...context, shared: true, team: ['Mira Sandoval', 'Teo Brandt'] })).toEqual([]);
  });

  it.each(broken)('$code: $name', ({ code, text, says, level, context: given = context }) => {
    const { text: file, line, column } = marked(text);
    const problems = lint(file, given).filter((one) => one.code === code);
    const wanted = level ?? rules.find((rule) => rule.code === code)?.level;
    expect(problems.map((one) => [one.line, one.column, one.level])).toEqual([[line, column, wanted]]);
    expect(problems[0]?.says).toMatch(says);
    expect(problems[0]?.remedy).toMatch(/^\S.{10,}\.?$/);
  });

  it('has a broken file for every rule', () => {
    expect([...new Set(broken.map(({ code }) => code))]).toEqual(rules.map(({ code }) => code));
    expect(rules).toHaveLength(18);
  });

  it('needs what the text cannot tell, and finds nothing without it', () => {
    for (const one of broken.filter(({ code }) => /PIR01[1678]/.test(code)))
      expect(lint(marked(one.text).text).map(({ code }) => code)).not.toContain(one.code);
  });

  it('gives no words of a secret away', () => {
    const one = broken.find(({ code }) => code === 'PIR016');
    expect(JSON.stringify(lint(marked(one?.text ?? '').text, context))).not.toContain('Xk92hfw0qPz');
  });
});
