/** handrail.yaml: the text in, the configuration or every problem out. */
import { type ConfigProblem, hasErrors } from './problem.ts';
import { type Known, referenceProblems } from './references.ts';
import { type HandrailYaml, handrailSchema } from './schema.ts';
import { problemsOf } from './words.ts';
import { readYaml } from './yaml-file.ts';

export interface ParsedHandrailYaml {
  /** Undefined when one of the problems is an error. */
  readonly config?: HandrailYaml;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads handrail.yaml. Lists every problem at once, each with 1-based line and column of `file`, and never throws.
 * An empty file is a valid one: UTC, no systems, nobody may change anything (a warning says so).
 */
export function parseHandrailYaml(text: string, file: string, known: Known = {}): ParsedHandrailYaml {
  const yaml = readYaml(text, file);
  if (yaml.broken) return { problems: yaml.problems };
  const parsed = handrailSchema.safeParse(yaml.data ?? {});
  const problems = [
    ...yaml.problems,
    ...(parsed.success ? [] : problemsOf(parsed.error.issues, yaml)),
    ...referenceProblems(yaml, known),
  ];
  if (!parsed.success || hasErrors(problems)) return { problems };
  return { config: parsed.data, problems };
}
