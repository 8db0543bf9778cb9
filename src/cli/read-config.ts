/** The configuration, as a terminal command reads it. */
import { type Config, loadConfig } from '../config/config.ts';
import { formatProblems, hasErrors } from '../config/problem.ts';
import { WrongInput } from './wrong-input.ts';

/** Reads the configuration and prints every problem. Throws WrongInput when one of them is an error. */
export async function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  warn: (line: string) => void,
): Promise<Config> {
  const { config, problems } = await loadConfig({ env, args: [], folder: process.cwd() });
  if (problems.length > 0) warn(formatProblems(problems));
  if (!config || hasErrors(problems)) throw new WrongInput('Nothing was done. Mend the above and try again.');
  return config;
}
