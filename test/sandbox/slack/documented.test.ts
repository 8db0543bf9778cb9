// Every error code written in a method is one that Slack documents for that method.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documented } from '../../../sandbox/slack/api/documented.ts';
import { methods } from '../../../sandbox/slack/api/methods.ts';

const folder = new URL('../../../sandbox/slack/api/', import.meta.url);
const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));

const CODE = /(?:fail\(\s*|mustBeMember\([^)]*, )'([a-z_]+)'/g;
const codesIn = (source: string) => [...source.matchAll(CODE)].map((match) => match[1] ?? '');

/** The text of each method's definition, by name. */
const definitions = sources.flatMap((source) =>
  source
    .split(/\n {2}(?=')/)
    .map((part) => [/^'([a-zA-Z.]+)': method\(/.exec(part)?.[1], part] as const)
    .filter((entry): entry is [string, string] => entry[0] !== undefined),
);

describe('error codes', () => {
  it.each(definitions)('of %s', (name, source) => {
    expect(codesIn(source).filter((code) => !documented(name, code))).toEqual([]);
  });

  it('were found in the source at all', () => {
    expect(definitions.length).toBeGreaterThan(45);
    expect(definitions.flatMap(([, source]) => codesIn(source)).length).toBeGreaterThan(50);
  });

  it('of what several methods share belong to one of them', () => {
    const all = new Set(sources.flatMap(codesIn));
    all.delete('unknown_method');
    const known = (code: string) => [...methods.keys()].some((name) => documented(name, code));
    expect([...all].filter((code) => !known(code))).toEqual([]);
  });
});
