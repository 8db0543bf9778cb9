import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runbookJsonSchema } from '../../src/runbooks/json-schema.ts';

describe('runbooks/schema/runbook.v1.schema.json', () => {
  it('is what the loader checks with (else: node scripts/write-schema.mjs)', async () => {
    const file = fileURLToPath(new URL('../../runbooks/schema/runbook.v1.schema.json', import.meta.url));
    expect(await readFile(file, 'utf8')).toBe(runbookJsonSchema());
  });

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
