/** The runbook file as people write it: the zod types that check it and that the JSON Schema is generated from. */
import { z } from 'zod';
import { durationPattern, parseDuration } from './duration.ts';

/** Words that CEL keeps for itself, and names that JavaScript objects already have. */
const reserved = new Set(
  `as break const constructor continue else false for function if import in let loop null package return true
   var void while`.split(/\s+/),
);

const sentence = (most: number) =>
  z.string().min(1, 'is empty').max(most, `is longer than ${most} characters`);
const stepId = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be snake_case: small letters, digits and _, 40 at most')
  .refine((name) => !reserved.has(name), 'is a reserved word')
  .describe('snake_case, because - is a minus in an expression');
const paramName = stepId;
const runbookId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be small letters, digits and -')
  .describe('Name of a runbook, e.g. check-patroni');
const actionName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(\.[a-z][a-z0-9-]*)?$/, 'must be an action such as k8s.replicas')
  .describe('An action of the register, e.g. k8s.replicas');
const duration = z
  .string()
  .regex(durationPattern, 'must be a length of time such as 20s, 10m or PT1H')
  .refine(
    (text) => !durationPattern.test(text) || parseDuration(text) !== undefined,
    'must be more than nothing',
  )
  .describe('A length of time: 20s, 10m, 1h30m or PT1H');
const expression = sentence(2000).describe('A CEL expression, without ${{ }}');
const template = sentence(3000).describe('Text; ${{ expression }} is replaced by its value');
const json = z.json().meta({ id: 'json' });
// No flag on the pattern: a JSON Schema has none.
const args = z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]*$/), json).default({});
const verdict = z.enum(['ok', 'warn', 'bad', 'unknown']);

const offer = z.strictObject({ run: runbookId, with: args }).describe('Ends this run and offers another one');
const offers = z.array(offer).min(2, 'needs two, or is one without the list').max(3);
const next = z.union([z.union([stepId, z.literal('stop')]), offer, offers]).meta({
  id: 'next',
  description: 'Where the run goes: a step, stop, or an offer to run another runbook (a list: one of these)',
});

const rule = z.union([
  z.strictObject({ if: expression, is: verdict, says: template, next: next.optional() }),
  z.strictObject({ else: verdict, says: template, next: next.optional() }),
]);

const paramTypes = [
  'string',
  'int',
  'bool',
  'duration',
  'bytes',
  'enum',
  'k8s/deployment',
  'k8s/statefulset',
  'k8s/deploymentconfig',
  'k8s/pod',
  'k8s/service',
  'patroni/member',
  'postgres/database',
] as const;

const param = z
  .strictObject({
    type: z.enum(paramTypes),
    label: sentence(150),
    required: z.boolean().default(false),
    default: z.union([z.string(), z.number(), z.boolean()]).optional(),
    min: z.number().optional().describe('Least value; for text its least length'),
    max: z.number().optional().describe('Greatest value; for text its greatest length'),
    pattern: z.string().optional().describe('The whole text must be of this pattern (RE2)'),
    options: z.array(sentence(75)).min(1).max(100).optional().describe('For type enum'),
    from: z
      .strictObject({ uses: actionName, with: args, show: template })
      .optional()
      .describe('Fills the choice from the list that a reading action gives'),
  })
  .meta({ id: 'param' });

const verify = z
  .strictObject({ uses: actionName, with: args, until: expression, timeout: duration })
  .meta({ id: 'verify', description: 'Polls a reading action until the condition holds' });
const probe = z.strictObject({ uses: actionName, with: args, gone: expression });
const until = z
  .union([z.literal('incident-close'), duration, z.string().regex(/\$\{\{[\s\S]*\}\}/)])
  .describe('incident-close, or for how long: 8h, ${{ params.hours }}h');

const temporary = z.strictObject({
  temporary: template,
  until,
  probe: probe.optional(),
  sensitivity: z.enum(['personal-data', 'access']).optional(),
});
const leaves = z
  .union([
    temporary,
    z.strictObject({ permanent: template, follow_up: template }),
    z.strictObject({ nothing: template.describe('Why nothing is left') }),
  ])
  .meta({ id: 'leaves', description: 'What is left behind' });

