/** The register of scenarios. */
import { pidpPatroni } from './pidp-patroni.ts';
import { postgresConnections } from './postgres-connections.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [pidpPatroni, postgresConnections];

/** The scenario of this name. Throws when there is none: names are checked where they come in. */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  return found;
}
