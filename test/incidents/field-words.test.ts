// Fields of an answer as words: names opened, yes and no, one form everywhere.
import { describe, expect, it } from 'vitest';
import { fieldName, fieldWords, inlineWords } from '../../src/incidents/field-words.ts';
import { clause, sentence } from '../../src/incidents/sentence.ts';
import { valueWords } from '../../src/report/model/evidence.ts';
import { fieldLines } from '../../src/slack/views/evidence.ts';

describe('fields in words', () => {
  it.each([
    ['last_exit_code', 'last exit code'],
    ['lastExitCode', 'last exit code'],
    ['podIP', 'pod IP'],
    ['sha256', 'sha256'],
    ['reachable', 'reachable'],
    ['app.kubernetes.io/name', 'app.kubernetes.io/name'],
    ['PGHOST_RW', 'PGHOST_RW'],
  ])('%s is %s', (name, words) => expect(fieldName(name)).toBe(words));

  it('are separated and have a colon each', () => {
    expect(fieldWords({ exists: false, reachable: 3, lastExitCode: 1, image: '', missing: [] })).toBe(
      'exists: no · reachable: 3 · last exit code: 1 · image: none · missing: none',
    );
  });

  it('a map keeps its keys: they may be labels', () => {
    expect(inlineWords({ tier_name: 'db', ready: true })).toBe('tier_name=db  ready=yes');
  });

  it('Slack and the report say a list of objects in the same words', () => {
    const pods = [{ name: 'web-1', exit_code: 1, ready: false }];
    expect(fieldLines({ not_ready: pods })).toEqual([
      'not ready:',
      '  - name: web-1 · exit code: 1 · ready: no',
    ]);
    expect(valueWords(pods)).toBe('name: web-1 · exit code: 1 · ready: no');
  });
});

describe('sentences', () => {
  it('have one full stop', () => {
    expect(sentence('Look at how it last ended.')).toBe('Look at how it last ended.');
    expect(sentence('It is gone')).toBe('It is gone.');
    expect(clause('Look at how it last ended. ')).toBe('Look at how it last ended');
  });
});
