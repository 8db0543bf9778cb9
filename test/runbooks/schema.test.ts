import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import { fileSchema } from '../../src/runbooks/file-schema.ts';
import { runbookJsonSchema } from '../../src/runbooks/json-schema.ts';
import { testFileJsonSchema, testFileSchema } from '../../src/runbooks/test-file.ts';
import { readYaml } from '../../src/runbooks/yaml.ts';

const folder = fileURLToPath(new URL('../../runbooks', import.meta.url));
const runbooks = (await readRunbookFolder(folder)).files;
const tests = (await readRunbookFolder(`${folder}/tests`)).files;

/** A validator that knows the JSON Schema alone, as an editor does. */
const editor = (schema: string) =>
  z.fromJSONSchema(JSON.parse(schema) as Parameters<typeof z.fromJSONSchema>[0]);

const pairs = [
  ['runbook.v1.schema.json', runbookJsonSchema(), fileSchema, runbooks, 'schema/'],
  ['runbook-test.v1.schema.json', testFileJsonSchema(), testFileSchema, tests, '../schema/'],
] as const;

describe.each(pairs)('runbooks/schema/%s', (name, text, loader, files, path) => {
  it('is what the loader checks with (else: node scripts/write-schema.mjs)', async () => {
    expect(await readFile(`${folder}/schema/${name}`, 'utf8')).toBe(text);
  });

  it('takes every shipped file, and each names it in its first line', () => {
    const schema = editor(text);
    expect(files.length).toBeGreaterThanOrEqual(7);
    for (const { file, text } of files) {
      expect(text.split('\n')[0], file).toBe(`# yaml-language-server: $schema=${path}${name}`);
      expect(schema.safeParse(readYaml(text, file).value).error, file).toBeUndefined();
    }
  });

  it('refuses what the loader refuses for its shape, and nothing else', () => {
    const schema = editor(text);
    const values = files.map(({ file, text }) => readYaml(text, file).value);
    let refused = 0;
    const one = fc.record({
      file: fc.nat(values.length - 1),
      at: fc.nat(),
      change: fc.constantFrom('drop', 'put', 'add', 'copy'),
      put: fc.oneof(
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom<unknown>(
          'stop',
          'auto',
          'bad',
          'else',
          '10s',
          '',
          0,
          -1,
          1.5,
          [],
          {},
          null,
          true,
          'x'.repeat(4000),
        ),
      ),
      key: fc.oneof(
        fc.constantFrom('next', 'why', 'is', 'else', 'none', 'run', 'Title', 'when'),
        fc.string(),
      ),
    });
    fc.assert(
      fc.property(one, ({ file, at, change, put, key }) => {
        const value = structuredClone(values[file]);
        const places = groupsIn(value);
        const group = places[at % places.length] as Record<string, unknown>;
        const keys = Object.keys(group);
        const name = keys[at % Math.max(1, keys.length)] ?? key;
        if (change === 'drop') delete group[name];
        else if (change === 'put') group[name] = put;
        else if (change === 'add' && key !== '__proto__') group[key] = put;
        else group[name] = structuredClone(places[(at * 7) % places.length]);
        const found = loader.safeParse(value);
        // What a schema cannot say: reserved words, a length of time of nothing.
        const beyond = found.error?.issues.every((issue) => onlyRefined(issue)) ?? false;
        if (beyond) return;
        if (!found.success) refused += 1;
        expect(schema.safeParse(value).success).toBe(found.success);
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});

function onlyRefined(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_union') return issue.errors.some((errors) => errors.every(onlyRefined));
  if (issue.code === 'invalid_key') return issue.issues.every(onlyRefined);
  return issue.code === 'custom';
}

function groupsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(groupsIn)];
}

describe('runbooks/schema/runbook.v1.schema.json', () => {
  it('tells an editor what a step of each kind must have', () => {
    const schema = JSON.parse(runbookJsonSchema()) as Schema;
    const kinds = schema.properties['steps']?.items?.oneOf.map(({ $ref }) =>
      $ref.replace('#/definitions/', ''),
    );
    const required = Object.fromEntries(
      (kinds ?? []).map((kind) => [kind, schema.definitions[kind]?.required]),
    );
    expect(required).toEqual({
      check: ['id', 'title', 'kind', 'uses', 'timeout', 'verdict'],
      act: ['id', 'title', 'kind', 'uses', 'timeout', 'confirm', 'verify', 'undo', 'leaves'],
      ask: ['id', 'title', 'kind'],
      manual: ['id', 'title', 'kind', 'do', 'by_hand', 'verify', 'leaves'],
      run: ['id', 'title', 'kind', 'runbook'],
    });
    expect(schema.additionalProperties).toBe(false);
  });
});

interface Schema {
  properties: Record<string, { items?: { oneOf: { $ref: string }[] } }>;
  definitions: Record<string, { required: string[] }>;
  additionalProperties?: boolean;
}
