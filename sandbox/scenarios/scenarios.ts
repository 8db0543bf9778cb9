/** The register of scenarios. */
import { pidpPatroni } from './pidp-patroni.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS = [pidpPatroni] as const;

/** By name; undefined when there is none. */
export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.find((one) => one.name === name) as Scenario | undefined;
}
