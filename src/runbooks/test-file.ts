/** A runbook's test file as people write it (`runbooks/tests/<id>.yaml`): given answers of the actions, expected words. */
import { z } from 'zod';
import type { Places } from './places.ts';
import { inOrder, type Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { readYaml } from './yaml.ts';

const id = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be small letters, digits and -');
const stepId = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be the id of a step');
const words = z.string().min(1, 'is empty').max(3000);
const values = z.record(z.string(), z.json());

const given = z
  .strictObject({
    out: values
      .optional()
      .describe('What the action answers; beside it stands what outputs says of the step'),
    fails: words.optional().describe('The call fails with these words'),
    nothing_happened: z.boolean().optional().describe('With fails: it is proved that nothing was changed'),
    plan: values.optional().describe("The named values of the change's plan"),
    target: words
      .optional()
      .describe('Name of the object that the plan is about; without it the first argument'),
    changes: z
      .record(z.string(), words)
      .optional()
      .describe('What the plan changes, field by field, to what; without it the named values'),
    no_plan: words.optional().describe('The plan fails with these words'),
    restores: values.optional().describe('Arguments of the same action that set back what was before'),
    happened: z
      .enum(['made', 'not made', 'cannot tell'])
      .optional()
      .describe('What the look for its trace finds'),
    verify: values.optional().describe('What the verifying action answers; its condition is evaluated'),
    verify_fails: words.optional().describe('The verifying action fails with these words'),
  })
  .describe('What comes from outside');

const expected = z
  .strictObject({
    title: words.optional(),
    verdict: z.enum(['ok', 'warn', 'bad', 'unknown']).optional(),
    says: words.optional().describe('The words that people read, exactly'),
    called_with: values.optional().describe('The arguments that the action got'),
    commands: z.array(words).optional().describe('What a person would type instead'),
    leaves: z.array(words).optional().describe('What the plan says is left behind'),
    state: z
      .enum(['done', 'skipped', 'failed', 'accepted', 'by hand', 'undone', 'stopped'])
      .optional()
      .describe('How the step ended'),
    buttons: z.array(words).optional().describe('The buttons of the message that waits for a person'),
    next: z
      .union([stepId, z.literal('the end')])
      .optional()
      .describe('Where the run is then'),
  })
  .describe('What people see');

const press = z.union([
  words,
  z.strictObject({
    button: words,
    reason: words.optional(),
    phrase: words.optional(),
    form: values.optional(),
  }),
]);

const turn = z.strictObject({
  step: stepId,
  given: given.optional(),
  expect: expected.optional(),
  press: press.optional().describe('The button that a person presses then, by its words'),
});

const one = z.strictObject({
  name: words.describe('What is shown, in one sentence'),
  params: values.default({}).describe('Over those of the file'),
  namespace: words.optional(),
  steps: z.array(turn).min(1).max(200).describe('Each time the run looks, changes or waits, in order'),
  ends: z
    .strictObject({
      why: z.enum(['finished', 'stopped', 'ended']),
      offers: z
        .union([id, z.array(id).min(2)])
        .optional()
        .describe('The runbook that is offered next, or all that are, the one to take first in front'),
      with: values.optional().describe('The parameters that it is given already; of several the first one'),
      or_with: values.optional().describe('The parameters that the second one is given already'),
    })
    .optional(),
});

/** The whole file, also for the JSON Schema. */
export const testFileSchema = z.strictObject({
  runbook: id,
  params: values.default({}),
  outputs: z
    .record(stepId, values)
    .default({})
    .describe("What each step's action answers where a test does not say otherwise, field by field"),
  tests: z.array(one).min(1, 'needs at least one test').max(200),
});

export type TestFile = z.output<typeof testFileSchema>;
export type RunbookTest = TestFile['tests'][number];
export type Turn = RunbookTest['steps'][number];
export type Given = NonNullable<Turn['given']>;

/** Never throws. `test` only when there is no problem. */
export function readTestFile(
  text: string,
  file: string,
): { test?: TestFile; places: Places; problems: readonly Problem[] } {
  const { value, places, problems } = readYaml(text, file);
  if (value === undefined || problems.length > 0) return { places, problems };
  const parsed = testFileSchema.safeParse(value);
  if (parsed.success) return { test: parsed.data, places, problems: [] };
  const found = schemaProblems(
    { schema: testFileSchema, value, base: [], places, file },
    parsed.error.issues,
  );
  return { places, problems: inOrder(found) };
}

/** The text of `runbooks/schema/runbook-test.v1.schema.json`. */
export function testFileJsonSchema(): string {
  const schema = z.toJSONSchema(testFileSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Tests of a Handrail runbook, version 1', ...schema }, null, 2)}\n`;
}
