/** What handrail.yaml says, for commands that go on without it: a broken one is told and holds nothing up. */
import { type Config, loadConfig } from '../config/config.ts';
import { formatProblems, hasErrors } from '../config/problem.ts';
import type { Terminal } from './command.ts';

/**
 * Only what says where things are and who people are: tokens and passwords do not matter here. Undefined when it is
 * broken, after its problems were told, with `without`: what it means that this goes on without it.
 */
export async function configHere(
  { env, folder, warn }: Terminal,
  without: string,
): Promise<Config | undefined> {
  const named = env['HANDRAIL_CONFIG'];
  const { config, problems } = await loadConfig({
    env: named === undefined ? {} : { HANDRAIL_CONFIG: named },
    args: [],
    folder,
  });
  if (config !== undefined && !hasErrors(problems)) return config;
  warn(formatProblems(problems.filter(({ severity }) => severity === 'error')));
  warn(`Going on without it: ${without}`);
  return undefined;
}
