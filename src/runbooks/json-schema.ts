/** The JSON Schema of a runbook file, for editors: generated from the types that the loader itself checks with. */
import { z } from 'zod';
import { fileSchema } from './file-schema.ts';

/** The text of `runbooks/schema/runbook.v1.schema.json`. */
export function runbookJsonSchema(): string {
  const schema = z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Handrail runbook, version 1', ...schema }, null, 2)}\n`;
}
