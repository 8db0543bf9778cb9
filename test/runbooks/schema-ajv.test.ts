// The JSON Schemas as an editor's validator reads them: ajv, which is not ours, takes what the loader takes.
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const folder = new URL('../../runbooks/', import.meta.url);
const json = (name: string): object => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as object;
const yaml = (name: string): Record<string, unknown> =>
  parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>;

function validator(schema: string): (value: unknown) => string[] {
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  const validate = ajv.compile(json(`schema/${schema}`));
  return (value) => {
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  };
}

describe.each([
  ['runbook.v1.schema.json', '.'],
  ['runbook-test.v1.schema.json', 'tests'],
])('%s', (schema, where) => {
  const check = validator(schema);
  const files = readdirSync(new URL(`${where}/`, folder)).filter((name) => name.endsWith('.yaml'));
  it.each(files)('takes %s', (name) => {
    expect(check(yaml(`${where}/${name}`))).toEqual([]);
  });
});

describe('the schema of runbooks refuses', () => {
  const check = validator('runbook.v1.schema.json');
  const change = (
    work: (runbook: Record<string, unknown>, act: Record<string, unknown>) => void,
  ): string[] => {
    const runbook = yaml('scale-utility-pod.yaml');
    const act = (runbook['steps'] as Record<string, unknown>[]).find(({ kind }) => kind === 'act') ?? {};
    work(runbook, act);
    return check(runbook);
  };
  it.each<[string, Parameters<typeof change>[0], RegExp]>([
    ['an unknown field', (runbook) => (runbook['tilte'] = 'x'), /additional properties/],
    ['an act without undo', (_, act) => delete act['undo'], /required property 'undo'/],
    ['a time without a unit', (_, act) => (act['timeout'] = '30'), /timeout must match pattern/],
    ['an unknown kind of step', (_, act) => (act['kind'] = 'atc'), /steps\/1/],
    ['a level that there is not', (_, act) => (act['confirm'] = { level: 'shout' }), /level must be equal/],
    ['a date that is none', (runbook) => (runbook['reviewed'] = 'yesterday'), /reviewed must match/],
  ])('%s', (_what, work, words) => {
    expect(change(work).join('\n')).toMatch(words);
  });
});