const confirm = z.strictObject({
  level: z.enum(['click', 'type', 'two-person']),
  from: z.array(z.string().regex(/^group:[a-z0-9][a-z0-9-]*$/, 'must be group:name')).default([]),
  expires: duration.default('10m'),
  phrase: template.optional(),
  says: template.optional(),
  covers: z
    .union([
      z.string().regex(/^\s*\$\{\{[\s\S]*\}\}\s*$/, 'must be one ${{ list of names }}'),
      z.array(template).min(1),
    ])
    .optional()
    .describe('Names: one approval is for all of them in this run, and each is then one click'),
});

const capture = z.strictObject({
  keep: z.array(z.string()).min(1),
  redact: z.literal('default').optional(),
  share: z.enum(['summary', 'thread', 'none']).default('summary'),
});

const common = {
  id: stepId,
  title: template,
  why: sentence(3000).optional(),
  when: expression.optional(),
  next: next.optional(),
  timeline: z.enum(['milestone', 'decision']).optional(),
};

const check = z
  .strictObject({
    ...common,
    kind: z.literal('check'),
    uses: actionName,
    with: args,
    timeout: duration,
    retry: z.strictObject({ times: z.int().min(1).max(10), every: duration }).optional(),
    verdict: z.array(rule).min(1, 'needs at least the rule with else').max(50),
    proposes_target: z.boolean().default(false),
    capture: capture.optional(),
  })
  .meta({ id: 'check' });

const act = z
  .strictObject({
    ...common,
    kind: z.literal('act'),
    uses: actionName,
    with: args,
    timeout: duration,
    confirm,
    verify,
    undo: z.union([
      z.literal('auto'),
      z.strictObject({ none: template.describe('Why it cannot be undone') }),
      z.strictObject({ uses: actionName, with: args }),
    ]),
    leaves,
    also_leaves: z.array(leaves).default([]),
    locks: z.array(template).default([]),
    capture: capture.optional(),
  })
  .meta({ id: 'act' });

const ask = z
  .strictObject({
    ...common,
    kind: z.literal('ask'),
    form: z.record(paramName, param).default({}),
    choices: z
      .array(
        z.strictObject({
          id: stepId,
          label: template,
          reason: z.enum(['required', 'optional']).default('optional'),
          next: next.optional(),
        }),
      )
      .max(20)
      .default([]),
  })
  .meta({ id: 'ask' });

const manual = z
  .strictObject({
    ...common,
    kind: z.literal('manual'),
    do: template,
    by_hand: z.array(template).min(1, 'needs at least one command').max(50),
    verify: z.union([verify, z.strictObject({ none: template.describe('Why it cannot be verified') })]),
    leaves,
  })
  .meta({ id: 'manual' });

const run = z
  .strictObject({ ...common, kind: z.literal('run'), runbook: runbookId, with: args })
  .meta({ id: 'run' });

/** The five kinds of step. */
export const stepSchemas = { check, act, ask, manual, run } as const;

const header = {
  apiVersion: z.literal('runbook/v1'),
  id: runbookId,
  title: sentence(150),
  summary: sentence(1000),
  owner: sentence(100),
  reviewed: z.iso.date('must be a date such as 2026-11-20'),
  alerts: z.array(sentence(200)).default([]),
  docs: z
    .strictObject({
      meaning: sentence(3000).optional(),
      impact: sentence(3000).optional(),
      mitigation: sentence(3000).optional(),
    })
    .default({}),
  params: z.record(paramName, param).default({}),
};

const steps = <S extends z.ZodType>(step: S) => z.array(step).min(1, 'needs at least one step').max(500);

/** All but the steps, which are checked one by one so that a broken one does not hide the others' problems. */
export const headerSchema = z.strictObject({ ...header, steps: steps(z.unknown()) });

/** The whole file, for the JSON Schema. */
export const fileSchema = z.strictObject({
  ...header,
  steps: steps(z.discriminatedUnion('kind', [check, act, ask, manual, run])),
});

export type FileHeader = z.output<typeof headerSchema>;
export type FileParam = z.output<typeof param>;
export type FileNext = z.output<typeof next>;
export type FileLeaves = z.output<typeof leaves>;
export type FileStep = z.output<(typeof stepSchemas)[keyof typeof stepSchemas]>;
